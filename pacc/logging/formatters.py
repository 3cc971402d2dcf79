"""What a log line looks like on the console."""

from __future__ import annotations

import json
import logging
import time
from typing import TYPE_CHECKING, Any

from pacc.store.log_writing import shown

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Literal

_START = "%(asctime)s.%(msecs)03d | %(levelname)-7s | "
FORMAT = _START + "%(name)s - %(message)s"
FLOW_RUN_FORMAT = _START + "Flow run %(flow_run_name)r - %(message)s"
TASK_RUN_FORMAT = _START + "Task run %(task_run_name)r - %(message)s"
TIME_FORMAT = "%H:%M:%S"

#: What every record has, so that the rest is what a call handed over as `extra`.
_STANDARD = frozenset(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "taskName"}
_OF_RUNS = frozenset(
    (
        "flow_name",
        "flow_run_id",
        "flow_run_name",
        "pacc_run",
        "send_to_api",
        "task_name",
        "task_run_id",
        "task_run_name",
    )
)
_KNOWN = _STANDARD | _OF_RUNS


def message_of(record: logging.LogRecord) -> str:
    """Return a record's message; one whose arguments do not fit it keeps them and says so, instead of getting lost."""
    try:
        return record.getMessage()
    except Exception as error:  # noqa: BLE001 - the text and the arguments are the user's
        return f"{shown(record.msg)} % {shown(record.args)} (these do not fit together: {error})"


def extra_of(record: logging.LogRecord) -> dict[str, Any] | None:
    """Return the fields a call handed over beside its message, or None."""
    fields = record.__dict__
    if fields.keys() <= _KNOWN:
        return None
    return {name: value for name, value in fields.items() if name not in _KNOWN}


class PaccFormatter(logging.Formatter):
    """Formats a record by whether a flow run, a task run or something else said it.

    Args:
        format: the format of lines that belong to no run.
        datefmt: as `time.strftime` has it.
        style: `%`, `{` or `$`, for all three formats.
        validate: refuse a format that does not fit its style.
        defaults: values for fields that records may lack.
        flow_run_fmt: the format of a flow run's lines; `format` if not given.
        task_run_fmt: the format of a task run's lines; `format` if not given.
    """

    def __init__(
        self,
        format: str | None = FORMAT,
        datefmt: str | None = TIME_FORMAT,
        style: Literal["%", "{", "$"] = "%",
        validate: bool = True,
        *,
        defaults: Mapping[str, Any] | None = None,
        flow_run_fmt: str | None = None,
        task_run_fmt: str | None = None,
    ) -> None:
        super().__init__(format, datefmt, style, validate, defaults=defaults)
        make = type(self._style)
        self.flow_run_fmt = flow_run_fmt
        self.task_run_fmt = task_run_fmt
        self._flow_style = make(flow_run_fmt, defaults=defaults) if flow_run_fmt else self._style
        self._task_style = make(task_run_fmt, defaults=defaults) if task_run_fmt else self._style
        if validate:
            self._flow_style.validate()
            self._task_style.validate()
        self._second: tuple[int, str | None, str] = (-1, None, "")

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, with the traceback of an error below it."""
        try:
            return super().format(record)
        except Exception:  # noqa: BLE001 - the text and the arguments are the user's; a wrong format raises again
            return super().format(_with_message(record))

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - as logging spells it
        """Choose the format by what the record knows of its run."""
        fields = record.__dict__
        if "task_run_name" in fields:
            return self._task_style.format(record)
        if "flow_run_name" in fields:
            return self._flow_style.format(record)
        return self._style.format(record)

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:  # noqa: N802 - as logging spells it
        """Return the record's local time; within one second it is worked out once."""
        second = int(record.created)
        known, known_format, text = self._second
        if known == second and known_format == datefmt:
            return text
        text = time.strftime(datefmt or "%Y-%m-%d %H:%M:%S", self.converter(second))
        self._second = (second, datefmt, text)
        return text


def _with_message(record: logging.LogRecord) -> logging.LogRecord:
    copy = logging.makeLogRecord(record.__dict__)
    copy.msg, copy.args = message_of(record), ()
    return copy


class JsonFormatter(logging.Formatter):
    """Formats a record as one JSON object with all its fields.

    Args:
        fmt: `default` for one line a record, `pretty` for indented text.
        dmft: accepted for Prefect's sake; times are seconds since the epoch.
        style: accepted for Prefect's sake.
    """

    def __init__(
        self, fmt: Literal["pretty", "default"] = "default", dmft: str | None = None, style: str = "%"
    ) -> None:
        super().__init__()
        if fmt not in ("default", "pretty"):
            raise ValueError("the format of a JsonFormatter is either 'default' or 'pretty'")
        self._indent = 2 if fmt == "pretty" else None
        self.dmft = dmft
        self.style = style

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as JSON; what JSON does not know is shown as its `repr`."""
        fields = {name: value for name, value in record.__dict__.items() if name != "pacc_run"}
        fields["message"] = message_of(record)
        if record.exc_info:
            fields["exc_info"] = self.formatException(record.exc_info)
        return json.dumps(fields, default=shown, indent=self._indent, ensure_ascii=False, skipkeys=True)
