"""The versions of the schema one by one: back to an older one, and saying which one a file has.

What undoes a step is read off the steps themselves: the schema they lead to is compared with the one before, and what came is taken
away. A step that changed what was there already has no way back but the copy its upgrade left.
"""

from __future__ import annotations

from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, NamedTuple

from pacc.exceptions import StoreError
from pacc.store import connection as sqlite
from pacc.store import migrate
from pacc.store.care import alone, translated
from pacc.store.connection import connect, identity
from pacc.store.file import FILE_NAME
from pacc.store.options import DEFAULTS, StoreOptions

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator
    from pathlib import Path

_ADDING = ("CREATE", "ALTER TABLE", "DROP TRIGGER", "DROP INDEX", "DROP VIEW")
_ORDER = ("trigger", "view", "index", "table")
"""In which order the kinds of objects are dropped: those that stand on others first."""


class _Object(NamedTuple):
    """A table, an index, a view or a trigger."""

    kind: str
    name: str


class _Schema(NamedTuple):
    """What a database consists of: the statement that makes each object, and the columns of each table."""

    made_by: dict[_Object, str]
    columns: dict[str, tuple[str, ...]]


def standing(home: Path, options: StoreOptions = DEFAULTS) -> int | None:
    """Return the version of a home's store as it lies there, `None` where there is no store.

    Raises:
        StoreError: It is none of pacc's, or cannot be read.
    """
    path = home / FILE_NAME
    if not path.exists():
        return None
    with translated(path), closing(connect(path, options, query_only=True)) as connection:
        return migrate.refuse_foreign(connection, path)


def known(options: StoreOptions = DEFAULTS) -> dict[int, str]:
    """Return every version this pacc knows, with what it was made for.

    >>> known()[4]
    'variables'
    """
    names = {number: file.stem.partition("_")[2] for number, file in migrate.steps(options.folder).items()}
    return {number: names[number].replace("_", " ") for number in sorted(names)}


def undoing(version: int, to: int, options: StoreOptions = DEFAULTS) -> list[str]:
    """Return the statements that lead from a version back to an older one.

    Raises:
        StoreError: A step between them cannot be undone.
    """
    for number in range(version, to, -1):
        _must_only_add(number, options)
    later, earlier = _schema(version, options), _schema(to, options)
    changed = [each for each, sql in later.made_by.items() if earlier.made_by.get(each) != sql]
    tables = [each.name for each in changed if each.kind == "table" and each in earlier.made_by]
    standing_on_them = [each for each in later.made_by if each.kind in ("trigger", "view")]
    gone = {*standing_on_them, *(each for each in changed if each.name not in tables)}
    dropped = [f"DROP {each.kind.upper()} {each.name}" for each in sorted(gone, key=_by_kind)]
    narrowed = [
        f"ALTER TABLE {table} DROP COLUMN {column}"
        for table in tables
        for column in later.columns[table]
        if column not in earlier.columns[table]
    ]
    remade = [
        earlier.made_by[each] for each in sorted(earlier.made_by, key=_by_kind, reverse=True) if each in gone
    ]
    return [*dropped, *narrowed, *remade]


def losses(home: Path, to: int, options: StoreOptions = DEFAULTS) -> dict[str, int]:
    """Return the tables that an older version of the schema does not have, with how many rows each holds.

    Raises:
        StoreError: The store cannot be read.
    """
    path = home / FILE_NAME
    with translated(path), closing(connect(path, options, query_only=True)) as connection:
        version = identity(connection)[1]
        names = sorted(_schema(version, options).columns.keys() - _schema(to, options).columns.keys())
        counts = {
            name: connection.execute(f"SELECT count(*) FROM {name}").fetchone()[0]  # noqa: S608 - a table of ours
            for name in names
        }
    return {name: count for name, count in counts.items() if count}


def step_down(home: Path, to: int, options: StoreOptions = DEFAULTS) -> Path:
    """Bring a store back to an older version of the schema, wholly or not at all.

    Args:
        home: The folder of the store.
        to: The version.
        options: Patience and sizes.

    Returns:
        The copy of the store from before.

    Raises:
        StoreBusy: A process has the store open. StoreError: It cannot be done; the store is as it was.
    """
    path = home / FILE_NAME
    with _taken(path, options) as connection:
        version = identity(connection)[1]
        statements = undoing(version, to, options)
        copy = path.with_name(f"{path.name}-of-schema-{version:04d}")
        sqlite.let_references_hang(connection)
        with sqlite.transaction(connection):
            migrate.copy_checked(path, copy, options)
            for statement in statements:
                connection.execute(statement)
            sqlite.set_identity(connection, to)
            if _described(connection) != _schema(to, options) or sqlite.lost_references(connection):
                raise StoreError(
                    f"the store {path} could not be brought back to schema {to}; it is as it was"
                )
    return copy


def stamp(home: Path, version: int, options: StoreOptions = DEFAULTS) -> None:
    """Write into a store which version of the schema it has, without changing its tables.

    Args:
        home: The folder of the store.
        version: The version; the tables must be those of this version.
        options: Patience and sizes.

    Raises:
        StoreBusy: A process has the store open. StoreError: The tables are others.
    """
    path = home / FILE_NAME
    with _taken(path, options) as connection:
        found, wanted = _described(connection).made_by, _schema(version, options).made_by
        other = sorted({each.name for each, _ in found.items() ^ wanted.items()})
        if other:
            raise StoreError(
                f"the tables of the store {path} are not those of schema {version}: {', '.join(other[:5])} differ",
                hint="pacc server database upgrade",
            )
        with sqlite.transaction(connection):
            sqlite.set_identity(connection, version)


@contextmanager
def _taken(path: Path, options: StoreOptions) -> Iterator[sqlite3.Connection]:
    """Open a store that nobody else has open, and keep it so."""
    with (
        alone(path),
        translated(path),
        migrate.at_the_gate(path, options),
        closing(connect(path, options)) as connection,
    ):
        migrate.refuse_foreign(connection, path)
        yield connection


def _must_only_add(number: int, options: StoreOptions) -> None:
    step = migrate.steps(options.folder)[number]
    for statement in migrate.statements(step.read_text("utf-8")):
        words = " ".join(
            line for line in statement.splitlines() if not line.lstrip().startswith("--")
        ).split()
        if not " ".join(words).upper().startswith(_ADDING) or words[3:4] == ["RENAME"]:
            raise StoreError(
                f"schema {number} cannot be undone: it rewrote rows that were there before",
                hint=f"bring back the copy from before it: pacc db restore {FILE_NAME}-before-{number:04d}",
            )


def _schema(version: int, options: StoreOptions) -> _Schema:
    """What a store of a version consists of."""
    with closing(sqlite.in_memory()) as connection:
        for number, step in sorted(migrate.steps(options.folder).items()):
            if number <= version:
                connection.executescript(step.read_text("utf-8"))
        return _described(connection)


def _described(connection: sqlite3.Connection) -> _Schema:
    rows = connection.execute(
        "SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite%'"
    ).fetchall()
    made_by = {_Object(kind, name): " ".join(sql.split()) for kind, name, sql in rows}
    columns = {each.name: sqlite.columns(connection, each.name) for each in made_by if each.kind == "table"}
    return _Schema(made_by, columns)


def _by_kind(each: _Object) -> tuple[int, str]:
    return _ORDER.index(each.kind), each.name
