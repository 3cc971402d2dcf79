"""Why a deployment runs when it does, or does not run at all."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pacc._internal import clock
from pacc._internal.counting import counted
from pacc.schemas.explanations import Explanation
from pacc.services.explaining.words import clock_time, length

if TYPE_CHECKING:
    from pacc.schemas.deployments import Deployment
    from pacc.store import Store


def why_deployment(store: Store, deployment: Deployment) -> Explanation:
    """Return why a deployment runs when it does, or does not run at all.

    Args:
        store: where it is kept.
        deployment: the deployment, as it is now.

    >>> why_deployment(store, deployments.find(store, "etl/nightly")).answer  # doctest: +SKIP
    'Its schedules rest: it is paused.'
    """
    name = deployment.full_name
    active = [each for each in deployment.schedules if each.active]
    rows = store.read("explaining.next_run", {"deployment_id": str(deployment.id)})
    ready = str(deployment.status) == "READY"
    step: str | None = f"pacc deployment inspect '{name}'"
    if deployment.paused:
        answer, step = "Its schedules rest: it is paused.", f"pacc deployment resume '{name}'"
    elif not deployment.schedules:
        answer, step = (
            "It runs only when it is asked to: it has no schedule.",
            f"pacc deployment run '{name}'",
        )
    elif not active:
        answer, step = "None of its schedules is active.", f"pacc deployment schedule ls '{name}'"
    elif not rows:
        answer = (
            "No run of it is planned: its schedules have no more times, or nobody keeps house to plan them."
        )
        step = "pacc server start"
    else:
        due = clock.to_datetime(rows[0]["next_scheduled_start_time"])
        away = (due - datetime.now(UTC)).total_seconds()
        when = f"in {length(away)}" if away > 0 else f"{length(-away)} ago"
        answer = f"Its next run is due {when}, at {clock_time(due)}."
        step = f"pacc deployment schedule next '{name}'"
    facts = [None if ready else _nobody(deployment), _limit(store, deployment), _last(store, deployment)]
    return Explanation(
        subject=f'deployment "{name}"',
        answer=answer,
        facts=tuple(fact for fact in facts if fact),
        next_step=step,
    )


def _nobody(deployment: Deployment) -> str:
    if deployment.work_pool_name:
        return f'No living worker reads its work pool "{deployment.work_pool_name}", so its runs wait.'
    return "No living process serves it, so its runs wait."


def _limit(store: Store, deployment: Deployment) -> str | None:
    if deployment.concurrency_limit is None:
        return None
    count = len(store.read("explaining.open_runs", {"deployment_id": str(deployment.id)}))
    return f"Of at most {counted(deployment.concurrency_limit, 'run')} at once, {count} {'is' if count == 1 else 'are'} open."


def _last(store: Store, deployment: Deployment) -> str | None:
    rows = store.read("explaining.last_run", {"deployment_id": str(deployment.id)})
    if not rows:
        return "It has never run."
    ago = length((clock.now() - rows[0]["state_time"]) / 1_000_000)
    return f'Its last run "{rows[0]["name"]}" is {rows[0]["state_name"]} for {ago}.'
