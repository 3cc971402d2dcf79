"""From cells to what a terminal gets: styles for colour names, strips of segments that all carry one."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pacc.presentation.tables import Cell

_DARK = {
    "bold": "bold #eceff4",
    "red": "#ff7b72",
    "bright_red": "bold #ff7b72",
    "green": "#7ee787",
    "yellow": "#e3b341",
    "blue": "#79c0ff",
    "magenta": "#d2a8ff",
    "cyan": "#8fd6e1",
    "bright_black": "#9aa4b2",
    "found": "bold underline #ffd866",
    "focused": "bold underline #79c0ff",
}
_LIGHT = {
    "bold": "bold #101418",
    "red": "#b42318",
    "bright_red": "bold #b42318",
    "green": "#1a7f37",
    "yellow": "#8a5a00",
    "blue": "#0a58ca",
    "magenta": "#7d2ba8",
    "cyan": "#0b6e7a",
    "bright_black": "#59636e",
    "found": "bold underline #7a4a00",
    "focused": "bold underline #0a58ca",
}


FOCUSED = "focused"
"""Of the heading of what takes the keys: without colour it is still told from others."""


@cache
def style(color: str, *, dark: bool = True) -> Style:
    """Return the style of a colour name; an unknown one has none of its own."""
    return Style.parse((_DARK if dark else _LIGHT).get(color, ""))


def strip(cells: Iterable[Cell], room: int, base: Style, *, dark: bool = True) -> Strip:
    """Return cells as one line of exactly so many terminal cells; every segment carries a style.

    Args:
        cells: texts that are safe to write, in their colours.
        room: how long the line is.
        base: what the line looks like where a cell says nothing else, its background too.
        dark: whether light text stands on a dark ground.
    """
    segments = [
        Segment(text, base + style(color, dark=dark))
        for each in cells
        for text, color in (_within(each) if each.color == FOCUSED else ((each.text, each.color),))
        if text
    ]
    return Strip(segments).adjust_cell_length(room, base)


def _within(cell: Cell) -> Iterator[tuple[str, str]]:
    """Yield the parts of a cell and their colours; spaces around a text are not underlined with it."""
    text = cell.text.strip(" ")
    begin = cell.text.find(text)
    yield from ((cell.text[:begin], ""), (text, cell.color), (cell.text[begin + len(text) :], ""))
