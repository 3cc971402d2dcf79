"""Artifacts as listings, one of them in full, and their content as plain lines."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from pacc._internal.visible import visible
from pacc.presentation.fitting import Fit
from pacc.presentation.sifting import Order
from pacc.presentation.tables import Cell, Column, Description, Table, aligned, cell
from pacc.presentation.times import ago, dated, short_ago

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from pacc.schemas.artifacts import Artifact, ArtifactCollection

COLUMNS = (
    Column(name="ID", at_least=36),
    Column(name="Key", at_least=13, gives_way=True),
    Column(name="Type"),
    Column(name="Description", gives_way=True),
    Column(name="Updated"),
)
VERSIONS = (
    Column(name="Version", at_least=36),
    Column(name="Description", gives_way=True),
    Column(name="Made"),
)


def artifact_table(artifacts: Iterable[Artifact | ArtifactCollection], now: datetime) -> Table:
    """Return artifacts as a table, in the order given.

    Args:
        artifacts: what to list.
        now: the moment ages are counted from.
    """
    rows = (
        (
            cell(each.id, "blue"),
            cell(each.key, "cyan"),
            cell(each.type),
            cell(each.description),
            cell(ago(each.updated, now)),
        )
        for each in artifacts
    )
    return Table(title="Artifacts", columns=COLUMNS, rows=tuple(rows))


def version_table(versions: Iterable[Artifact], now: datetime) -> Table:
    """Return the versions of a key as a table, in the order given."""
    rows = (
        (
            cell(each.id, "blue"),
            cell(each.description),
            cell(dated(each.created, now)),
        )
        for each in versions
    )
    return Table(title="Versions", columns=VERSIONS, rows=tuple(rows))


def artifact_description(
    artifact: Artifact, now: datetime, *, version: tuple[int, int] | None = None
) -> Description:
    """Return the facts about an artifact, without its content.

    Args:
        artifact: what to describe.
        now: the moment ages are counted from.
        version: which version of its key it is, and of how many.
    """
    facts = [
        ("Key", cell(artifact.key, "cyan")),
        ("Version", cell(f"{version[0]} of {version[1]}" if version else None)),
        ("Type", cell(artifact.type)),
        ("Description", cell(artifact.description)),
        ("Created", cell(dated(artifact.created, now))),
        *([("Updated", cell(dated(artifact.updated, now)))] if artifact.updated != artifact.created else []),
        ("Flow run", cell(artifact.flow_run_id)),
        ("Task run", cell(artifact.task_run_id)),
        *((name, cell(fact)) for name, fact in (artifact.metadata_ or {}).items()),
        ("ID", cell(artifact.id)),
    ]
    title = f"Artifact '{artifact.key or artifact.id}'"
    return Description(title=title, facts=tuple((label, shown) for label, shown in facts if shown.text))


def artifact_text(kind: str | None, data: Any) -> list[str]:
    """Return an artifact's content as lines for people, without drawing: a table aligned, anything else as it is.

    >>> artifact_text("progress", 12.5)
    ['12.5 %']
    >>> artifact_text("table", '[{"city":"Ulm"}]')
    ['CITY', 'Ulm']
    """
    if kind == "progress" and isinstance(data, int | float):
        return [f"{data:g} %"]
    found = rows_of(data) if kind == "table" else None
    if found is not None:
        headings, rows = found
        columns = tuple(Column(name=visible(heading)) for heading in headings)
        cells = tuple(tuple(Cell(visible(text)) for text in row) for row in rows)
        return aligned(Table(title="", columns=columns, rows=cells))
    text = data if isinstance(data, str) else json.dumps(data, indent=2, ensure_ascii=False)
    return [visible(line) for line in text.splitlines()]


_ADDRESS = r"https?://[^\s<>)]+"
_LINK = re.compile(rf"\s*(?:\[[^\n]*\]\(({_ADDRESS})\)|<?({_ADDRESS})>?)\s*")


def link_of(data: Any) -> str | None:
    """Return where an artifact leads that is a link and nothing else, or an image on the web.

    >>> link_of("[the report](https://pacc.example/r)"), link_of("# Weather")
    ('https://pacc.example/r', None)
    """
    found = _LINK.fullmatch(data) if isinstance(data, str) else None
    return found and (found[1] or found[2])


def rows_of(data: Any) -> tuple[list[str], list[list[str]]] | None:
    """Return a table's headings and rows as text, `None` where the data is no table.

    Args:
        data: rows as dicts or lists, or columns as a dict of lists; or the JSON text of that.

    >>> rows_of({"city": ["Ulm", "Kiel"], "degrees": [25.9]})
    (['city', 'degrees'], [['Ulm', '25.9'], ['Kiel', '']])
    """
    if isinstance(data, str):
        try:
            data = json.loads(data)
        except ValueError:
            return None
    if isinstance(data, dict):
        return _of_columns(data)
    if not isinstance(data, list):
        return None
    if data and all(isinstance(row, dict) for row in data):
        return _of_dicts(data)
    rows = [row if isinstance(row, list) else [row] for row in data]
    widest = max((len(row) for row in rows), default=0)
    return [str(number) for number in range(1, widest + 1)], [_padded(row, widest) for row in rows]


def _of_columns(columns: dict[str, Any]) -> tuple[list[str], list[list[str]]]:
    held = [values if isinstance(values, list) else [values] for values in columns.values()]
    longest = max((len(values) for values in held), default=0)
    rows = [[_text(values[n]) if n < len(values) else "" for values in held] for n in range(longest)]
    return list(columns), rows


def _of_dicts(rows: Sequence[dict[str, Any]]) -> tuple[list[str], list[list[str]]]:
    headings = list(dict.fromkeys(name for row in rows for name in row))
    return headings, [[_text(row.get(name)) for name in headings] for row in rows]


def _padded(row: Sequence[Any], size: int) -> list[str]:
    return [_text(value) for value in row] + [""] * (size - len(row))


def _text(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


# ------------------------------------------------------------------------------------------ on a screen

LIST_COLUMNS = (
    Fit("key", 16, grows=3),
    Fit("type", 8),
    Fit("description", 14, grows=3, goes=1),
    Fit("changed", 8, right=True),
)
"""The columns of a list of artifacts."""
ORDERS = (
    Order("newest first"),
    Order("by key", key=lambda row: row.key.casefold()),
    Order("by type", key=lambda row: row.type),
)
"""The orders of a list of artifacts that is read the newest first."""


def listed_cells(row: ArtifactCollection, now: datetime, *, glyphs: bool = True) -> tuple[Cell, ...]:
    """Return the latest version of a key as a row of `LIST_COLUMNS`."""
    del glyphs
    return (
        cell(row.key, "cyan"),
        cell(row.type),
        cell(" ".join((row.description or "").split())),
        cell(short_ago(row.updated, now), "bright_black"),
    )
