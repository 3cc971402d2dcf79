"""Why a run that is due has not begun: who would take it, and which limit leaves no room."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pacc._internal import clock
from pacc._internal.counting import counted
from pacc.exceptions import ObjectNotFound
from pacc.schemas.states import TERMINAL_STATES
from pacc.schemas.work_pools import WorkPoolStatus, WorkQueueStatus
from pacc.services import deployments, shell_queue, work_pools, work_queues
from pacc.services.explaining.words import length

if TYPE_CHECKING:
    from pacc.schemas.deployments import Deployment
    from pacc.schemas.flow_runs import FlowRun
    from pacc.store import Store


class Obstacle(NamedTuple):
    """What keeps a run from beginning."""

    sentence: str
    next_step: str | None = None
    facts: tuple[str, ...] = ()


def obstacle(store: Store, run: FlowRun) -> Obstacle:
    """Return what keeps a due run from beginning, the first thing in the order it would have to be mended."""
    if run.deployment_id is None:
        return Obstacle(
            "it belongs to no deployment, so no runner takes it", f"pacc flow-run execute {run.id}"
        )
    try:
        deployment = deployments.read(store, run.deployment_id)
    except ObjectNotFound:
        return Obstacle("its deployment was deleted, so no runner takes it", f"pacc flow-run delete {run.id}")
    found = _of_earlier(store, run)
    found = found or (_of_pool(store, run) if run.work_pool_name else _of_serving(deployment))
    return (
        found
        or _of_limit(store, deployment)
        or Obstacle(
            "somebody takes such runs and no limit is full, so it begins in a moment or its runner is busy",
            "pacc doctor",
        )
    )


def _of_earlier(store: Store, run: FlowRun) -> Obstacle | None:
    awaited = [
        each for each in shell_queue.earlier_runs(store, run) if each.state_type not in TERMINAL_STATES
    ]
    if not awaited:
        return None
    facts = tuple(f'"{each.name}" is {str(each.state_name).lower()}' for each in awaited)
    return Obstacle(f'it comes after "{awaited[0].name}"', f"pacc why {awaited[0].id}", facts)


def _of_serving(deployment: Deployment) -> Obstacle | None:
    if str(deployment.status) == "READY":
        return None
    return Obstacle(
        f'no living process serves "{deployment.full_name}"',
        f"pacc deployment inspect '{deployment.full_name}'",
    )


def _of_pool(store: Store, run: FlowRun) -> Obstacle | None:
    name = str(run.work_pool_name)
    try:
        pool = work_pools.read(store, name)
        queue = work_queues.read_by_name(store, str(run.work_queue_name), work_pool_name=name)
    except ObjectNotFound as missing:
        return Obstacle(f"it waits in a place that is gone: {missing}", "pacc work-pool ls")
    if pool.status is WorkPoolStatus.PAUSED:
        return Obstacle(f'the work pool "{name}" is paused', f"pacc work-pool resume '{name}'")
    if queue.status is WorkQueueStatus.PAUSED:
        return Obstacle(
            f'the work queue "{queue.name}" of the pool "{name}" is paused',
            f"pacc work-queue resume '{queue.name}' --pool '{name}'",
        )
    if pool.status is WorkPoolStatus.NOT_READY:
        return Obstacle(f'no living worker reads the pool "{name}"', f"pacc worker start --pool '{name}'")
    return _of_places(store, name, queue.name)


def _of_places(store: Store, pool: str, queue_name: str) -> Obstacle | None:
    status = work_pools.slots(store, pool)
    holders = tuple(
        f'"{run.name}" is {run.state_name.lower()} since {run.since:%Y-%m-%d %H:%M} UTC'
        for queue in status.queues
        for run in queue.flow_runs[:5]
    )
    if status.concurrency_limit is not None and status.active_slots >= status.concurrency_limit:
        return Obstacle(
            f'the work pool "{pool}" has {status.concurrency_limit} place(s), and all are taken',
            f"pacc work-pool inspect '{pool}'", holders,
        )  # fmt: skip
    for queue in status.queues:
        limit = queue.concurrency_limit
        if queue.queue_name == queue_name and limit is not None and queue.active_slots >= limit:
            return Obstacle(
                f'the work queue "{queue_name}" has {limit} place(s), and all are taken',
                f"pacc work-queue inspect '{queue_name}' --pool '{pool}'", holders,
            )  # fmt: skip
    return None


def _of_limit(store: Store, deployment: Deployment) -> Obstacle | None:
    limit = deployment.concurrency_limit
    if limit is None:
        return None
    rows = store.read("explaining.open_runs", {"deployment_id": str(deployment.id)})
    if len(rows) < limit:
        return None
    now = clock.now()
    holders = tuple(
        f'"{row["name"]}" is {row["state_name"].lower()} for {length((now - row["state_time"]) / 1_000_000)}'
        for row in rows[:5]
    )
    allowed, are = counted(limit, "run"), "is" if len(rows) == 1 else "are"
    sentence = f'at most {allowed} of "{deployment.full_name}" may be open at once, and {len(rows)} {are}'
    return Obstacle(sentence, f"pacc flow-run inspect '{rows[0]['name']}'", holders)
