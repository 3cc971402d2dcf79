"""`log_prints`: what a run prints becomes lines of its log.

`print` is replaced while at least one run wants that, and looks at each call whether the run it is called in does. So nested,
async and threaded runs cannot get in each other's way, and code outside of runs prints as ever.
"""

from __future__ import annotations

import builtins
import functools
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
    from typing import TypeAlias

    Print: TypeAlias = Callable[..., None]

_lock = threading.Lock()
_wanted = 0
_installed: Print | None = None
_behind: Print = builtins.print


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
        global _wanted, _installed, _behind
        with _lock:
            _wanted += 1
            if _wanted == 1:
                _behind = builtins.print
                builtins.print = _installed = _print_in_front_of(_behind)

    def __exit__(self, *_: object) -> None:
        global _wanted
        with _lock:
            _wanted -= 1
            # Whoever replaced ours meanwhile keeps theirs, which ends up in ours, which then prints.
            if _wanted == 0 and builtins.print is _installed:
                builtins.print = _behind


def _print_in_front_of(behind: Print) -> Print:
    """Return a `print` that logs in runs that want it and leaves everything else to the one behind it.

    Each time a new one: if another library's stands between, an old one in its back must not be put in front of it again.
    """

    @functools.wraps(behind)
    def print_as_log(*args: Any, **kwargs: Any) -> None:
        context = innermost()
        if context is None or not context.log_prints or not _on_screen(kwargs.get("file")):
            behind(*args, **kwargs)
            return
        text = io.StringIO()
        behind(*args, **{**kwargs, "file": text, "flush": False})
        logger_of(context).info(text.getvalue().removesuffix("\n"), stacklevel=2)

    return print_as_log


def _on_screen(file: Any) -> bool:
    return file is None or file is sys.stdout or file is sys.stderr


def print_as_log(*args: Any, **kwargs: Any) -> None:
    """Log what `print` would print if the run around this wants prints logged; otherwise print it.

    What goes to another file than standard output or standard error is printed there as ever.
    """
    _print_in_front_of(builtins.print)(*args, **kwargs)


def _forget_lock() -> None:
    global _lock
    _lock = threading.Lock()


os.register_at_fork(after_in_child=_forget_lock)
