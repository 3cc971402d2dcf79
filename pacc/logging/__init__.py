"""Loggers of runs, where their lines go, and what they look like. Names resolve when they are touched."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pacc.logging.configuration import configure
    from pacc.logging.loggers import (
        LogEavesdropper,
        disable_logger,
        disable_run_logger,
        flow_run_logger,
        get_logger,
        get_run_logger,
        task_run_logger,
    )
    from pacc.logging.prints import log_prints_wanted, patch_print, print_as_log

__all__ = [
    "LogEavesdropper",
    "configure",
    "disable_logger",
    "disable_run_logger",
    "flow_run_logger",
    "get_logger",
    "get_run_logger",
    "log_prints_wanted",
    "patch_print",
    "print_as_log",
    "task_run_logger",
]

_HOMES = {
    "configure": "configuration",
    "log_prints_wanted": "prints",
    "patch_print": "prints",
    "print_as_log": "prints",
}


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module  # start-up

    value = getattr(import_module(f"{__name__}.{_HOMES.get(name, 'loggers')}"), name)
    globals()[name] = value
    return value
