"""Where log lines go: the console, and the log file of the run that said them."""

from __future__ import annotations

import contextlib
import logging
import os
import sys
import warnings
from typing import TYPE_CHECKING, Any, TextIO

from pacc._internal.redaction import redact
from pacc._internal.terminals import wants_color
from pacc._internal.visible import visible
from pacc.context import innermost
from pacc.exceptions import MissingContextError
from pacc.logging.formatters import extra_of, message_of
from pacc.logging.loggers import logger_of
from pacc.settings import get_current_settings
from pacc.store.log_writing import encode_line

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pacc.logging.loggers import RunOfRecord

_RESET = "\x1b[0m"
_COLOURS = {
    "black": 30,
    "red": 31,
    "green": 32,
    "yellow": 33,
    "blue": 34,
    "magenta": 35,
    "cyan": 36,
    "white": 37,
    "bright_red": 91,
    "bright_blue": 94,
}
_STYLES = {
    "log.debug_level": "blue",
    "log.info_level": "cyan",
    "log.warning_level": "yellow",
    "log.error_level": "red",
    "log.critical_level": "bright_red",
    "log.flow_run_name": "magenta",
    "log.task_run_name": "blue",
}


_console: TextIO | None = None


def set_console(stream: TextIO | None) -> None:
    """Let the console of this process be another stream than standard error, which is kept in the run's log as well.

    Example:
        >>> set_console(None)
    """
    global _console
    _console = stream


class PaccConsoleHandler(logging.Handler):
    """Writes lines to a terminal or whatever standard error is at the moment, each at once and as a whole.

    What users wrote cannot act on the terminal: control characters are shown as escapes.

    Args:
        stream: another stream than standard error.
        colors: colour the lines where the terminal allows it; PACC_LOGGING_COLORS if not given.
        styles: other colours, by Prefect's names, e.g. `{"log.info_level": "green"}`; a colour unknown here changes nothing.
        level: the least serious level to write.
    """

    terminator = "\n"

    def __init__(
        self,
        stream: TextIO | None = None,
        colors: bool | None = None,
        styles: Mapping[str, str] | None = None,
        level: int | str = logging.NOTSET,
    ) -> None:
        super().__init__(level)
        # Standard error is looked up for each line: pytest and redirect_stderr change it.
        self._stream = None if stream in (sys.stderr, sys.__stderr__) else stream
        self._colors = get_current_settings().logging.colors if colors is None else colors
        self._codes = {**_codes(_STYLES), **_codes(styles or {})}
        self._known: tuple[TextIO | None, bool, bool] = (None, False, False)
        self.failed = 0
        """How many lines could not be written."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write one line. Never raises: a console that is gone must not end the run it showed."""
        try:
            stream = self._stream or _console or sys.stderr
            if stream is None:
                return
            text = visible(redact(self.format(record)), lines=True)
            coloured, flushes = self._nature(stream)
            if coloured:
                text = self._paint(text, record)
            _write(stream, text + self.terminator)
            if not flushes:
                stream.flush()
        except Exception:  # noqa: BLE001 - whatever stream and formatter the user chose
            self.handleError(record)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - as logging spells it
        """Count what could not be written; a wrong format is said, a console that is gone cannot be."""
        self.failed += 1
        with contextlib.suppress(Exception):
            super().handleError(record)

    def _nature(self, stream: TextIO) -> tuple[bool, bool]:
        known, coloured, flushes = self._known
        if known is not stream:
            coloured = self._colors and wants_color(stream, os.environ)
            flushes = bool(getattr(stream, "line_buffering", False))
            self._known = (stream, coloured, flushes)
        return coloured, flushes

    def _paint(self, text: str, record: logging.LogRecord) -> str:
        level = record.levelname
        text = self._colour(text, level, f"log.{level.lower()}_level")
        fields = record.__dict__
        for field in ("task_run_name", "flow_run_name"):
            if field in fields:
                return self._colour(text, repr(fields[field]), f"log.{field}")
        return text

    def _colour(self, text: str, part: str, style: str) -> str:
        code = self._codes.get(style)
        return text if code is None else text.replace(part, f"\x1b[{code}m{part}{_RESET}", 1)


def _codes(styles: Mapping[str, str]) -> dict[str, int]:
    """Return the terminal's number of each style's colour; shades (`yellow3`) are their colour."""
    known = {name: colour.rstrip("0123456789") for name, colour in styles.items()}
    return {name: _COLOURS[colour] for name, colour in known.items() if colour in _COLOURS}


def _write(stream: TextIO, text: str) -> None:
    try:
        stream.write(text)
    except UnicodeEncodeError:
        encoding = stream.encoding or "ascii"
        stream.write(text.encode(encoding, "backslashreplace").decode(encoding))


class RunLogHandler(logging.Handler):
    """Writes lines to the log file of the run they belong to.

    A record that came through a run's logger knows its run; any other belongs to the run that is active where it was logged.

    Args:
        max_line: the longest line in bytes, a longer one is cut and says so; PACC_LOGGING_TO_API_MAX_LOG_SIZE if not given.
        when_missing: what to do with a record outside of all runs, `warn`, `error` or `ignore`;
            PACC_LOGGING_TO_API_WHEN_MISSING_FLOW if not given.
        level: the least serious level to write.
    """

    def __init__(
        self,
        max_line: int | None = None,
        when_missing: str | None = None,
        level: int | str = logging.NOTSET,
    ) -> None:
        super().__init__(level)
        settings = get_current_settings().logging.to_api
        self.max_line = settings.max_log_size if max_line is None else max_line
        self.when_missing = settings.when_missing_flow if when_missing is None else when_missing

    def handle(self, record: logging.LogRecord) -> bool:
        """Write a record the filters let pass, without a lock: a line is one append, which the system keeps whole."""
        passed = self.filter(record)
        if passed:
            self.emit(passed if isinstance(passed, logging.LogRecord) else record)
        return bool(passed)

    def emit(self, record: logging.LogRecord) -> None:
        """Append one line to the run's log.

        Raises:
            MissingContextError: there is no run, and `when_missing` is `error`.
        """
        fields = record.__dict__
        if not fields.get("send_to_api", True):
            return
        run: RunOfRecord | None = fields.get("pacc_run") or _current_run()
        if run is None:
            self._miss(record)
            return
        try:
            run.log.write(self._line(record, run))
        except Exception:  # noqa: BLE001 - messages, fields and errors are the user's objects
            self.handleError(record)

    def _line(self, record: logging.LogRecord, run: RunOfRecord) -> bytes:
        message = message_of(record)
        if record.exc_info or record.exc_text or record.stack_info:
            message = _with_traceback(record, message)
        return encode_line(
            time=int(record.created * 1_000_000),
            level=record.levelno,
            head=run.head(record.name),
            message=message,
            extra=extra_of(record),
            limit=self.max_line,
        )

    def _miss(self, record: logging.LogRecord) -> None:
        problem = f"The logger {record.name!r} was used outside of a flow run, so there is no run to keep its line for."
        if self.when_missing == "error":
            raise MissingContextError(
                problem, hint="Set PACC_LOGGING_TO_API_WHEN_MISSING_FLOW=ignore to let this pass."
            )
        if self.when_missing == "warn":
            warnings.warn(
                f"{problem} Set PACC_LOGGING_TO_API_WHEN_MISSING_FLOW=ignore to silence this.",
                stacklevel=_frames_to_caller(),
            )


_tracebacks = logging.Formatter()


def _with_traceback(record: logging.LogRecord, message: str) -> str:
    """Return the message with the error's traceback and the stack below it, as every formatter of logging would."""
    copy = logging.makeLogRecord(record.__dict__)
    copy.msg, copy.args = message, ()
    return _tracebacks.format(copy)


def _current_run() -> RunOfRecord | None:
    context: Any = innermost()
    return None if context is None else logger_of(context).extra["pacc_run"]


def _frames_to_caller() -> int:
    """Return how far up the code stands that logged, as `warnings.warn` counts when called where this is."""
    depth, frame = 1, sys._getframe(1)  # noqa: SLF001 - logging finds its callers this way
    while frame.f_back is not None and frame.f_code.co_filename in (__file__, logging.__file__):
        depth, frame = depth + 1, frame.f_back
    return depth


# A logging.yml written for Prefect names these.
APILogHandler = RunLogHandler
PrefectConsoleHandler = PaccConsoleHandler
