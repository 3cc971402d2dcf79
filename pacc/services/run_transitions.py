"""Runs moved from outside the process that executes them: made, proposed a state for.

A proposal is judged by the same table and counted by the same accounting as the engine's own transitions; it is written by one
conditional statement, and judged anew when someone else moved the run in between.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from pacc._internal import names
from pacc._internal.jsontext import dumps
from pacc.exceptions import IllegalTransition, ObjectAlreadyExists, ObjectNotFound, StaleTransition
from pacc.orchestration import transitions
from pacc.schemas.responses import OrchestrationResult, SetStateStatus
from pacc.schemas.states import TERMINAL_STATES, State, StateType
from pacc.services.flow_names import ensure_flow
from pacc.services.live_run import LiveRun
from pacc.services.live_runs import LiveFlowRun, LiveTaskRun
from pacc.services.processes_of_runs import Role, role_of, tell_to_look
from pacc.states import Cancelled, Pending
from pacc.store import flow_runs, task_runs

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from pacc.schemas.flow_runs import FlowRun
    from pacc.schemas.task_runs import TaskRun
    from pacc.store import Store

_TRIES = 20


def create_flow_run(
    store: Store,
    *,
    flow_name: str,
    name: str | None = None,
    parameters: Mapping[str, Any] | None = None,
    state: State[Any] | None = None,
    tags: Iterable[str] = (),
    flow_version: str | None = None,
    idempotency_key: str | None = None,
    parent_task_run_id: str | None = None,
    context: Mapping[str, Any] | None = None,
) -> FlowRun:
    """Make a flow run that nobody executes yet and return it; with a key that was used before, the run made then.

    Args:
        store: where it is kept.
        flow_name: its flow, made where there is none of that name.
        name: the run's name; one is made up otherwise.
        parameters: arguments by name.
        state: its first state, `Pending` by default.
        tags: tags of the run.
        flow_version: the version of the flow's code.
        idempotency_key: unique among the runs of the flow.
        parent_task_run_id: the task run that stands for it in its parent.
        context: free-form data.
    """
    flow_id = ensure_flow(store, flow_name)
    run = LiveFlowRun(
        store,
        name=name or names.run_name(),
        flow_id=flow_id,
        flow_name=flow_name,
        flow_version=flow_version,
        parent_task_run_id=parent_task_run_id,
        parameters_text=dumps(dict(parameters or {})),
        tags=tags,
    )
    run.idempotency_key = idempotency_key
    run.context_text = dumps(dict(context)) if context else None
    with suppress(ObjectAlreadyExists):
        run.advance(state.fresh_copy() if state is not None else Pending())
        return run.record()
    rows = store.read(
        "flow_runs.by_idempotency_key", {"flow_id": flow_id, "idempotency_key": idempotency_key}
    )
    return flow_runs.from_row(rows[0])


def create_task_run(
    store: Store,
    *,
    name: str,
    task_key: str,
    dynamic_key: str,
    flow_run_id: str | None = None,
    state: State[Any] | None = None,
    tags: Iterable[str] = (),
    task_version: str | None = None,
    inputs: Mapping[str, Any] | None = None,
) -> TaskRun:
    """Make a task run that nobody executes yet and return it; see `create_flow_run`."""
    run = LiveTaskRun(
        store,
        name=name,
        task_name=name,
        task_key=task_key,
        dynamic_key=dynamic_key,
        flow_run_id=flow_run_id,
        tags=tags,
        task_version=task_version,
        inputs=dumps(dict(inputs)) if inputs else "{}",
    )
    run.advance(state.fresh_copy() if state is not None else Pending())
    store.journal.flush()
    return run.record()


def propose_flow_run_state(
    store: Store, flow_run_id: str, state: State[Any], *, force: bool = False
) -> OrchestrationResult:
    """Propose a state for a flow run and return what became of it.

    Args:
        store: where the run is kept.
        flow_run_id: the run.
        state: the state proposed; a copy of it is written.
        force: write it although the table of moves does not allow it, short of leaving a terminal state, which then counts as a
            new attempt.

    Raises:
        ObjectNotFound: there is no such run.
    """
    return _propose(store, "flow_run", flow_run_id, state, force=force)


def propose_task_run_state(
    store: Store, task_run_id: str, state: State[Any], *, force: bool = False
) -> OrchestrationResult:
    """Propose a state for a task run; see `propose_flow_run_state`."""
    return _propose(store, "task_run", task_run_id, state, force=force)


def _propose(store: Store, noun: str, run_id: str, state: State[Any], *, force: bool) -> OrchestrationResult:
    store.journal.flush()
    for _ in range(_TRIES):
        columns = _columns(store, noun, run_id)
        wanted = _instead(columns, state)
        refusal = None if force else _refusal(columns, wanted)
        if refusal is not None:
            kept = (flow_runs if noun == "flow_run" else task_runs).from_row(tuple(columns.values())).state
            return OrchestrationResult(status=SetStateStatus.ABORT, state=kept, reason=refusal)
        written = wanted.fresh_copy()
        if _written(store, noun, columns, written):
            replaced = wanted is not state
            process = columns.get("process")
            ends = written.is_cancelling() and written.name != transitions.KILLING
            if ends or role_of(process) is Role.SUPERVISES:
                tell_to_look(process)
            status = SetStateStatus.REJECT if replaced else SetStateStatus.ACCEPT
            return OrchestrationResult(
                status=status, state=written, reason=wanted.message if replaced else None
            )
    raise StaleTransition(
        f"the {noun.replace('_', ' ')} {run_id} changed each time a state was proposed; try again"
    )


def _columns(store: Store, noun: str, run_id: str) -> dict[str, Any]:
    rows = store.read(f"{noun}s.read", {"id": run_id})
    if not rows:
        raise ObjectNotFound(
            f"there is no {noun.replace('_', ' ')} {run_id!r}", hint=f"See: pacc {noun.replace('_', '-')} ls"
        )
    names_of = flow_runs.COLUMNS if noun == "flow_run" else task_runs.COLUMNS
    return dict(zip(names_of, rows[0], strict=False))


def retry_flow_run(
    store: Store,
    columns: Mapping[str, Any],
    state: State[Any],
    *,
    session: str | None,
    process: str | None,
    kept: Sequence[str] | None,
) -> bool:
    """Begin another attempt of a flow run that has ended; false where someone else moved it since the row was read.

    Args:
        store: where the run is kept.
        columns: its row by the names of its columns, as it was read.
        state: the attempt's first state.
        session: the session that answers for the attempt, `None` where a runner is to take it.
        process: what names that session's process.
        kept: the task runs whose results may be reused; all of them where it is `None`.
    """
    written = _transition(store, "flow_run", columns, state, session=session, process=process)
    if kept is None:
        return bool(store.write("flow_runs.advance", written))
    with store.transaction() as changes:
        if not changes.run("flow_runs.advance", written):
            return False
        changes.run("checkpoints.keep_only", {"flow_run_id": columns["id"], "kept": dumps(list(kept))})
    return True


def resume_flow_run(
    store: Store, columns: Mapping[str, Any], state: State[Any], response: Mapping[str, object] | None
) -> bool:
    """Take a run out of its pause, with the answer it asked for; false where someone else moved it since the row was read."""
    written = _transition(store, "flow_run", columns, state)
    if response is None:
        return bool(store.write("flow_runs.advance", written))
    with store.transaction() as changes:
        if not changes.run("flow_runs.advance", written):
            return False
        changes.run("run_inputs.put", response)
    return True


def _written(store: Store, noun: str, columns: dict[str, Any], state: State[Any]) -> bool:
    """Write one more transition of a stored run; false where someone else moved it since the row was read."""
    return bool(store.write(f"{noun}s.advance", _transition(store, noun, columns, state)))


def _transition(
    store: Store,
    noun: str,
    columns: Mapping[str, Any],
    state: State[Any],
    *,
    session: str | None = None,
    process: str | None = None,
) -> dict[str, Any]:
    """Return what the statement needs that writes one more transition of a stored run."""
    run = LiveRun.restored(store, columns)
    if columns["state_type"] in TERMINAL_STATES:
        run.attempt += 1
        run.end_time = None
    line = run.account(state)
    is_flow = noun == "flow_run"
    state.given_to(
        flow_run_id=run.id if is_flow else columns["flow_run_id"],
        task_run_id=None if is_flow else run.id,
        number=run.version,
    )
    return {
        **columns,
        "session": session,
        "process": process,
        "leaves": columns.get("session") is None or state.name == "Resuming",
        "claimed_by": None,
        "usage": None,
        "state_type": state.type,
        "state_name": state.name,
        "state_message": state.message,
        "state_time": state.time,
        "state_details": run.details,
        "state_data": state.reference,
        "run_count": run.run_count,
        "next_scheduled_start_time": run.next_scheduled_start_time,
        "start_time": run.start_time,
        "end_time": run.end_time,
        "total_run_time": run.total_run_time,
        "updated": state.time,
        "line": line,
        "attempt": run.attempt,
        "expected_attempt": columns["attempt"],
        "expected_version": columns["version"],
    }


def _instead(columns: Mapping[str, Any], state: State[Any]) -> State[Any]:
    """A run that no process executes needs no winding down: asked to cancel, it is cancelled."""
    waits = columns["state_type"] == StateType.SCHEDULED and columns["session"] is None
    waits = waits or (
        columns["state_type"] == StateType.PENDING and role_of(columns.get("process")) is Role.CLAIMS
    )
    if state.is_cancelling() and (waits or columns["state_name"] in ("Resuming", "Suspended")):
        return Cancelled(message="The run was cancelled before it was started.")
    return state


def _refusal(columns: Mapping[str, Any], state: State[Any]) -> str | None:
    """Return why a run must not go there, `None` where it may."""
    old = StateType(columns["state_type"])
    retry = state.is_scheduled() and columns.get("deployment_id") is not None
    try:
        transitions.check(old, state.type, old_name=columns["state_name"], new_name=state.name, retry=retry)
    except IllegalTransition as refusal:
        return str(refusal)
    return None
