"""Runs that wait for a person: resumed, with the answer they asked for, stopped from outside, given up."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from pacc._internal import clock, sessions
from pacc._internal.jsontext import dumps
from pacc.exceptions import (
    FlowPauseTimeout,
    IllegalTransition,
    InvalidRunInput,
    NotPausedError,
    ObjectNotFound,
    ParameterTypeError,
    StaleTransition,
)
from pacc.orchestration.pauses import Waiting, judged
from pacc.schemas.states import State, StateType
from pacc.services import parameter_schemas, run_inputs, run_transitions
from pacc.services.references import FLOW_RUN, read_row
from pacc.states import Failed, Paused, Resuming, Running, Suspended
from pacc.store import states
from pacc.store.flow_runs import COLUMNS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from pacc.store import Store

GIVEN_UP = "Nobody resumed the run before its pause ended."
"""Why a run failed that was paused for too long."""


def keyset(base: str) -> dict[str, str]:
    """Return the keys under which a pause keeps what it asks for and what it is answered.

    >>> keyset("paused-1")["response"]
    'paused-1-response'
    """
    return {name: f"{base}-{name}" for name in ("description", "response", "schema")}


def read_paused(store: Store, flow_run_id: UUID | str) -> tuple[dict[str, Any], State[Any]]:
    """Return the row and the state of a paused run.

    Raises:
        ObjectNotFound: there is no such run. NotPausedError: it is not paused.
    """
    store.journal.flush()
    columns = dict(zip(COLUMNS, read_row(store, FLOW_RUN, flow_run_id), strict=False))
    if columns["state_type"] != StateType.PAUSED:
        raise NotPausedError(
            f"the flow run {columns['name']!r} is in state {columns['state_name']!r}, so there is nothing to resume",
            hint=f"pacc flow-run inspect {columns['id']}",
        )
    return columns, states.present(columns, flow_run_id=columns["id"])


def asked_for(store: Store, flow_run_id: UUID | str) -> tuple[dict[str, Any] | None, str | None]:
    """Return the JSON schema of the input that a paused run asks for, `None` where it asks for none, and what it says about it.

    Raises:
        ObjectNotFound: there is no such run. NotPausedError: it is not paused.
    """
    columns, state = read_paused(store, flow_run_id)
    keys = state.state_details.run_input_keyset
    if keys is None:
        return None, None
    try:
        description = run_inputs.read(store, columns["id"], keys["description"]).decoded_value
    except ObjectNotFound:
        description = None
    return run_inputs.read(store, columns["id"], keys["schema"]).decoded_value, description


def resume(store: Store, flow_run_id: UUID | str, run_input: Mapping[str, Any] | None = None) -> State[Any]:
    """Let a paused run go on, and return its state: `Running` where its process waits, `Resuming` where one has to be started.

    Args:
        store: where the run is kept.
        flow_run_id: the run.
        run_input: the input it asks for; defaults are filled in by the run.

    Raises:
        ObjectNotFound: there is no such run. NotPausedError: it is not paused.
        FlowPauseTimeout: the pause has ended; the run has failed.
        InvalidRunInput: the input does not fit, is missing, or none was asked for; the run stays paused.
        StaleTransition: its process is just leaving, or someone else moved the run.
    """
    columns, state = read_paused(store, flow_run_id)
    details = state.state_details
    name = columns["name"]
    if details.pause_timeout is not None and clock.from_datetime(details.pause_timeout) <= clock.now():
        _give_up(store, columns)
        raise FlowPauseTimeout(f"the pause of the flow run {name!r} has ended; nobody resumed it in time")
    response = _checked(store, columns, details.run_input_keyset, run_input)
    following = _following(store, columns, reschedule=details.pause_reschedule)
    if not run_transitions.resume_flow_run(store, columns, following, response):
        raise StaleTransition(f"the flow run {name!r} was moved by someone else at the same moment")
    return following


def _following(store: Store, columns: Mapping[str, Any], *, reschedule: bool) -> State[Any]:
    session = columns["session"]
    if not reschedule:
        return Running()
    if session is not None and sessions.is_alive(store.home, session):
        raise StaleTransition(
            f"the process of the flow run {columns['name']!r} is just leaving; try again in a moment"
        )
    return Resuming()


def _checked(
    store: Store,
    columns: Mapping[str, Any],
    keys: Mapping[str, str] | None,
    run_input: Mapping[str, Any] | None,
) -> dict[str, object] | None:
    """Return the row of the response, `None` where none is asked for."""
    name = columns["name"]
    if keys is None:
        if run_input:
            raise InvalidRunInput(f"the flow run {name!r} asks for no input")
        return None
    schema = run_inputs.read(store, columns["id"], keys["schema"]).decoded_value
    given = dict(run_input or {})
    try:
        parameter_schemas.check(given, schema, whole=True, of=f"what the flow run {name!r} asks for")
    except ParameterTypeError as misfit:
        raise InvalidRunInput(str(misfit).replace("the parameters do", "the input does", 1)) from None
    return run_inputs.row_of(columns["id"], keys["response"], dumps(given))


def pause(
    store: Store, flow_run_id: UUID | str, *, timeout: float | None = None, key: str | None = None
) -> State[Any]:
    """Have a run of another process wait, before the next task it calls, until someone resumes it; return its state.

    Args:
        store: where the run is kept.
        flow_run_id: a run that is running.
        timeout: seconds after which it fails unless someone resumes it; `None` for no end.
        key: tells the pauses of the run apart.

    Raises:
        ObjectNotFound: there is no such run. IllegalTransition: it is not running.
    """
    columns = _running(store, flow_run_id)
    state = Paused(timeout_seconds=timeout, pause_key=key, message="Someone paused the run.")  # type: ignore[arg-type]
    return _moved(store, columns, state)


def suspend(
    store: Store, flow_run_id: UUID | str, *, timeout: float | None = None, key: str | None = None
) -> State[Any]:
    """Have the process of a deployment's run leave; resumed, it is started anew and reuses what had finished. See `pause`.

    Raises:
        ObjectNotFound: there is no such run.
        IllegalTransition: it is not running, has no deployment that would start it anew, or another flow run called it.
    """
    columns = _running(store, flow_run_id)
    if columns["deployment_id"] is None:
        raise IllegalTransition(
            f"the flow run {columns['name']!r} has no deployment, so nobody would start it again",
            hint=f"pacc flow-run pause {columns['id']}",
        )
    state = Suspended(timeout_seconds=timeout, pause_key=key, message="Someone suspended the run.")  # type: ignore[arg-type]
    return _moved(store, columns, state)


def _running(store: Store, flow_run_id: UUID | str) -> dict[str, Any]:
    store.journal.flush()
    columns = dict(zip(COLUMNS, read_row(store, FLOW_RUN, flow_run_id), strict=False))
    if columns["state_type"] != StateType.RUNNING:
        raise IllegalTransition(
            f"the flow run {columns['name']!r} is in state {columns['state_name']!r}; only one that is running can be paused",
            hint=f"pacc flow-run inspect {columns['id']}",
        )
    if columns["parent_flow_run_id"] is not None:
        raise IllegalTransition(
            f"the flow run {columns['name']!r} was called by another one; pause that one",
            hint=f"pacc flow-run pause {columns['root_flow_run_id']}",
        )
    return columns


def _moved(store: Store, columns: Mapping[str, Any], state: State[Any]) -> State[Any]:
    answer = run_transitions.propose_flow_run_state(store, columns["id"], state)
    if answer.status != "ACCEPT" or answer.state is None:
        raise IllegalTransition(answer.reason or "the run cannot be paused now")
    return answer.state


def expire(store: Store, now: int) -> tuple[list[str], int | None]:
    """Fail paused runs whose time is over and that no process answers for; return their names, and when the next one's will be.

    Those of a process that lives fail by themselves.

    Args:
        store: where they are kept.
        now: the present moment, in microseconds since the epoch.

    Raises:
        StoreError: the store cannot be used.
    """
    rows = store.read("pauses.waiting")
    verdict = judged((Waiting(row["id"], row["until"]) for row in rows), now)
    failed = []
    for flow_run_id in verdict.expired:
        columns = dict(zip(COLUMNS, read_row(store, FLOW_RUN, flow_run_id), strict=False))
        if columns["state_type"] == StateType.PAUSED and _give_up(store, columns):
            failed.append(str(columns["name"]))
    return failed, verdict.next


def _give_up(store: Store, columns: Mapping[str, Any]) -> bool:
    return run_transitions.resume_flow_run(store, columns, Failed(message=GIVEN_UP), None)


def release(store: Store, flow_run_id: str, session: str) -> None:
    """Say that the process of a suspended run is gone."""
    store.write("pauses.release", {"id": flow_run_id, "session": session})


def decoded(text: str) -> Any:
    """Return input that a person wrote as JSON.

    Raises:
        InvalidRunInput: it is no JSON object.
    """
    try:
        given = json.loads(text)
    except ValueError as error:
        raise InvalidRunInput(f"the input is no JSON: {error}") from None
    if not isinstance(given, dict):
        raise InvalidRunInput('the input is no JSON object; write {"name": value}')
    return given
