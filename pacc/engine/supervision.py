"""What a flow run's process tells the one that supervises it, which loads no user code: deadlines, and which hooks there are.

One line of JSON per message through a pipe. A process that nobody supervises tells nothing.
"""

from __future__ import annotations

import os
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from pacc._internal.jsontext import dumps

if TYPE_CHECKING:
    from collections.abc import Iterator

_mouth = -1
_loading = False


def speak_through(descriptor: int) -> None:
    """Tell the supervisor through this pipe from now on."""
    global _mouth
    _mouth = descriptor


def is_supervised() -> bool:
    """Say whether a supervisor stands by that writes what this process cannot."""
    return _mouth >= 0


def be_loading() -> None:
    """Say that this process loads code for others to execute, and executes none itself."""
    global _loading
    _loading = True


def is_on_call() -> bool:
    """Say whether this process is there for runs only: serving is for other processes."""
    return _loading or is_supervised()


def tell(**facts: Any) -> None:
    """Tell the supervisor something; one that is gone cannot hear it."""
    if _mouth >= 0:
        with suppress(OSError):
            os.write(_mouth, dumps(facts).encode() + b"\n")


@contextmanager
def deadline(seconds: float | None) -> Iterator[None]:
    """Have the supervisor end this process if the block takes far longer than so many seconds; `None` tells nothing."""
    if seconds is None:
        yield
        return
    tell(deadline=seconds)
    try:
        yield
    finally:
        tell(deadline=None)


def _fall_silent() -> None:
    """A forked child is not the flow run's process."""
    global _mouth
    _mouth = -1


os.register_at_fork(after_in_child=_fall_silent)
