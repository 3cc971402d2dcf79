"""Log lines the way the console shows them while a run goes on, with the date in front."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pacc._internal.visible import visible
from pacc.presentation.fitting import fitted
from pacc.presentation.tables import Cell
from pacc.presentation.times import local

if TYPE_CHECKING:
    from pacc.schemas.logs import Log

LEVELS = {10: "DEBUG", 20: "INFO", 30: "WARNING", 40: "ERROR", 50: "CRITICAL"}
_SHORT = {"WARNING": "WARN", "CRITICAL": "CRIT"}
MESSAGE = 4
"""Which cell of a line holds what was said."""
_ROOMY = 70
COLORS = {"DEBUG": "bright_black", "WARNING": "yellow", "ERROR": "red", "CRITICAL": "bright_red"}


def level_name(level: int) -> str:
    """Return a level's name, or its number where it has none.

    Example:
        >>> level_name(20), level_name(25)
        ('INFO', 'Level 25')
    """
    return LEVELS.get(level, f"Level {level}")


def log_line(log: Log, flow_run_name: str) -> Cell:
    """Return one line of a log: moment in local time, level, who said it, what was said.

    Args:
        log: the line; text it holds over several lines keeps them.
        flow_run_name: the name of the run whose log it stands in.
    """
    moment = local(log.timestamp)[:23]
    level = level_name(log.level)
    text = f"{moment} | {level:<7} | {speaker(log, flow_run_name)} - {log.message}"
    return Cell(visible(text, lines=True), COLORS.get(level, ""))


def speaker(log: Log, flow_run_name: str) -> str:
    """Return who logged a line: the flow run, or the task run inside it."""
    if log.task_run_id is not None:
        return f"Task run '{log.task_run_name or log.task_run_id}'"
    return f"Flow run '{flow_run_name}'"


def short_line(log: Log, room: int = _ROOMY) -> list[Cell]:
    """Return one line of a log as a screen has room for it: the clock, the level, who said it, and the first line of what was said.

    What the flow itself said is marked "flow". Where there is little room, the clock has no milliseconds and names are shorter.

    Args:
        log: the line.
        room: how many terminal cells there are.
    """
    is_roomy = room >= _ROOMY
    level = level_name(log.level)
    message = visible(log.message.rstrip(), lines=True).expandtabs(4)
    first, *more = message.split("\n")
    who = "flow" if log.task_run_id is None else visible(log.task_run_name or str(log.task_run_id))
    milliseconds = f".{log.timestamp.microsecond // 1000:03}" if is_roomy else ""
    return [
        Cell(f"{log.timestamp.astimezone():%H:%M:%S}{milliseconds} ", "bright_black"),
        Cell(f"{_SHORT.get(level, level)[:5]:<5} ", COLORS.get(level, "bright_black")),
        fitted(Cell(who, "cyan"), 14 if is_roomy else 10),
        Cell("  "),
        Cell(first, COLORS.get(level, "")),
        Cell(f"  +{len(more)} line{'' if len(more) == 1 else 's'}" if more else "", "bright_black"),
    ]
