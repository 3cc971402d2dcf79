"""The queue of shell commands: runs of one deployment in the work pool `shell`, whose work queues are the groups.

So limits, claims, states, logs and cancelling are those of every run. What a job has besides stands in its labels: the runs it comes
after, and its priority in its group; `claims.due_in_pool` heeds both. The environment it was added from is kept encrypted, for it holds
whatever the shell's does.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal, NamedTuple
from uuid import UUID

from pacc._internal import clock
from pacc._internal.jsontext import dumps
from pacc.exceptions import IllegalTransition, ObjectAlreadyExists, ObjectNotFound
from pacc.schemas.choices import DEFAULT_QUEUE
from pacc.schemas.deployments import DeploymentCreate
from pacc.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterDeploymentId,
    FlowRunFilterId,
    FlowRunFilterState,
    FlowRunFilterStateType,
    FlowRunFilterWorkQueueName,
)
from pacc.schemas.shell_queue import POOL, ShellGroup, ShellJob
from pacc.schemas.sorting import FlowRunSort
from pacc.schemas.states import TERMINAL_STATES, StateType
from pacc.schemas.work_pools import WorkPoolCreate, WorkQueueCreate, WorkQueueUpdate
from pacc.services import deployments, flow_runs, retrying, work_pools, work_queues
from pacc.services.encryption import cipher, cipher_for_writing
from pacc.services.run_transitions import propose_flow_run_state
from pacc.states import Scheduled

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pacc.schemas.flow_runs import FlowRun
    from pacc.schemas.work_pools import WorkQueue
    from pacc.store import Store

AFTER = "pacc.after"
"""The label with the ids of the runs a job comes after, as JSON."""
PRIORITY = "pacc.priority"
"""The label with a job's priority: of those that wait in a group the highest goes first."""
STASHED = "Stashed"
"""The name of the state of a job that was put aside."""
LISTING = "pacc shell ls --all"

_FLOW = "Shell Command"
_DEPLOYMENT = "queue"
_ENTRYPOINT = "pacc.shell_commands.run_queued_command"
_NEVER = datetime(9999, 12, 31, tzinfo=UTC)


class Job(NamedTuple):
    """What executing a job needs to know besides its parameters."""

    environment: dict[str, str]
    """The environment it was added from."""
    held_up: str | None
    """Why it must not run: a run it comes after did not complete."""


def add(
    store: Store,
    command: str,
    *,
    folder: str,
    environment: Mapping[str, str],
    group: str = DEFAULT_QUEUE,
    after: Sequence[UUID] = (),
    priority: int = 0,
    retries: int = 0,
    timeout_seconds: float | None = None,
    name: str | None = None,
) -> FlowRun:
    """Put a shell command into the queue and return its run.

    Args:
        store: where it is kept.
        command: what the shell is given.
        folder: where it runs.
        environment: what it runs with.
        group: whose limit counts for it.
        after: runs that must complete first; where one does not, the job is cancelled.
        priority: of those that wait in its group the highest goes first.
        retries: how often it is tried again after it failed.
        timeout_seconds: after which it is ended and has failed; each try has as long.
        name: of its run; made up otherwise.

    Raises:
        ObjectNotFound: there is no such group.
        EncryptionKeyError: the key of the store is missing or another one.
    """
    known = find_group(store, group)
    labels: dict[str, bool | int | float | str] = {PRIORITY: priority} if priority else {}
    if after:
        labels[AFTER] = json.dumps([str(each) for each in after])
    sealing = cipher_for_writing(store)
    run = deployments.create_run(
        store,
        _deployment(store),
        parameters={
            "command": command,
            "folder": folder,
            "retries": retries,
            "timeout_seconds": timeout_seconds,
        },
        name=name,
        work_queue_name=known.name,
        context={"environment": sealing.seal(dict(environment), hides=False)},
        labels=labels,
    )
    if cipher(store).proof != sealing.proof:  # the key was changed meanwhile, before this run was there
        anew = cipher_for_writing(store).seal(dict(environment), hides=False)
        store.write("shell_queue.reseal", {"sealed": dumps({str(run.id): anew})})
    return run


def _deployment(store: Store) -> UUID:
    """Return the deployment of all jobs, made where it is not there."""
    wanted = DeploymentCreate(
        name=_DEPLOYMENT,
        flow_name=_FLOW,
        entrypoint=_ENTRYPOINT,
        description="The queue of shell commands; pacc shell ls lists it.",
        tags=["shell"],
        work_pool_name=POOL,
        enforce_parameter_schema=False,
        job_variables={"stream_output": False},
    )
    return deployments.upsert(store, wanted).id


# -- groups


def groups(store: Store) -> list[WorkQueue]:
    """Return the groups; `default`, one command at a time, is there from the beginning."""
    _ensure_pool(store)
    return work_queues.select(store, work_pool_name=POOL)


def find_group(store: Store, name: str) -> WorkQueue:
    """Return the group of a name.

    Raises:
        ObjectNotFound: there is none; the message says what was perhaps meant.
    """
    _ensure_pool(store)
    try:
        return work_queues.read_by_name(store, name, work_pool_name=POOL)
    except ObjectNotFound as missing:
        sentence = str(missing).replace("work queue", "group").replace(f' in the pool "{POOL}"', "")
        raise ObjectNotFound(sentence, hint="pacc shell group ls") from None


def create_group(store: Store, name: str, *, parallel: int = 1) -> WorkQueue:
    """Make a group.

    Args:
        store: where it is kept.
        name: what it is called.
        parallel: how many of its commands run at once.

    Raises:
        ObjectAlreadyExists: there is one of that name. InvalidNameError: no group may have it.
    """
    _ensure_pool(store)
    try:
        return work_queues.create(
            store, WorkQueueCreate(name=name, concurrency_limit=parallel), work_pool_name=POOL
        )
    except ObjectAlreadyExists:
        raise ObjectAlreadyExists(
            f'there is a group "{name}" already', hint=f"pacc shell group set {name} --parallel {parallel}"
        ) from None


def set_group(
    store: Store, name: str, *, parallel: int | None = None, paused: bool | None = None
) -> WorkQueue:
    """Change a group and return it.

    Args:
        store: where it is kept.
        name: which one.
        parallel: how many of its commands run at once; as before unless given.
        paused: whether those that wait go on waiting; as before unless given.

    Raises:
        ObjectNotFound: there is no such group.
    """
    known = find_group(store, name)
    changes = {"concurrency_limit": parallel, "is_paused": paused}
    asked = {each: value for each, value in changes.items() if value is not None}
    work_queues.update(store, known.id, WorkQueueUpdate(**asked))  # type: ignore[arg-type] # by its name
    return find_group(store, name)


def _ensure_pool(store: Store) -> None:
    try:
        work_pools.read(store, POOL)
    except ObjectNotFound:
        wanted = WorkPoolCreate(name=POOL, type="process", description="The queue of shell commands.")
        try:
            work_pools.create(store, wanted)
        except ObjectAlreadyExists:  # somebody else was quicker
            return
        queue = work_queues.read_by_name(store, DEFAULT_QUEUE, work_pool_name=POOL)
        work_queues.update(store, queue.id, WorkQueueUpdate(concurrency_limit=1))


# -- jobs


def jobs(
    store: Store, *, group: str | None = None, everything: bool = False, limit: int | None = None
) -> list[FlowRun]:
    """Return jobs in their order: those that have ended, the oldest first, those that run, those that wait, those put aside.

    Args:
        store: where they are kept.
        group: only those of this group.
        everything: those that have ended, too.
        limit: so many at most, the newest.
    """
    try:
        deployment = deployments.read_by_name(store, f"{_FLOW}/{_DEPLOYMENT}")
    except ObjectNotFound:
        return []
    unfinished = [each for each in StateType if each not in TERMINAL_STATES]
    wanted = FlowRunFilter(
        deployment_id=FlowRunFilterDeploymentId(any_=[deployment.id]),
        work_queue_name=None if group is None else FlowRunFilterWorkQueueName(any_=[group]),
        state=None if everything else FlowRunFilterState(type=FlowRunFilterStateType(any_=unfinished)),
    )
    found = flow_runs.select(store, flow_run_filter=wanted, sort=FlowRunSort.ID_DESC, limit=limit)
    return sorted(found, key=_turn)


def look(store: Store, *, ended: int = 50) -> tuple[ShellGroup, ...]:
    """Return the queue as it stands, group by group; nothing where none was ever made.

    Args:
        store: where it is kept.
        ended: so many of those that have ended, the newest.
    """
    try:
        known = work_queues.select(store, work_pool_name=POOL)
    except ObjectNotFound:
        return ()
    open_now = jobs(store)
    over = [each for each in jobs(store, everything=True, limit=len(open_now) + ended) if _has_ended(each)]
    found = [*open_now, *over[: -ended - 1 : -1]]
    awaited = _names_of_open(store, found)
    attended = is_attended(store)
    of_group: dict[str | None, list[ShellJob]] = {}
    for run in found:
        after = tuple(awaited[each] for each in _after(run) if each in awaited)
        of_group.setdefault(run.work_queue_name, []).append(
            ShellJob(run=run, priority=priority_of(run), after=after)
        )
    return tuple(
        ShellGroup(queue=queue, is_attended=attended, jobs=tuple(of_group.get(queue.name, ())))
        for queue in known
    )


def _names_of_open(store: Store, found: Sequence[FlowRun]) -> dict[UUID, str]:
    """Return the names of the runs that jobs come after and that have not ended, by their ids."""
    ids = sorted({each for run in found if not _has_ended(run) for each in _after(run)})
    if not ids:
        return {}
    known = flow_runs.select(store, flow_run_filter=FlowRunFilter(id=FlowRunFilterId(any_=ids)))
    return {each.id: each.name for each in known if not _has_ended(each)}


def priority_of(run: FlowRun) -> int:
    """Return the priority of a job: of those that wait in its group the highest goes first."""
    return int(run.labels.get(PRIORITY, 0))


def _after(run: FlowRun) -> list[UUID]:
    return [UUID(each) for each in json.loads(str(run.labels.get(AFTER, "[]")))]


def _has_ended(run: FlowRun) -> bool:
    return run.state_type in TERMINAL_STATES


def _waits(run: FlowRun) -> bool:
    return run.state_type == StateType.SCHEDULED and run.state_name != STASHED


def _turn(run: FlowRun) -> tuple[Any, ...]:
    """Return by what jobs are put in order; of those that wait as `claims.due_in_pool` does it."""
    if _waits(run):
        return (2, -priority_of(run), *_came(run))
    return (0 if _has_ended(run) else 3 if run.state_name == STASHED else 1, run.id)


def _came(run: FlowRun) -> tuple[datetime, UUID]:
    return run.next_scheduled_start_time or _NEVER, run.id


def find(store: Store, reference: UUID | str) -> FlowRun:
    """Return the job a person means; see `flow_runs.find`.

    Raises:
        ObjectNotFound: there is no such run, or it is no job of the queue.
    """
    run = flow_runs.find(store, reference)
    if run.work_pool_name != POOL:
        raise ObjectNotFound(f'the flow run "{run.name}" is none of the shell queue', hint=LISTING)
    return run


def job(store: Store, flow_run_id: UUID | str) -> Job:
    """Return what executing a job needs to know.

    Raises:
        EncryptionKeyError: the key its environment was encrypted with is not that of the store any more.
    """
    run = flow_runs.read(store, flow_run_id)
    environment = cipher(store).open(str(run.context["environment"]), hides=False)
    return Job(environment, _held_up(store, run))


def earlier_runs(store: Store, run: FlowRun) -> list[FlowRun]:
    """Return the runs a job comes after, as far as they are there."""
    ids = _after(run)
    return flow_runs.select(store, flow_run_filter=FlowRunFilter(id=FlowRunFilterId(any_=ids))) if ids else []


def _held_up(store: Store, run: FlowRun) -> str | None:
    bad = [each for each in earlier_runs(store, run) if each.state_type != StateType.COMPLETED]
    return f'It comes after "{bad[0].name}", which ended in state {bad[0].state_name}.' if bad else None


def stash(store: Store, run: FlowRun) -> None:
    """Put a job that waits aside until `enqueue` puts it back.

    Raises:
        IllegalTransition: it does not wait.
    """
    if run.state_type != StateType.SCHEDULED:
        raise _not_waiting(run, "put aside")
    aside = Scheduled(name=STASHED, scheduled_time=_NEVER, message="Put aside.")
    propose_flow_run_state(store, str(run.id), aside)


def enqueue(store: Store, run: FlowRun) -> None:
    """Put a job that was put aside back into the queue.

    Raises:
        IllegalTransition: it was not put aside.
    """
    if run.state_name != STASHED:
        raise IllegalTransition(
            f'"{run.name}" is in state {run.state_name}; it was not put aside',
            hint=f"pacc shell restart {run.name}" if run.state_type in TERMINAL_STATES else LISTING,
        )
    propose_flow_run_state(store, str(run.id), Scheduled())


def edit(store: Store, run: FlowRun, *, command: str | None = None, priority: int | None = None) -> FlowRun:
    """Give a job that waits, or was put aside, another command or another priority, and return it.

    Args:
        store: where it is kept.
        run: the job.
        command: what the shell is given; as before unless given.
        priority: of those that wait in its group the highest goes first; as before unless given.

    Raises:
        IllegalTransition: it does not wait.
    """
    wanted = {"id": str(run.id), "command": command, "priority": priority, "now": clock.now()}
    if not store.write("shell_queue.edit", wanted):
        raise _not_waiting(flow_runs.read(store, run.id), "changed")
    return flow_runs.read(store, run.id)


def move(store: Store, run: FlowRun, where: Literal["up", "down", "first", "last"]) -> str | None:
    """Have a job that waits run earlier or later than others of its group: their priorities become others.

    Args:
        store: where it is kept.
        run: the job.
        where: before the one before it, behind the one behind it, before all or behind all.

    Returns:
        The name of the job that it changed places with, or with those up to that one; nothing where it is there already.

    Raises:
        IllegalTransition: it does not wait.
    """
    line = [each for each in jobs(store, group=run.work_queue_name) if _waits(each)]
    place = next((number for number, each in enumerate(line) if each.id == run.id), None)
    if place is None:
        raise _not_waiting(flow_runs.read(store, run.id), "moved")
    ends = {"up": place - 1, "down": place + 1, "first": 0, "last": len(line) - 1}
    goal = max(0, min(ends[where], len(line) - 1))
    if goal == place:
        return None
    passed = line[goal].name
    line.insert(goal, line.pop(place))
    changed = {str(each.id): rank for each, rank in _ranks(line, goal) if rank != priority_of(each)}
    store.write("shell_queue.rank", {"priorities": dumps(changed), "now": clock.now()})
    return passed


def _ranks(line: Sequence[FlowRun], moved: int) -> list[tuple[FlowRun, int]]:
    """Return the priorities by which jobs run in an order, those of the ones behind the moved one as they were."""
    found: list[tuple[FlowRun, int]] = []
    for place in reversed(range(len(line))):
        job = line[place]
        if found:
            behind, rank = found[-1]
            least = rank + (_came(job) > _came(behind))
            found.append((job, least if place == moved else max(least, priority_of(job))))
        elif place == moved and place > 0:
            before = line[place - 1]
            most = priority_of(before) - (_came(before) > _came(job))
            found.append((job, min(most, priority_of(job))))
        else:
            found.append((job, priority_of(job)))
    return found


def _not_waiting(run: FlowRun, what: str) -> IllegalTransition:
    aside = run.state_name == STASHED
    return IllegalTransition(
        f'"{run.name}" is in state {run.state_name}; only one that waits can be {what}',
        hint=f"pacc shell {'enqueue' if aside else 'restart' if _has_ended(run) else 'kill'} {run.name}",
    )


def restart(store: Store, run: FlowRun) -> FlowRun:
    """Run a job that has ended again, and return its run: the same in another attempt, or a new one where it had completed.

    Raises:
        IllegalTransition: it has not ended.
    """
    if run.state_type != StateType.COMPLETED:
        retrying.retry(store, run.id, everything=True)
        return flow_runs.read(store, run.id)
    return deployments.create_run(
        store,
        _deployment(store),
        parameters=run.parameters,
        work_queue_name=run.work_queue_name,
        context=run.context,
        labels=run.labels,
    )


def has_work(store: Store) -> bool:
    """Say whether a job runs, or waits and was not put aside."""
    return bool(store.read("work_pools.has_work", {"pool": POOL, "aside": STASHED}))


def is_attended(store: Store) -> bool:
    """Say whether some living worker reads the queue."""
    try:
        return bool(work_pools.read(store, POOL).status == "READY")
    except ObjectNotFound:
        return False
