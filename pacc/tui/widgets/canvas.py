"""What all our widgets share: the app's glyphs, clock and ground, and lines painted from cells."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, cast

from rich.style import Style
from textual.widget import Widget

from pacc.presentation.fitting import spread
from pacc.presentation.tables import Cell
from pacc.presentation.text import ELLIPSIS
from pacc.tui import painting

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from textual.geometry import Region
    from textual.strip import Strip


class Surroundings(Protocol):
    """What a widget asks the dashboard."""

    glyphs: bool
    no_color: bool

    def now(self) -> datetime:
        """Return the present moment."""
        ...


class Canvas(Widget):
    """Paints its own lines."""

    _ground: Style | None = None
    """What the widget's lines look like where nothing else is said, for one drawing: every widget around it is asked for it."""

    def render_lines(self, crop: Region) -> list[Strip]:
        """Draw lines, in the widget's colours of now."""
        self._ground = self.rich_style
        try:
            return super().render_lines(crop)
        finally:
            self._ground = None

    @property
    def around(self) -> Surroundings:
        """The dashboard."""
        return cast("Surroundings", self.app)

    @property
    def glyphs(self) -> bool:
        """Whether more than ASCII may be drawn."""
        return self.around.glyphs

    def painted(self, cells: Iterable[Cell], room: int, extra: Style | None = None) -> Strip:
        """Return cells as a line, in the widget's colours and perhaps another style."""
        ground = self._ground or self.rich_style
        base = ground if extra is None else ground + extra
        if not self.glyphs:
            cells = [each._replace(text=each.text.replace(ELLIPSIS, "~")) for each in cells]
        return painting.strip(cells, room, base, dark=self.app.current_theme.dark)

    def cursor_style(self, *, focused: bool) -> Style:
        """Return what tells the row of the cursor from others; without colour it is turned round."""
        if self.around.no_color:
            return Style(reverse=True) if focused else Style(bold=True)
        dark = self.app.current_theme.dark
        if focused:
            return Style(bgcolor="#2f4256" if dark else "#cfe3f8")
        return Style(bgcolor="#242c36" if dark else "#e6ecf2")

    def bar(self, *, here: bool, focused: bool) -> Cell:
        """Return what stands at the left of a row: a bar where the cursor is."""
        if not here:
            return Cell(" ")
        return Cell("▌" if self.glyphs else ">", "blue" if focused else "bright_black")


class Line(Canvas):
    """One line with something at its left and something at its right."""

    DEFAULT_CSS = "Line { height: 1; }"

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._left: Sequence[Cell] = ()
        self._right: Sequence[Cell] = ()

    def put(self, left: Sequence[Cell], right: Sequence[Cell] = ()) -> None:
        """Show other text; nothing is drawn anew where it is the same."""
        if (self._left, self._right) != (left, right):
            self._left, self._right = left, right
            self.refresh()

    @property
    def text(self) -> str:
        """What stands there, uncut."""
        return "".join(each.text for each in (*self._left, *self._right))

    def render_line(self, y: int) -> Strip:
        """Draw it."""
        room = self.size.width
        return self.painted(spread(self._left, self._right, room) if y == 0 else (), room)
