"""Columns in whatever room there is: some give way, then some go."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pacc.presentation.text import ELLIPSIS, pad, shorten, width

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pacc.presentation.tables import Cell

GAP = 2
"""Cells between two columns."""


class Fit(NamedTuple):
    """A column of a list on a screen."""

    name: str
    cells: int
    """How wide it is, or with `grows` at least."""
    grows: int = 0
    """Its share of the room that is left."""
    goes: int = 0
    """The column with the highest number goes first where there is too little room; 0 never goes."""
    right: bool = False
    """Aligned right, for numbers."""
    tail: int = 0
    """So many characters at the end of a value are kept where it is shortened."""


def widths(columns: Sequence[Fit], room: int) -> tuple[int, ...]:
    """Return how wide each column is drawn in a room of so many cells; 0 for one that is left out.

    Example:
        >>> widths((Fit("Run", 10, grows=1), Fit("Why", 20, goes=1)), 24)
        (24, 0)
    """
    shown = list(columns)
    while _taken(shown) > room and any(each.goes for each in shown):
        shown.remove(max(shown, key=lambda each: each.goes))
    spare, shares = max(0, room - _taken(shown)), sum(each.grows for each in shown)
    found = []
    for each in columns:
        if each not in shown:
            found.append(0)
            continue
        extra = spare * each.grows // shares if shares else 0
        spare, shares = spare - extra, shares - each.grows
        found.append(each.cells + extra)
    return tuple(found)


def fitted(cell: Cell, cells: int, *, right: bool = False, tail: int = 0) -> Cell:
    """Return a cell of exactly so many terminal cells, shortened but for so many characters at its end, or filled up.

    Example:
        >>> from pacc.presentation.tables import Cell
        >>> fitted(Cell("brave-otter"), 6).text
        'brave…'
    """
    return cell._replace(text=pad(shorten(cell.text, cells, tail=tail), cells, right=right))


def line(cells: Sequence[Cell], columns: Sequence[Fit], drawn: Sequence[int]) -> list[Cell]:
    """Return a row as cells that stand in their columns, the gaps among them."""
    found: list[Cell] = []
    for cell, column, size in zip(cells, columns, drawn, strict=True):
        if size:
            text = fitted(cell, size, right=column.right, tail=column.tail)
            found.append(text._replace(text=text.text + " " * GAP))
    return found


def giving(cells: Sequence[Cell], place: int, room: int) -> list[Cell]:
    """Return one line of at most so many terminal cells, of which one cell gives way.

    Example:
        >>> from pacc.presentation.tables import Cell
        >>> "".join(each.text for each in giving([Cell("a long one"), Cell(" +3")], 0, 9))
        'a lon… +3'
    """
    kept = sum(width(each.text) for number, each in enumerate(cells) if number != place)
    found = list(cells)
    found[place] = cells[place]._replace(text=shorten(cells[place].text, max(1, room - kept)))
    return found


def _taken(columns: Sequence[Fit]) -> int:
    return sum(each.cells for each in columns) + GAP * max(0, len(columns) - 1)


def spread(left: Sequence[Cell], right: Sequence[Cell], room: int) -> list[Cell]:
    """Return one line with something at its left and something at its right; the left one gives way.

    Example:
        >>> from pacc.presentation.tables import Cell
        >>> "".join(each.text for each in spread([Cell("Runs")], [Cell("14:03")], 12))
        'Runs   14:03'
    """
    kept = sum(width(each.text) for each in right)
    rest, found = room - kept - (1 if kept else 0), []
    for each in left:
        text = shorten(each.text, rest) if rest > 0 else ""
        rest -= width(text)
        found.append(each._replace(text=text))
    found.append(
        left[0]._replace(text=" " * max(0, rest + (1 if kept else 0)), color="") if left else _space(rest)
    )
    return [each for each in [*found, *right] if each.text]


def wrapped(cells: Sequence[Cell], room: int, *, hang: int = 0, most: int = 200) -> list[list[Cell]]:
    """Return a line as several, none wider than the room; what is cut is cut between two characters.

    Args:
        cells: the line.
        room: so many terminal cells wide at most.
        hang: so far each line but the first is moved in, as long as there is room for that.
        most: so many lines at most; the last one then ends in an ellipsis.

    Example:
        >>> from pacc.presentation.tables import Cell
        >>> [line[-1].text for line in wrapped([Cell("brave-otter")], 6, hang=2)]
        ['brave-', 'otter']
    """
    room = max(2, room)
    hang = hang if room - hang >= MIN_WRAPPED else 0
    lines: list[list[Cell]] = [[]]
    left = room
    for cell in cells:
        begin = 0
        while begin < len(cell.text):
            end = _reach(cell.text, begin, left)
            if end > begin:
                piece = cell.text[begin:end]
                lines[-1].append(cell._replace(text=piece))
                left -= width(piece)
                begin = end
            else:
                if len(lines) == most:
                    cut = lines[-1][-1]
                    lines[-1][-1] = cut._replace(text=cut.text[:-1] + ELLIPSIS)
                    return lines
                lines.append([_space(hang)] if hang else [])
                left = room - hang
    return lines


MIN_WRAPPED = 20
"""A line is not moved in where fewer cells than this would be left for it."""


def _reach(text: str, begin: int, cells: int) -> int:
    """Return the end of what of a text, from a character on, fits into so many cells."""
    if text.isascii():
        return min(len(text), begin + cells)
    end = begin
    while end < len(text) and (cells := cells - width(text[end])) >= 0:
        end += 1
    return end


def _space(cells: int) -> Cell:
    from pacc.presentation.tables import Cell

    return Cell(" " * max(0, cells))
