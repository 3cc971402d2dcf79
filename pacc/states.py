"""The states people name: constructors, and the rules that turn many states into one.

>>> from pacc.states import Completed, Failed
>>> Completed(message="nothing to do", name="Skipped").is_completed()
True
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from pacc._internal import clock
from pacc._internal.steps import awaitable
from pacc.exceptions import TerminationSignal
from pacc.schemas.states import (
    NO_DETAILS,
    State,
    StateDetails,
    StateType,
    error_from,
    replaced,
)

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from types import TracebackType

__all__ = [
    "AwaitingConcurrencySlot",
    "AwaitingRetry",
    "Cached",
    "Cancelled",
    "Cancelling",
    "Completed",
    "Crashed",
    "Failed",
    "InfrastructurePending",
    "Late",
    "NotReady",
    "Paused",
    "Pending",
    "Resuming",
    "Retrying",
    "RolledBack",
    "Running",
    "Scheduled",
    "State",
    "StateDetails",
    "StateGroup",
    "StateType",
    "Submitting",
    "Suspended",
    "TimedOut",
    "aget_state_exception",
    "araise_state_exception",
    "exception_to_crashed_state",
    "exception_to_failed_state",
    "format_exception",
    "get_state_exception",
    "get_state_result",
    "is_state_iterable",
    "raise_state_exception",
]


def _detailed(options: dict[str, Any], **details: Any) -> dict[str, Any]:
    """Add details to the options of a constructor, without losing those the caller gave."""
    given = options.pop("state_details", None) or NO_DETAILS
    return {**options, "state_details": replaced(given, **details)}


def Scheduled(
    cls: type[State[Any]] = State, scheduled_time: datetime | None = None, **kwargs: Any
) -> State[Any]:
    """Return a state that waits for its time (now, unless one is given).

    Args:
        cls: the class to make.
        scheduled_time: when the run is due; a naive time is UTC.
        kwargs: `name`, `message`, `data`, `state_details` of the state.

    >>> Scheduled().state_details.scheduled_time is not None
    True
    """
    due = scheduled_time or clock.to_datetime(clock.now())
    return cls(type=StateType.SCHEDULED, **_detailed(kwargs, scheduled_time=due))


def Late(cls: type[State[Any]] = State, scheduled_time: datetime | None = None, **kwargs: Any) -> State[Any]:
    """Return the state of a scheduled run whose time has passed: `Late().name == "Late"`."""
    return Scheduled(cls, scheduled_time, **{"name": "Late", **kwargs})


def AwaitingRetry(
    cls: type[State[Any]] = State, scheduled_time: datetime | None = None, **kwargs: Any
) -> State[Any]:
    """Return the state of a run that failed and waits for its next try: `AwaitingRetry().is_scheduled()`."""
    return Scheduled(cls, scheduled_time, **{"name": "AwaitingRetry", **kwargs})


def AwaitingConcurrencySlot(
    cls: type[State[Any]] = State, scheduled_time: datetime | None = None, **kwargs: Any
) -> State[Any]:
    """Return the state of a run that waits for a free slot: `AwaitingConcurrencySlot().is_scheduled()`."""
    return Scheduled(cls, scheduled_time, **{"name": "AwaitingConcurrencySlot", **kwargs})


def Resuming(
    cls: type[State[Any]] = State, scheduled_time: datetime | None = None, **kwargs: Any
) -> State[Any]:
    """Return the state of a suspended run that is to be started again: `Resuming().is_scheduled()`."""
    return Scheduled(cls, scheduled_time, **{"name": "Resuming", **kwargs})


def Pending(cls: type[State[Any]] = State, **kwargs: Any) -> State[Any]:
    """Return the state of a run that is being prepared: `Pending().is_pending()`."""
    return cls(type=StateType.PENDING, **kwargs)


def Submitting(cls: type[State[Any]] = State, **kwargs: Any) -> State[Any]:
    """Return the state of a run that is being handed to its infrastructure: `Submitting().is_pending()`."""
    return Pending(cls, **{"name": "Submitting", **kwargs})


def InfrastructurePending(cls: type[State[Any]] = State, **kwargs: Any) -> State[Any]:
    """Return the state of a run whose infrastructure is starting: `InfrastructurePending().is_pending()`."""
    return Pending(cls, **{"name": "InfrastructurePending", **kwargs})


def NotReady(cls: type[State[Any]] = State, **kwargs: Any) -> State[Any]:
    """Return the state of a run whose upstream runs did not complete: `NotReady().is_pending()`."""
    return Pending(cls, **{"name": "NotReady", **kwargs})


def Running(cls: type[State[Any]] = State, **kwargs: Any) -> State[Any]:
    """Return the state of a run whose code is being executed: `Running().is_running()`."""
    return cls(type=StateType.RUNNING, **kwargs)


def Retrying(cls: type[State[Any]] = State, **kwargs: Any) -> State[Any]:
    """Return the state of a run whose code is being executed again: `Retrying().is_running()`."""
    return Running(cls, **{"name": "Retrying", **kwargs})


def Paused(
    cls: type[State[Any]] = State,
    timeout_seconds: int | None = None,
    pause_expiration_time: datetime | None = None,
    reschedule: bool = False,
    pause_key: str | None = None,
    **kwargs: Any,
) -> State[Any]:
    """Return a state that waits for a person.

    Args:
        cls: the class to make.
        timeout_seconds: how many seconds from now the pause gives up.
        pause_expiration_time: when it gives up; not together with `timeout_seconds`.
        reschedule: whether the run's process leaves, and resuming starts it anew.
        pause_key: tells the pauses of one run apart.
        kwargs: `name`, `message`, `data`, `state_details` of the state.

    Raises:
        ValueError: both a timeout and a time were given.

    >>> Paused(timeout_seconds=60).is_paused()
    True
    """
    if timeout_seconds is not None and pause_expiration_time is not None:
        raise ValueError("give a pause either `timeout_seconds` or `pause_expiration_time`, not both")
    if timeout_seconds is not None:
        pause_expiration_time = clock.to_datetime(clock.now() + int(timeout_seconds * 1_000_000))
    details = {"pause_timeout": pause_expiration_time, "pause_reschedule": reschedule, "pause_key": pause_key}
    return cls(type=StateType.PAUSED, **_detailed(kwargs, **details))


def Suspended(
    cls: type[State[Any]] = State,
    timeout_seconds: int | None = None,
    pause_expiration_time: datetime | None = None,
    pause_key: str | None = None,
    **kwargs: Any,
) -> State[Any]:
    """Return a pause whose process leaves meanwhile: `Suspended().state_details.pause_reschedule`."""
    named = {"name": "Suspended", **kwargs}
    return Paused(cls, timeout_seconds, pause_expiration_time, True, pause_key, **named)


def Cancelling(cls: type[State[Any]] = State, **kwargs: Any) -> State[Any]:
    """Return the state of a run that is being stopped: `Cancelling().is_cancelling()`."""
    return cls(type=StateType.CANCELLING, **kwargs)


def Cancelled(cls: type[State[Any]] = State, **kwargs: Any) -> State[Any]:
    """Return the state of a run that was stopped: `Cancelled().is_cancelled()`."""
    return cls(type=StateType.CANCELLED, **kwargs)


def Completed(cls: type[State[Any]] = State, **kwargs: Any) -> State[Any]:
    """Return the state of a run that ended well: `Completed(name="Skipped").is_completed()`."""
    return cls(type=StateType.COMPLETED, **kwargs)


def Cached(cls: type[State[Any]] = State, **kwargs: Any) -> State[Any]:
    """Return the state of a task run whose result was known already: `Cached().is_completed()`."""
    return Completed(cls, **{"name": "Cached", **kwargs})


def RolledBack(cls: type[State[Any]] = State, **kwargs: Any) -> State[Any]:
    """Return the state of a task run whose transaction was undone: `RolledBack().is_completed()`."""
    return Completed(cls, **{"name": "RolledBack", **kwargs})


def Failed(cls: type[State[Any]] = State, **kwargs: Any) -> State[Any]:
    """Return the state of a run whose code failed: `Failed(message="no such city").is_failed()`."""
    return cls(type=StateType.FAILED, **kwargs)


def TimedOut(cls: type[State[Any]] = State, **kwargs: Any) -> State[Any]:
    """Return the state of a run that took too long: `TimedOut().is_failed()`."""
    return Failed(cls, **{"name": "TimedOut", **kwargs})


def Crashed(cls: type[State[Any]] = State, **kwargs: Any) -> State[Any]:
    """Return the state of a run that was ended from outside: `Crashed().is_crashed()`."""
    return cls(type=StateType.CRASHED, **kwargs)


class StateGroup:
    """Many states seen as one: counts, and the questions asked of them.

    >>> group = StateGroup([Completed(), Failed()])
    >>> group.all_completed(), group.fail_count
    (False, 1)
    """

    def __init__(self, states: Iterable[State[Any]]) -> None:
        self.states = list(states)
        self.type_counts = dict.fromkeys(StateType, 0)
        for state in self.states:
            self.type_counts[state.type] += 1
        self.total_count = len(self.states)
        self.cancelled_count = self.type_counts[StateType.CANCELLED]
        self.final_count = sum(state.is_final() for state in self.states)
        self.not_final_count = self.total_count - self.final_count
        self.paused_count = self.type_counts[StateType.PAUSED]

    @property
    def fail_count(self) -> int:
        """How many failed or crashed."""
        return self.type_counts[StateType.FAILED] + self.type_counts[StateType.CRASHED]

    def all_completed(self) -> bool:
        """Whether each ended well."""
        return self.type_counts[StateType.COMPLETED] == self.total_count

    def any_cancelled(self) -> bool:
        """Whether one was cancelled."""
        return self.cancelled_count > 0

    def any_failed(self) -> bool:
        """Whether one failed or crashed."""
        return self.fail_count > 0

    def any_paused(self) -> bool:
        """Whether one is paused."""
        return self.paused_count > 0

    def all_final(self) -> bool:
        """Whether each has ended."""
        return self.not_final_count == 0

    def counts_message(self) -> str:
        """Return a short tally, e.g. `total=2 COMPLETED=1 FAILED=1`."""
        counts = [f"{kind}={count}" for kind, count in self.type_counts.items() if count]
        return " ".join([f"total={self.total_count}", *counts])

    def aggregate(self) -> State[Any]:
        """Return the one state these amount to: all completed, else cancelled, else paused, else failed."""
        total = self.total_count
        if self.all_completed():
            return Completed(message="All states completed.", data=self.states)
        if self.any_cancelled():
            return Cancelled(message=f"{self.cancelled_count}/{total} states cancelled.", data=self.states)
        if self.any_paused():
            return Paused(message=f"{self.paused_count}/{total} states paused.", data=self.states)
        if self.any_failed():
            return Failed(message=f"{self.fail_count}/{total} states failed.", data=self.states)
        return Failed(message=f"{self.not_final_count}/{total} states are not final.", data=self.states)


def is_state_iterable(value: object) -> bool:
    """Say whether a value is a non-empty list, tuple or set of nothing but states.

    >>> is_state_iterable([Completed()]), is_state_iterable([])
    (True, False)
    """
    return (
        isinstance(value, list | tuple | set)
        and bool(value)
        and all(isinstance(item, State) for item in value)
    )


def get_state_exception(state: State[Any]) -> BaseException:
    """Return the error a failed, crashed or cancelled state stands for.

    Raises:
        ValueError: the state is none of these.

    >>> get_state_exception(Failed(message="no such city"))
    FailedRun('no such city')
    """
    if not (state.is_failed() or state.is_crashed() or state.is_cancelled()):
        raise ValueError(
            f"the state {state.name!r} is neither failed, crashed nor cancelled, so it holds no error"
        )
    error = state.result(raise_on_failure=False)
    return error if isinstance(error, BaseException) else error_from(state, None)


def raise_state_exception(state: State[Any]) -> None:
    """Raise the error of a failed, crashed or cancelled state; do nothing for any other.

    >>> raise_state_exception(Completed())
    """
    if state.is_failed() or state.is_crashed() or state.is_cancelled():
        raise get_state_exception(state)


def format_exception(exc: BaseException, tb: TracebackType | None = None) -> str:
    """Return the error as Python prints it, traceback and all: `format_exception(error).splitlines()[-1]`."""
    from traceback import format_exception as lines  # start-up

    return "".join(lines(type(exc), exc, tb or exc.__traceback__))


def crash_message(exc: BaseException) -> str:
    """Return the sentence that says what ended a run from outside.

    >>> crash_message(KeyboardInterrupt())
    'Execution was aborted by an interrupt signal.'
    """
    if type(exc).__name__ == "CancelledError":  # by name, as asyncio is not loaded for its sake
        return "Execution was cancelled by the runtime environment."
    if isinstance(exc, KeyboardInterrupt):
        return "Execution was aborted by an interrupt signal."
    if isinstance(exc, TerminationSignal):
        return "Execution was aborted by a termination signal."
    if isinstance(exc, SystemExit):
        return "Execution was aborted by Python system exit call."
    return f"Execution was interrupted by an unexpected exception: {failure_message(exc)}"


def failure_message(exc: BaseException) -> str:
    """Return an error's type and text, its type alone where it has no text.

    >>> failure_message(ValueError("no such city"))
    'ValueError: no such city'
    """
    kind = type(exc).__name__
    try:
        text = str(exc)
    except Exception:  # noqa: BLE001 - the text of a user's error is made by the user's code
        return f"{kind} (its text cannot be told)"
    return f"{kind}: {text}" if text else kind


def _to_crashed(exc: BaseException) -> State[Any]:
    """Return the state of a run that such an interruption ended."""
    return Crashed(message=crash_message(exc), data=exc)


def _to_failed(exc: BaseException | None = None, message: str = "", **kwargs: Any) -> State[Any]:
    """Return the state of a run that raised such an error, the one being handled by default; `message` is put in front of it.

    Raises:
        ValueError: no error was given, and none is being handled.
    """
    error = exc if exc is not None else sys.exc_info()[1]
    if error is None:
        raise ValueError(
            "there is no error to make a failed state of; pass one, or call this while handling one"
        )
    return Failed(data=error, message=f"{message} {failure_message(error)}".strip(), **kwargs)


def _result_of(state: State[Any], raise_on_failure: bool = True, retry_result_failure: bool = True) -> Any:
    """Return what the run of a state returned; `State.result` says more."""
    return state.result(raise_on_failure, retry_result_failure)


exception_to_crashed_state = awaitable(_to_crashed)
exception_to_failed_state = awaitable(_to_failed)
get_state_result = awaitable(_result_of)
aget_state_exception = awaitable(get_state_exception)
araise_state_exception = awaitable(raise_state_exception)
