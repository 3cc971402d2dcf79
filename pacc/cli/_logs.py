"""Writing log lines, shared by the commands that show them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pacc.cli._exits import UsageError
from pacc.cli._terminal import OutputFormat, terminal
from pacc.presentation.logs import level_name, log_line

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pacc.schemas.logs import Log

SOME = 20
"""How many lines `--head` and `--tail` show unless told otherwise."""


def head_and_tail(*, head: bool, tail: bool, count: int | None) -> tuple[int | None, int | None]:
    """Return how many lines to read from the start and from the end of a log; nothing means all.

    Args:
        head: `--head` was said.
        tail: `--tail` was said.
        count: what `--num-logs` says.

    Raises:
        UsageError: both ends were asked for.

    Example:
        >>> head_and_tail(head=False, tail=True, count=None)
        (None, 20)
    """
    if head and tail:
        raise UsageError("--head and --tail cannot be used together")
    if tail:
        return None, count or SOME
    return (count or SOME if head else count), None


def write_log(log: Log, flow_run_name: str, output: OutputFormat, *, color: bool) -> None:
    """Write one line of a log to standard output.

    Args:
        log: the line.
        flow_run_name: the name of the flow run whose log it stands in.
        output: the console's form, one object of JSON, or tab-separated.
        color: colour lines that are not as usual.
    """
    if output == "json":
        terminal.json_line(log)
    elif output == "plain":
        fields = (log.timestamp.isoformat(), level_name(log.level), str(log.task_run_name or ""), log.message)
        terminal.line("\t".join(terminal.safe(field) for field in fields))
    else:
        line = log_line(log, flow_run_name)
        terminal.line(terminal.paint(line.text, line.color) if color else line.text)


def write_logs(
    logs: Iterable[Log], flow_run_name: str, output: OutputFormat, *, stream: bool = False
) -> None:
    """Write the lines of a log to standard output.

    Args:
        logs: the lines.
        flow_run_name: the name of the flow run whose log they stand in.
        output: as for `write_log`.
        stream: write each line as it comes; JSON is then one object a line instead of one array.
    """
    if output == "json" and not stream:
        terminal.json_lines(logs)
        return
    color = terminal.colored(terminal.out)
    for log in logs:
        write_log(log, flow_run_name, output, color=color)
        if stream:
            terminal.out.flush()
