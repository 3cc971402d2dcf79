"""What changed from one version of an artifact to the next: of tables the rows, of anything else the lines."""

from __future__ import annotations

from difflib import SequenceMatcher, unified_diff
from typing import TYPE_CHECKING, Any

from pacc._internal.visible import visible
from pacc.presentation.artifacts import artifact_text, rows_of
from pacc.presentation.tables import Cell, Column, Table, aligned

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

MOST_COMPARED = 5_000
"""Lines or rows of each version that are compared."""

_COLORS = {"+": "green", "-": "red", "@": "cyan"}


def change_lines(kind: str | None, before: Any, after: Any, names: tuple[str, str]) -> list[Cell]:
    r"""Return what changed, a line each, with a `+` before what came and a `-` before what went.

    Args:
        kind: the artifact's type.
        before: the content of the earlier version.
        after: that of the later one.
        names: what the two are called.

    >>> [each.text for each in change_lines("markdown", "a\nb", "a\nc", ("version 1", "version 2"))]
    ['--- version 1', '+++ version 2', '@@ -1,2 +1,2 @@', ' a', '-b', '+c']
    >>> change_lines("progress", 50, 50, ("version 1", "version 2"))[0].text
    'nothing has changed'
    """
    if before == after:
        return [Cell("nothing has changed", "bright_black")]
    tables = [rows_of(each) for each in (before, after)] if kind == "table" else []
    old, new = tables if all(tables) and tables else (None, None)
    if old is None or new is None:
        return list(_of_lines(artifact_text(kind, before), artifact_text(kind, after), names))
    return list(_of_tables(old, new, names))


def _of_lines(old: list[str], new: list[str], names: tuple[str, str]) -> Iterator[Cell]:
    for line in unified_diff(old[:MOST_COMPARED], new[:MOST_COMPARED], *names, lineterm=""):
        yield _told(line)
    yield from _left_out(old, new, "lines")


def _of_tables(
    old: tuple[list[str], list[list[str]]], new: tuple[list[str], list[list[str]]], names: tuple[str, str]
) -> Iterator[Cell]:
    yield _told(f"--- {names[0]}")
    yield _told(f"+++ {names[1]}")
    yield from (_told(f"-column {visible(name)}") for name in old[0] if name not in new[0])
    yield from (_told(f"+column {visible(name)}") for name in new[0] if name not in old[0])
    headings = list(dict.fromkeys([*old[0], *new[0]]))
    before, after = _spread(old, headings), _spread(new, headings)
    changed, same = [], 0
    for what, left, left_end, right, right_end in SequenceMatcher(None, before, after).get_opcodes():
        if what == "equal":
            same += left_end - left
            continue
        changed += [("-", *row) for row in before[left:left_end]]
        changed += [("+", *row) for row in after[right:right_end]]
    if changed:
        yield from map(_told, _aligned(headings, changed))
    yield Cell(f" {same:,} row{'' if same == 1 else 's'} as before", "bright_black")
    yield from _left_out(old[1], new[1], "rows")


def _spread(table: tuple[list[str], list[list[str]]], headings: Sequence[str]) -> list[tuple[str, ...]]:
    """The first rows of a table under the headings of both, so that a column more changes only rows that have a value there."""
    place = {name: number for number, name in enumerate(table[0])}
    return [
        tuple(row[place[name]] if name in place else "" for name in headings)
        for row in table[1][:MOST_COMPARED]
    ]


def _aligned(headings: Sequence[str], rows: Sequence[tuple[str, ...]]) -> list[str]:
    columns = tuple(Column(name=visible(name)) for name in ("", *headings))
    cells = tuple(tuple(Cell(visible(text)) for text in row) for row in rows)
    return aligned(Table(title="", columns=columns, rows=cells))


def _left_out(old: Sequence[object], new: Sequence[object], noun: str) -> Iterator[Cell]:
    if max(len(old), len(new)) > MOST_COMPARED:
        yield Cell(f" compared were the first {MOST_COMPARED:,} {noun}", "bright_black")


def _told(line: str) -> Cell:
    return Cell(line, "bold" if line.startswith(("---", "+++")) else _COLORS.get(line[:1], ""))
