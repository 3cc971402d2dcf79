"""What a listing or a description says, before any face decides how to draw it.

A face gets text that is safe to write, a colour name for what has one, and the same facts as plain data for JSON.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pacc._internal.visible import visible
from pacc.presentation.text import pad, width

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


def aligned(table: Table) -> list[str]:
    """Return a table as lines of aligned columns under a heading, whole and without colour.

    Example:
        >>> aligned(Table(title="", columns=(Column(name="Name"),), rows=((Cell("etl"),),)))
        ['NAME', 'etl']
    """
    headings = [column.name.upper() for column in table.columns]
    lines = [headings, *([cell.text for cell in row] for row in table.rows)]
    widths = [max(map(width, texts)) for texts in zip(*lines, strict=True)]
    return [_joined(line, widths, table.columns) for line in lines]


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
