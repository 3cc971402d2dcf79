"""A line on the console by a process that has no logging of its own, as those that stand by runs."""

from __future__ import annotations

import logging

from pacc.logging.formatters import FLOW_RUN_FORMAT, TIME_FORMAT
from pacc.logging.handlers import PaccConsoleHandler
from pacc.settings import get_current_settings


def tell_of_run(name: str, message: str, level: int) -> None:
    """Say something about a flow run on standard error, unless the settings want less serious lines kept from there.

    >>> tell_of_run("brave-otter", "Cancelled: all its processes have ended.", logging.INFO)  # doctest: +SKIP
    """
    record = logging.LogRecord("pacc.runner", level, __file__, 0, message, None, None)
    record.flow_run_name = name
    handler = PaccConsoleHandler()
    handler.setFormatter(logging.Formatter(FLOW_RUN_FORMAT, TIME_FORMAT))
    if level >= logging.getLevelNamesMapping()[get_current_settings().logging.level]:
        handler.emit(record)
