"""Lesson 103: a file is written, the quality check fails, and the file is gone again."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

from pacc import flow, task
from pacc.transactions import transaction

FILE = Path("side-effect.txt")


@task
def write_file(contents: str) -> None:
    """Write to a file: a side effect."""
    FILE.write_text(contents)


@write_file.on_rollback
def delete_file(transaction: Any) -> None:
    """Undo it."""
    FILE.unlink()


@task
def quality_test() -> None:
    """Refuse a file that is too short."""
    if len(FILE.read_text().splitlines()) < 2:
        raise ValueError("Not enough data!")


@flow
def pipeline(contents: str) -> None:
    """Write and check together, or not at all."""
    with transaction():
        write_file(contents)
        quality_test()


if __name__ == "__main__":
    with suppress(ValueError):
        pipeline("one line only")
    print("After the failure there is a file:", FILE.exists())
    pipeline("two\nlines")
    print("After the success there is a file:", FILE.exists())
