"""What is known of a failure beyond its words: in which task it came up, and where in the code."""

from __future__ import annotations

import os
import sysconfig
from contextlib import suppress
from typing import TYPE_CHECKING

from pacc.schemas.states import StateDetails

if TYPE_CHECKING:
    from types import TracebackType

_TASK = "__pacc_task__"
_OURS = os.path.dirname(os.path.dirname(os.path.abspath(__file__))) + os.sep
_LIBRARIES = tuple(
    sysconfig.get_path(name) + os.sep for name in ("stdlib", "platstdlib", "purelib", "platlib")
)


def note_task(error: BaseException, task_name: str) -> None:
    """Remember on an error in which task it came up first, for the flow run that it fails."""
    if getattr(error, _TASK, None) is None:
        with suppress(AttributeError, TypeError):  # an error that takes no notes
            setattr(error, _TASK, task_name)


def details_of(error: BaseException, *, retriable: bool | None = None) -> StateDetails:
    """Return what a state says of the failure it is, beside its message.

    Args:
        error: what was raised.
        retriable: false where it must not be retried.
    """
    return StateDetails(
        retriable=retriable, failed_in=getattr(error, _TASK, None), failed_at=place_of(error.__traceback__)
    )


def place_of(trace: TracebackType | None) -> str | None:
    """Return the file and the line of the innermost code that belongs to no library, `None` where there is none.

    >>> place_of(None)
    """
    found = None
    while trace is not None:
        file = trace.tb_frame.f_code.co_filename
        if not file.startswith((_OURS, "<")) and not file.startswith(_LIBRARIES):
            found = f"{os.path.basename(file)}:{trace.tb_lineno}"
        trace = trace.tb_next
    return found
