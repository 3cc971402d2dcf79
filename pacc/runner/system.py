"""What Linux is asked for so that no process is left behind; where a system has no such thing, less is promised.

A process may ask to be killed when its parent ends, and to become the parent of orphans below it.
"""

from __future__ import annotations

import os
import signal
import threading
from contextlib import suppress
from functools import cache
from typing import Any

from pacc._internal.processes import IS_LINUX

_SET_PARENT_DEATH_SIGNAL = 1
_SET_CHILD_SUBREAPER = 36


def take_in_orphans() -> bool:
    """Become the parent of every orphan below this process; return whether the system does that."""
    return _prctl(_SET_CHILD_SUBREAPER, 1)


def end_with(parent: int, lifeline: int) -> None:
    """Have this process killed when its parent ends, however that ends; at once where it has ended already.

    Args:
        parent: the parent's pid; it must have forked this process from a thread that stays.
        lifeline: a descriptor that is readable once the parent is gone, for systems that send no signal then.
    """
    if not _prctl(_SET_PARENT_DEATH_SIGNAL, signal.SIGKILL):
        threading.Thread(target=_die_at_end_of, args=(lifeline,), name="pacc-lifeline", daemon=True).start()
    if os.getppid() != parent:
        os.kill(os.getpid(), signal.SIGKILL)


def _die_at_end_of(lifeline: int) -> None:
    with suppress(OSError):
        os.read(lifeline, 1)
    os.kill(os.getpid(), signal.SIGKILL)


def _prctl(option: int, value: int) -> bool:
    if not IS_LINUX:
        return False
    return bool(_libc().prctl(option, value, 0, 0, 0) == 0)


@cache
def _libc() -> Any:
    import ctypes  # start-up

    return ctypes.CDLL(None)
