"""What a listing or a description says, before any face decides how to draw it.

A face gets text that is safe to write, a colour name for what has one, and the same facts as plain data for JSON.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pacc._internal.visible import visible
from pacc.presentation.text import pad, shorten, width

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


class Cell(NamedTuple):
    """One value of a table or description, safe to write."""

    text: str
    color: str = ""
    """A terminal colour name such as "green", or nothing."""


class Column(NamedTuple):
    """One column's heading and how it behaves when there is too little room."""

    name: str
    at_least: int = 0
    """Cells below which it must not shrink."""
    gives_way: bool = False
    """Shrinks first."""
    right: bool = False
    """Aligned right, for numbers."""


class Table(NamedTuple):
    """A listing: its heading, its columns and its rows."""

    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]


class Description(NamedTuple):
    """One thing in full: labelled values, in the order people ask for them."""

    title: str
    facts: tuple[tuple[str, Cell], ...]


def cell(value: object, color: str = "") -> Cell:
    r"""Return a value as a cell: nothing for `None`, and control characters made visible.

    Example:
        >>> cell("a\tb"), cell(None)
        (Cell(text='a\\tb', color=''), Cell(text='', color=''))
    """
    return Cell("" if value is None else visible(str(value)), color)


_SHORTEST = 8
"""Cells below which a column that gives way is not shortened before the others are."""


def aligned(table: Table, room: int | None = None) -> list[str]:
    """Return a table as lines of aligned columns under a heading, without colour.

    Args:
        table: the table.
        room: so many terminal cells wide at most, for which values are shortened: first of all those of the columns that
            give way. Without it all are whole.

    Example:
        >>> aligned(Table(title="", columns=(Column(name="Name"),), rows=((Cell("etl"),),)))
        ['NAME', 'etl']
    """
    headings = [column.name.upper() for column in table.columns]
    lines = [headings, *([cell.text for cell in row] for row in table.rows)]
    widths = [max(map(width, texts)) for texts in zip(*lines, strict=True)]
    if room is not None:
        _narrow(widths, table.columns, room - 2 * (len(widths) - 1))
        lines = [[shorten(text, size) for text, size in zip(line, widths, strict=True)] for line in lines]
    return [_joined(line, widths, table.columns) for line in lines]


def _narrow(widths: list[int], columns: Sequence[Column], room: int) -> None:
    """Take cells off columns until all fit: off those that give way as long as they can, then off the widest."""
    while sum(widths) > room:
        giving = [
            place
            for place, column in enumerate(columns)
            if column.gives_way and widths[place] > max(_SHORTEST, column.at_least)
        ]
        widest = max(giving or range(len(widths)), key=widths.__getitem__)
        if widths[widest] <= 1:
            return
        widths[widest] -= 1


def tabbed(table: Table) -> list[str]:
    r"""Return a table as tab-separated lines without a heading, for other programs.

    Example:
        >>> tabbed(Table(title="", columns=(), rows=((Cell("etl"), Cell("3")),)))
        ['etl\t3']
    """
    return ["\t".join(cell.text for cell in row) for row in table.rows]


def boxed_width(table: Table) -> int:
    """Return how many cells a table takes when it is drawn in a box and nothing is cut.

    Example:
        >>> boxed_width(Table(title="", columns=(Column(name="Name"),), rows=((Cell("otter"),),)))
        9
    """
    lines = [[column.name for column in table.columns], *([cell.text for cell in row] for row in table.rows)]
    widths = [max(map(width, texts)) for texts in zip(*lines, strict=True)]
    return sum(widths) + 3 * len(widths) + 1


def labelled(facts: Sequence[tuple[str, Cell]]) -> list[str]:
    """Return labelled values as lines with the values in one column.

    Example:
        >>> labelled([("Name", Cell("etl")), ("State", Cell("Running"))])
        ['Name:   etl', 'State:  Running']
    """
    widest = max((width(label) for label, _ in facts), default=0) + 3
    return [f"{pad(label and f'{label}:', widest)}{cell.text}".rstrip() for label, cell in facts]


def _joined(texts: Iterable[str], widths: Iterable[int], columns: Iterable[Column]) -> str:
    padded = (
        pad(text, cells, right=column.right)
        for text, cells, column in zip(texts, widths, columns, strict=True)
    )
    return "  ".join(padded).rstrip()
