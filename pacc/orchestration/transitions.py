"""The state machine: which state may follow which, in two tables.

Flow runs and task runs advance through `check` and no other way. `MOVES` decides by type; `NAMES` says which names pacc itself
gives to each type. A run in a terminal state stays there; only an explicit retry, which numbers a new attempt, takes it out.
"""

from __future__ import annotations

from pacc.exceptions import IllegalTransition
from pacc.schemas.states import TERMINAL_STATES, StateType

SCHEDULED = StateType.SCHEDULED
PENDING = StateType.PENDING
RUNNING = StateType.RUNNING
PAUSED = StateType.PAUSED
CANCELLING = StateType.CANCELLING
COMPLETED = StateType.COMPLETED
FAILED = StateType.FAILED
CANCELLED = StateType.CANCELLED
CRASHED = StateType.CRASHED

KILLING = "Killing"
"""The name of the state of a run whose processes are being killed, without time to end by themselves."""

NAMES: dict[StateType, tuple[str, ...]] = {
    SCHEDULED: ("Scheduled", "Late", "AwaitingRetry", "AwaitingConcurrencySlot", "Resuming"),
    PENDING: ("Pending", "Submitting", "InfrastructurePending", "NotReady"),
    RUNNING: ("Running", "Retrying"),
    PAUSED: ("Paused", "Suspended"),
    CANCELLING: ("Cancelling", KILLING),
    COMPLETED: ("Completed", "Cached", "RolledBack"),
    FAILED: ("Failed", "TimedOut"),
    CANCELLED: ("Cancelled", "Skipped"),
    CRASHED: ("Crashed",),
}
"""The names pacc gives to the states of each type; a state made by hand may have any other."""

_ENDS = frozenset({COMPLETED, FAILED, CANCELLED, CRASHED})

MOVES: dict[StateType | None, frozenset[StateType]] = {
    None: frozenset({SCHEDULED, PENDING, RUNNING}) | _ENDS,
    SCHEDULED: frozenset({SCHEDULED, PENDING, RUNNING, CANCELLING}) | _ENDS,
    PENDING: frozenset({SCHEDULED, PENDING, RUNNING, CANCELLING}) | _ENDS,
    RUNNING: frozenset({SCHEDULED, RUNNING, PAUSED, CANCELLING}) | _ENDS,
    PAUSED: frozenset({SCHEDULED, RUNNING, CANCELLING}) | _ENDS,
    CANCELLING: frozenset({CANCELLED}),
    COMPLETED: frozenset(),
    FAILED: frozenset(),
    CRASHED: frozenset(),
    CANCELLED: frozenset(),
}
"""From each type (`None`: no state yet), the types that may follow within one attempt."""

RETRY_MOVES = frozenset({SCHEDULED, PENDING, RUNNING})
"""Where an explicit retry may take a run that has ended."""

_SAME_TYPE_NEEDS_ANOTHER_NAME = frozenset({PENDING})


def allowed(
    old: StateType | None,
    new: StateType,
    *,
    old_name: str | None = None,
    new_name: str | None = None,
    retry: bool = False,
) -> bool:
    """Say whether a run may go from one state to another.

    Args:
        old: the type of the run's state, `None` for a run that has none yet.
        new: the type of the state proposed.
        old_name: the name of the run's state.
        new_name: the name of the state proposed.
        retry: whether this is an explicit retry, which starts another attempt.

    >>> allowed(StateType.PENDING, StateType.RUNNING), allowed(StateType.COMPLETED, StateType.CRASHED)
    (True, False)
    """
    if old in TERMINAL_STATES:
        return (retry and new in RETRY_MOVES) or _rolls_back(old, new, new_name)
    if old is new and new in _SAME_TYPE_NEEDS_ANOTHER_NAME:
        return old_name != new_name
    return new in MOVES[old] or _hurries(old, new, old_name, new_name)


def _hurries(old: StateType | None, new: StateType, old_name: str | None, new_name: str | None) -> bool:
    """A run that has been given time to end may have it taken away, and not be given more."""
    return old is CANCELLING and new is CANCELLING and new_name == KILLING and old_name != KILLING


def _rolls_back(old: StateType | None, new: StateType, new_name: str | None) -> bool:
    """The one change of a terminal state that is no retry: a completed task whose transaction was undone says so."""
    return old is COMPLETED and new is COMPLETED and new_name == "RolledBack"


def check(
    old: StateType | None,
    new: StateType,
    *,
    old_name: str | None = None,
    new_name: str | None = None,
    retry: bool = False,
) -> None:
    """Raise `IllegalTransition` where `allowed` says no; nothing has changed then.

    >>> check(StateType.RUNNING, StateType.COMPLETED)
    """
    if not allowed(old, new, old_name=old_name, new_name=new_name, retry=retry):
        raise IllegalTransition(_refusal(old, new, old_name, new_name))


def _refusal(old: StateType | None, new: StateType, old_name: str | None, new_name: str | None) -> str:
    start = old_name or (old.capitalize() if old else "none")
    goal = new_name or new.capitalize()
    if old in TERMINAL_STATES:
        return f"the run ended in state {start!r} and cannot become {goal!r}; only a retry starts it again"
    return f"a run in state {start!r} cannot become {goal!r}"
