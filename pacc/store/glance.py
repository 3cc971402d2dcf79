"""A look into a store from outside: nothing is made, brought up to date or waited for, and nothing stays open."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

from pacc.store.file import FILE_NAME, address
from pacc.store.queries import Queries

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_PATIENCE = 0.05


def glance(home: Path, statement: str, params: Mapping[str, object]) -> list[sqlite3.Row]:
    """Return the rows of a named statement, none where there is no store or it cannot be read right now.

    Args:
        home: the folder of the store.
        statement: one that only reads.
        params: its parameters.

    >>> from pathlib import Path
    >>> glance(Path("no home"), "names.flow", {"beginning": "", "beyond": "z", "limit": 1})
    []
    """
    try:
        place = address(home / FILE_NAME, "ro")
        connection = sqlite3.connect(place, uri=True, timeout=_PATIENCE, isolation_level=None)
        with closing(connection):
            connection.row_factory = sqlite3.Row
            return connection.execute(Queries().text(statement), params).fetchall()
    except (sqlite3.Error, UnicodeError):
        return []
