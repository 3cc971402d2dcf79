"""Log files read from the disk: one per flow run, one JSON object a line, appended and never rewritten.

    {"t": 1795251600000000, "level": 20, "logger": "pacc.task_runs", "task_run_id": "...", "task_run_name": "fetch-817",
     "message": "...", "extra": {...}}

`t` is microseconds since the epoch; the task run's fields and `extra` are there only when there is something to say. Lines of one
run may come from many processes, so they stand in the order they were written. A line without its line break is still being
written, or was cut short by a kill: readers leave it alone until it is whole.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING
from uuid import UUID

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import BinaryIO

_BLOCK = 1 << 16


def log_path(home: Path, run_id: str | UUID) -> Path:
    """Return where the log of a run lies; a task run outside of flows has a log of its own.

    Raises:
        ValueError: `run_id` is no UUID, so it cannot be part of a path.
    """
    return home / "logs" / f"{UUID(str(run_id))}.jsonl"


def lines(path: Path, offset: int = 0) -> Iterator[tuple[int, bytes]]:
    """Yield every whole line from a byte offset on, with the offset it starts at; nothing if there is no such file."""
    try:
        file = path.open("rb")
    except FileNotFoundError:
        return
    with file:
        file.seek(offset)
        for line in file:
            if not line.endswith(b"\n"):
                return
            if len(line) > 1:
                yield offset, line[:-1]
            offset += len(line)


def lines_backwards(path: Path) -> Iterator[tuple[int, bytes]]:
    """Yield every whole line with its offset, the last one first, reading no more of the file than is asked for."""
    try:
        file = path.open("rb")
    except FileNotFoundError:
        return
    with file:
        position = file.seek(0, os.SEEK_END)
        # What stands after the last line break is not whole; the first round drops it.
        kept, whole = b"", False
        while position > 0:
            start = max(0, position - _BLOCK)
            block = _block(file, start, position) + kept
            first, *rest = block.split(b"\n")
            end = start + len(block)
            for number, line in enumerate(reversed(rest)):
                begin = end - len(line)
                if line and (whole or number > 0):
                    yield begin, line
                end = begin - 1
            whole = whole or bool(rest)
            kept, position = first, start
        if kept and whole:
            yield 0, kept


def _block(file: BinaryIO, start: int, end: int) -> bytes:
    file.seek(start)
    return file.read(end - start)
