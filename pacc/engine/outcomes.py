"""What a run came to: from the value returned or the error raised to a state."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pacc.engine.failures import details_of
from pacc.engine.features.timeouts import TimeIsUp
from pacc.exceptions import Abort, FlowRunTimeoutError, TaskRunTimeoutError, WorkerLost
from pacc.schemas.states import State, StateDetails, StateType, Value
from pacc.states import (
    Crashed,
    Failed,
    StateGroup,
    TimedOut,
    crash_message,
    failure_message,
    is_state_iterable,
)

if TYPE_CHECKING:
    from pacc._internal.steps import Outcome

_NOTHING = Value(None)
_NO_RETRY = StateDetails(retriable=False)
_MAY_HOLD_STATES = frozenset({State, list, tuple, set})


def completed(value: Any) -> State[Any]:
    """Return the state of a run that ended well with a value."""
    return State(type=StateType.COMPLETED, data=_NOTHING if value is None else value)


def failed(error: BaseException, kind: str) -> State[Any]:
    """Return the state of a run whose code raised an error; `kind` is `Flow` or `Task`.

    >>> failed(ValueError("no such city"), "Flow").message
    'Flow run encountered an exception: ValueError: no such city'
    """
    if isinstance(error, FlowRunTimeoutError | TaskRunTimeoutError) and error.ours:
        error.ours = False  # for the run around, should it escape to that, it is an error like any other
        return TimedOut(message=str(error), data=error)
    if isinstance(error, Abort):
        return Failed(message=str(error) or f"{kind} run was aborted.", data=error, state_details=_NO_RETRY)
    details = details_of(error)
    if isinstance(error, TimeoutError):
        message = f"{kind} run failed due to timeout: {error!r}"
        return TimedOut(message=message, data=error, state_details=details)
    message = f"{kind} run encountered an exception: {failure_message(error)}"
    return Failed(message=message, data=error, state_details=details)


def of_task(outcome: Outcome) -> State[Any]:
    """Return the state a task's outcome amounts to, by the rules of `of_flow`."""
    if outcome.error is not None:
        return failed(outcome.error, "Task")
    value = outcome.value
    return _of_value(value, "Task") if value.__class__ in _MAY_HOLD_STATES else completed(value)


def of_flow(outcome: Outcome) -> State[Any]:
    """Return the state a flow's outcome amounts to.

    A state made by hand is taken as it is; a run's own state, and a list, tuple or set of nothing but states, are summed up;
    anything else has completed.
    """
    return failed(outcome.error, "Flow") if outcome.error is not None else _of_value(outcome.value, "Flow")


def _of_value(value: Any, kind: str) -> State[Any]:
    if isinstance(value, State):
        return StateGroup([value]).aggregate() if value.belongs_to_a_run() else _taken_over(value, kind)
    if is_state_iterable(value):
        return StateGroup(value).aggregate()
    return completed(value)


def _taken_over(state: State[Any], kind: str) -> State[Any]:
    """Return a hand-made state as the run's own, or a failure where it could not end a run."""
    if state.is_final():
        return state.fresh_copy()
    return Failed(
        message=f"{kind} run returned the state {state.name!r}, which does not end a run; "
        "return Completed, Failed, Cancelled or Crashed, or a plain value"
    )


def crashed(interruption: BaseException) -> State[Any]:
    """Return the state of a run that was ended from outside, saying by what."""
    if isinstance(interruption, WorkerLost):
        return Crashed(message=str(interruption))
    message = (
        f"Execution was interrupted: {interruption}."
        if isinstance(interruption, TimeIsUp)
        else crash_message(interruption)
    )
    return Crashed(message=message, data=interruption)
