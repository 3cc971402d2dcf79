"""`log_prints`: what a run prints becomes lines of its log.

`print` is replaced while at least one run wants that, and looks at each call whether the run it is called in does. So nested,
async and threaded runs cannot get in each other's way, and code outside of runs prints as ever.
"""

from __future__ import annotations

import builtins
import io
import os
import sys
import threading
from typing import TYPE_CHECKING, Any

from pacc.context import innermost
from pacc.logging.loggers import logger_of
from pacc.settings import get_current_settings

if TYPE_CHECKING:
    from collections.abc import Callable

_lock = threading.Lock()
_wanted = 0
_print: Callable[..., None] = builtins.print


def log_prints_wanted(own: bool | None) -> bool:
    """Return whether a run that starts here turns prints into log lines.

    Args:
        own: the `log_prints` of its flow or task; None leaves it to the run around it, and outside of runs to the setting.
    """
    if own is not None:
        return own
    around = innermost()
    if around is not None:
        return bool(around.log_prints)
    return bool(get_current_settings().logging.log_prints)


class patch_print:  # noqa: N801 - used like a function, as in Prefect
    """Let `print` be `print_as_log` for the length of a `with` block; blocks may nest and overlap.

    Example:
        >>> with patch_print():
        ...     call_the_flow()
    """

    __slots__ = ()

    def __enter__(self) -> None:
        global _wanted, _print
        with _lock:
            _wanted += 1
            if _wanted == 1:
                _print, builtins.print = builtins.print, print_as_log

    def __exit__(self, *_: object) -> None:
        global _wanted
        with _lock:
            _wanted -= 1
            # Whoever replaced ours meanwhile keeps theirs, which ends up in ours, which then prints.
            if _wanted == 0 and builtins.print is print_as_log:
                builtins.print = _print


def print_as_log(*args: Any, **kwargs: Any) -> None:
    """Print, or log what would be printed if the run around this wants that.

    What goes to another file than standard output or standard error is printed there as ever.
    """
    context = innermost()
    file = kwargs.get("file")
    if (
        context is None
        or not context.log_prints
        or (file is not None and file is not sys.stdout and file is not sys.stderr)
    ):
        _print(*args, **kwargs)
        return
    text = io.StringIO()
    _print(*args, **{**kwargs, "file": text, "flush": False})
    logger_of(context).info(text.getvalue().removesuffix("\n"), stacklevel=2)


def _forget_lock() -> None:
    global _lock
    _lock = threading.Lock()


os.register_at_fork(after_in_child=_forget_lock)
