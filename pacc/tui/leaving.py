"""The end of a dashboard that nobody looks at any more."""

from __future__ import annotations

import os
import signal
import threading
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_EVERY = 2.0


def end_when(is_left: Callable[[], bool]) -> None:
    """End this process, as a terminal does that hangs up, soon after nobody is there any more; from the main thread.

    Neither a server that was killed nor a terminal that was closed need have said so, and whoever draws for a terminal that is gone
    may wait for it for ever: so a thread of its own looks.

    Args:
        is_left: says whether nobody is there any more; asked every other second.

    Example:
        >>> end_when(lambda: not sys.stdin.isatty())  # doctest: +SKIP
    """
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    threading.Thread(target=_mind, args=(is_left,), name="pacc dashboard leaves", daemon=True).start()


def _mind(is_left: Callable[[], bool]) -> None:
    while not is_left():
        time.sleep(_EVERY)
    os.kill(os.getpid(), signal.SIGHUP)
