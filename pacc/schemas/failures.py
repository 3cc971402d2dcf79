"""Why a run did not complete, in one sentence, the same wherever it is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pacc.schemas.states import StateType

if TYPE_CHECKING:
    from pacc.schemas.states import State

_BEGINNINGS = tuple(f"{kind} run encountered an exception: " for kind in ("Flow", "Task"))
_SHOWN = frozenset({StateType.FAILED, StateType.CRASHED})


def error_summary(state: State[Any] | None) -> str | None:
    """Return why a run failed or crashed, in one sentence; `None` of a state that is neither.

    >>> from pacc.schemas.states import State, StateDetails
    >>> details = StateDetails(failed_in="compute", failed_at="model.py:41")
    >>> message = "Flow run encountered an exception: ZeroDivisionError: division by zero"
    >>> error_summary(State(type=StateType.FAILED, message=message, state_details=details))
    "Failed in task 'compute': ZeroDivisionError: division by zero (model.py:41)"
    """
    if state is None or state.type not in _SHOWN:
        return None
    details = state.state_details
    return f"{state.name}{reason(state.message, details.failed_in, details.failed_at)}"


def reason(message: str | None, failed_in: str | None, failed_at: str | None) -> str:
    """Return what comes after "Failed" in such a sentence.

    Args:
        message: the state's message.
        failed_in: the task in which the error came up.
        failed_at: the file and the line where it did.

    >>> reason("Task run encountered an exception: ValueError: no rows", None, "model.py:41")
    ': ValueError: no rows (model.py:41)'
    """
    where = f" in task {failed_in!r}" if failed_in else ""
    what = " ".join((message or "").split())
    for beginning in _BEGINNINGS:
        what = what.removeprefix(beginning)
    place = f" ({failed_at})" if failed_at else ""
    return f"{where}{': ' if what else ''}{what}{place}"
