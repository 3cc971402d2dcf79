"""Why a task run is in the state it is in, and why its result came from the cache or did not."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pacc._internal.counting import counted
from pacc.exceptions import ObjectNotFound
from pacc.schemas.concurrency import TAG_PREFIX
from pacc.schemas.explanations import Explanation
from pacc.schemas.states import StateType
from pacc.services import concurrency_limits, task_runs
from pacc.services.concurrency_slots import known_limits
from pacc.services.explaining.words import length

if TYPE_CHECKING:
    from uuid import UUID

    from pacc.schemas.task_runs import TaskRun
    from pacc.store import Store


def why_task_run(store: Store, run: TaskRun) -> Explanation:
    """Return why a task run is in the state it is in.

    Args:
        store: where it is kept.
        run: the run, as it is now.

    >>> why_task_run(store, task_runs.find(store, "@failed")).answer  # doctest: +SKIP
    'It failed: Task run encountered an exception: ValueError: no such city'
    """
    if run.state_name == "Cached":
        return why_cached(store, run)
    state = run.state
    message = state.message if state is not None else None
    told = f": {message}" if message else ""
    facts = [f"It was started {run.run_count} times." if run.run_count > 1 else None, _reason(run)]
    kind = run.state_type
    if kind is StateType.PENDING and run.state_name != "NotReady":
        full = _full_tags(store, run)
        answer = (
            "It waits for slots of a limit." if full else "It waits to be started, or for what it depends on."
        )
        facts += full
    elif run.state_name == "NotReady":
        answer = f"It was not run{told}"
    elif run.state_name == "AwaitingRetry":
        due = run.next_scheduled_start_time
        left = (due - datetime.now(UTC)).total_seconds() if due else 0
        answer = f"It is tried again in {length(left)}, since it failed{told}"
    elif kind is StateType.RUNNING and state is not None:
        answer = f"It runs for {length((datetime.now(UTC) - state.timestamp).total_seconds())}."
    else:
        answer = f"It ended as {run.state_name}{told}"
    return Explanation(
        subject=_subject(run),
        answer=answer,
        facts=tuple(fact for fact in facts if fact),
        next_step=_logs(run),
    )


def why_cached(store: Store, run: TaskRun) -> Explanation:
    """Return why a task run's result came from the cache, or why it did not.

    Args:
        store: where it is kept.
        run: the run, as it is now.

    >>> why_cached(store, task_runs.find(store, "@last")).answer  # doctest: +SKIP
    'Its result was reused, because its key is known.'
    """
    state = run.state
    details = state.state_details if state is not None else None
    reason = details.cache_reason if details is not None else None
    key = details.cache_key if details is not None and details.cache_key else run.cache_key
    facts = [f"Its result is kept under the key {key}." if key else None]
    if details is not None and details.cached_from is not None:
        facts.append(f"The result is that of {_named(store, details.cached_from)}.")
    if details is not None and details.cache_expiration is not None:
        facts.append(f"The result counts until {details.cache_expiration:%Y-%m-%d %H:%M:%S} UTC.")
    if run.state_name == "Cached":
        answer = f"Its result was reused, because {reason}." if reason else "Its result was reused."
    elif reason:
        answer = f"It was executed, because {reason}."
    else:
        answer = "Its task is not cached: it keeps no results, or has no cache policy."
    return Explanation(
        subject=_subject(run),
        answer=answer,
        facts=tuple(fact for fact in facts if fact),
        next_step=_logs(run),
    )


def _reason(run: TaskRun) -> str | None:
    reason = run.state.state_details.cache_reason if run.state is not None else None
    return f"Its result did not come from the cache, because {reason}." if reason else None


def _full_tags(store: Store, run: TaskRun) -> list[str]:
    limits = [
        concurrency_limits.read(store, name)
        for name in known_limits(store, [f"{TAG_PREFIX}{tag}" for tag in run.tags])
    ]
    return [
        f'The tag "{limit.tag}" has {counted(limit.limit, "slot")}, all of them taken.'
        for limit in limits
        if limit.active_slots >= limit.limit
    ]


def _named(store: Store, task_run_id: UUID) -> str:
    try:
        return f'task run "{task_runs.read(store, task_run_id).name}" ({task_run_id})'
    except ObjectNotFound:
        return f"task run {task_run_id}, which was deleted"


def _subject(run: TaskRun) -> str:
    return f'task run "{run.name}" ({run.state_name})'


def _logs(run: TaskRun) -> str:
    return f"pacc task-run inspect {run.id}"
