"""The box over a screen that asks or tells something: all of it is seen on any terminal, and one part of it gives way."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual.containers import Vertical
from textual.widgets import Static

from pacc.presentation.text import width
from pacc.tui import painting

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderResult
    from rich.style import Style
    from textual.geometry import Size
    from textual.widget import Widget

GAP = "   "
"""What stands between two keys."""
LOW = 24
"""Rows up to which a box may take the whole screen."""
_LEAST = 3


class Box(Vertical):
    """What stands in a dialog, one under the other; the child of class `gives` is as high as the others leave it.

    Title, command and keys are never cut off: what is long scrolls between them.
    """

    DEFAULT_CSS: ClassVar[str] = "Box { height: auto; }"

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Return how high it is, once the part that gives way has been told how high it may be."""
        most = max(min(LOW, viewport.height), viewport.height * 9 // 10) - self.styles.gutter.height
        giving = next((each for each in self.children if each.has_class("gives") and each.display), None)
        if giving is not None:
            others = (each for each in self.children if each is not giving and each.display)
            taken = sum(_height(each, container, viewport, width) for each in others)
            room = max(_LEAST, most - taken - giving.styles.margin.height)
            if giving.styles.max_height is None or giving.styles.max_height.value != room:
                giving.styles.max_height = room
        return min(most, super().get_content_height(container, viewport, width))


def _height(part: Widget, container: Size, viewport: Size, width: int) -> int:
    """Return how many rows a part takes, with what is around it."""
    styles = part.styles
    if styles.height is not None and styles.height.is_cells:
        rows = int(styles.height.value)
    else:
        rows = part.get_content_height(container, viewport, width - styles.gutter.width)
        rows += styles.gutter.height
    if styles.max_height is not None and styles.max_height.is_cells:
        rows = min(rows, int(styles.max_height.value))
    return rows + styles.margin.height


class Keys(Static):
    """The keys of a dialog, on as many lines as they take; none is torn apart.

    Args:
        keys: what they do, with `GAP` between two.
        dark: whether light text stands on a dark ground.
    """

    def __init__(self, keys: str, *, dark: bool) -> None:
        super().__init__(
            _Parts(keys.split(GAP), painting.style("bright_black", dark=dark)), classes="hint", markup=False
        )


class _Parts:
    """Short texts in lines that break only between two of them."""

    def __init__(self, parts: list[str], style: Style) -> None:
        self._parts, self._style = parts, style

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Draw them, for rich."""
        del console
        yield Text("\n".join(in_lines(self._parts, options.max_width)), style=self._style)


def in_lines(parts: list[str], room: int) -> list[str]:
    """Return short texts as lines of at most so many terminal cells, which break only between two of them.

    Example:
        >>> in_lines(["enter takes it", "esc leaves it"], 20)
        ['enter takes it', 'esc leaves it']
    """
    lines: list[str] = []
    for part in parts:
        if lines and width(lines[-1]) + width(GAP) + width(part) <= room:
            lines[-1] += GAP + part
        else:
            lines.append(part)
    return lines
