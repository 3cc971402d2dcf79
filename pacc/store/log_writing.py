"""Writing the log file of a run: one append per line, so that a killed run keeps every line it wrote.

The format, and reading it, are `pacc.store.log_files`. Nothing here raises into the user's code: a line that cannot be written is
counted, said once on the console, and noted in the log itself as soon as it can be written again.
"""

from __future__ import annotations

import json
import logging
import os
import time
from io import FileIO
from json.encoder import encode_basestring
from typing import TYPE_CHECKING, Any

from pacc._internal.clock import now
from pacc._internal.redaction import has_secrets, redact

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

MAX_LINE = 1_000_000
"""Bytes of one line when no setting says otherwise."""

_LOOK_AGAIN = 1.0
"""Seconds between two looks whether the open file still has a name."""


class RunLog:
    """The log file of one flow run, opened by its first line and shared by all its task runs.

    Any number of threads and processes may write to one file; a forked child keeps its parent's. It holds no lock, so a fork can
    never leave one behind.

    Args:
        path: the file; folders that are missing are made, readable by their owner only.

    Example:
        >>> log = RunLog(Path("logs/run.jsonl"))
        >>> log.write(encode_line(time=now(), level=20, head=line_head("pacc.runner"), message="hello"))
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.lost = 0
        """How many lines could not be written so far."""
        self._unsaid = 0
        self._why = ""
        self._look_again = 0.0

    def write(self, line: bytes) -> None:
        """Append one line, line break included. Never raises: see `lost`."""
        try:
            file: FileIO = self.__dict__.get("_file") or self._open()
            if time.monotonic() > self._look_again:
                file = self._still_there(file)
            if self._unsaid:
                self._say_what_was_lost(file)
            _append(file, line)
        except (OSError, ValueError) as error:
            self._lose(error)

    def close(self) -> None:
        """Let go of the file. A line that comes later, from a thread still running, opens it again."""
        self.__dict__.pop("_file", None)

    def __reduce__(self) -> tuple[type[RunLog], tuple[Path]]:
        # Records travel to other processes (logging.handlers.QueueHandler); what they name is the path.
        return RunLog, (self.path,)

    def _open(self) -> FileIO:
        # Two threads may both come here. The first one's file stays; no lock is needed, none can be inherited.
        file = _open_for_appending(self.path)
        kept: FileIO = self.__dict__.setdefault("_file", file)
        self._look_again = time.monotonic() + _LOOK_AGAIN
        return kept

    def _still_there(self, file: FileIO) -> FileIO:
        """Open anew if someone removed the file: lines written to a file without a name would be lost silently."""
        self._look_again = time.monotonic() + _LOOK_AGAIN
        if os.fstat(file.fileno()).st_nlink:
            return file
        self.close()
        return self._open()

    def _lose(self, error: Exception) -> None:
        self.lost += 1
        self._unsaid += 1
        self._why = str(error)
        if self.lost == 1:
            logging.getLogger("pacc.logging").error(
                "The log %s cannot be written (%s). Its lines are missing there until it can be again.",
                self.path,
                error,
            )

    def _say_what_was_lost(self, file: FileIO) -> None:
        count = self._unsaid
        note = f"{count} log lines are missing here: they could not be written ({self._why})."
        made = encode_line(time=now(), level=logging.WARNING, head=line_head("pacc.logging"), message=note)
        # The line break ends whatever half of a line a full disk left.
        _append(file, b"\n" + made)
        self._unsaid -= count


class _LogFile(FileIO):
    """A file that closes once nobody holds it.

    Closed while another thread is about to write, its descriptor could be that of the next file opened, the database's perhaps.
    """

    # no function of ours: Python drops a Ctrl-C that strikes inside one that finalises
    __del__ = FileIO.close


def _open_for_appending(path: Path) -> FileIO:
    try:
        file = _LogFile(path, "a+", opener=_private)
    except FileNotFoundError:
        path.parent.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.parent.mkdir(mode=0o700, exist_ok=True)
        file = _LogFile(path, "a+", opener=_private)
    _end_torn_line(file)
    return file


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _end_torn_line(file: FileIO) -> None:
    """End a line that a kill cut short, so that the next one starts anew; a break too many is only an empty line."""
    size = os.fstat(file.fileno()).st_size
    if size and os.pread(file.fileno(), 1, size - 1) != b"\n":
        file.write(b"\n")


def _append(file: FileIO, line: bytes) -> None:
    """Write a line in one call; what a full disk did not take at once is tried again, and then raises why."""
    written = file.write(line)
    while written != len(line):
        written += file.write(line[written:])


# ------------------------------------------------------------------------------------- what a line holds


def encode_line(
    *,
    time: int,
    level: int,
    head: str,
    message: str,
    extra: Mapping[str, Any] | None = None,
    limit: int = MAX_LINE,
) -> bytes:
    """Return one line of a log file.

    Args:
        time: microseconds since the epoch.
        level: the standard library's number.
        head: the fields that stay the same for a run, ready as JSON: see `line_head`.
        message: what was said. Hidden secrets are masked.
        extra: structured fields; what JSON does not know is kept as its `repr`.
        limit: the longest line in bytes; a longer one is cut and says so.

    Returns:
        Bytes that end in the one line break they hold.
    """
    message = redact(message)
    fields = f',"extra":{_json(extra)}' if extra else ""
    start = f'{{"t":{time},"level":{level}{head},"message":'
    made = _utf8(f"{start}{encode_basestring(message)}{fields}}}\n")
    if len(made) <= limit:
        return made
    return _cut(start, message, fields, limit)


def line_head(logger: str, task_run_id: str | None = None, task_run_name: str | None = None) -> str:
    """Return the part of a line that all lines of one logger of one run share."""
    head = f',"logger":{encode_basestring(logger)}'
    if task_run_id is not None:
        head += f',"task_run_id":"{task_run_id}","task_run_name":{encode_basestring(task_run_name or "")}'
    return head


def _utf8(text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError:
        # A lone surrogate, from a file name for instance, has no UTF-8; the JSON escape of the same code is plain ASCII.
        return b"".join(
            f"\\u{ord(char):04x}".encode() if "\ud800" <= char <= "\udfff" else char.encode() for char in text
        )


def _cut(start: str, message: str, fields: str, limit: int) -> bytes:
    if len(fields) * 2 > limit:
        fields = f',"extra":{{"cut":{len(fields)}}}'
    mark = f"... [cut: {len(message):,} characters in all, PACC_LOGGING_TO_API_MAX_LOG_SIZE is {limit}]"
    room = max(0, limit - len(_utf8(f'{start}""{fields}}}\n')) - len(mark))
    kept = message[:room]
    while (size := len(_utf8(encode_basestring(kept))) - 2) > room:
        kept = kept[: len(kept) * room // size]
    return _utf8(f"{start}{encode_basestring(kept + mark)}{fields}}}\n")


def _json(extra: Mapping[str, Any]) -> str:
    try:
        text = json.dumps(extra, default=shown, ensure_ascii=False)
    except Exception:  # noqa: BLE001 - user objects; whatever they do, the line is kept
        text = json.dumps({str(name): shown(value) for name, value in extra.items()}, ensure_ascii=False)
    return json.dumps(_without_secrets(json.loads(text)), ensure_ascii=False) if has_secrets() else text


def shown(value: object) -> str:
    """Return the `repr` of any object, also of one whose `repr` fails."""
    try:
        return repr(value)
    except Exception as error:  # noqa: BLE001 - user objects
        return f"<{type(value).__name__} whose repr raised {type(error).__name__}>"


def _without_secrets(value: Any) -> Any:
    if isinstance(value, dict):
        return {redact(name): _without_secrets(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_without_secrets(inner) for inner in value]
    if isinstance(value, str):
        return redact(value)
    masked = redact(str(value))
    return value if masked == str(value) else masked
