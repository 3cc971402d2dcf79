"""The database's file: what it is called, and how SQLite is told of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

FILE_NAME = "pacc.db"
"""The database's name in the home."""


def address(path: Path, mode: str) -> str:
    """Return the address by which SQLite opens a file.

    Args:
        path: the file.
        mode: `rw` to read and write, `ro` to read; neither makes it.

    >>> from pathlib import Path
    >>> address(Path("what?/pacc.db"), "ro")
    'file:what%3f/pacc.db?mode=ro'
    """
    quoted = str(path).replace("%", "%25").replace("?", "%3f").replace("#", "%23")
    return f"file:{quoted}?mode={mode}"
