"""Artifacts as rich draws them: Markdown as it reads, tables in boxes, progress as a bar, images where they can be shown."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.markdown import Markdown
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from pacc._internal.visible import visible
from pacc.presentation.artifacts import artifact_text, rows_of
from pacc.presentation.text import width

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from rich.console import Console, ConsoleOptions, RenderableType, RenderResult

MOST_ROWS = 500
"""Rows of a table that are drawn on a screen; a command draws all."""
_WIDEST, _MEASURED = 20, 100
"""So many terminal cells a column wants at most, and so many rows say how many that are."""
_AROUND = 3
"""What the box takes for each column."""


def drawn(
    kind: str | None, data: Any, *, in_cells: bool = False, most: int | None = None
) -> RenderableType | None:
    """Return an artifact's content as rich draws it, nothing where plain lines say it as well.

    Args:
        kind: the artifact's type.
        data: its content.
        in_cells: draw images of half cells, which any terminal shows.
        most: draw so many rows of a table at most.
    """
    if kind == "markdown" and isinstance(data, str):
        return Markdown("\n".join(visible(line) for line in data.splitlines()), hyperlinks=not in_cells)
    if kind == "table":
        return _table(data, most)
    if kind == "progress" and isinstance(data, int | float):
        return _bar(data)
    return _image(data, in_cells=in_cells) if kind == "image" and isinstance(data, str) else None


def drawn_or_plain(kind: str | None, data: Any, *, glyphs: bool = True) -> RenderableType:
    """Return an artifact's content as a screen shows it; as plain lines where only ASCII may be drawn."""
    found = drawn(kind, data, in_cells=True, most=MOST_ROWS) if glyphs else None
    return Text("\n".join(artifact_text(kind, data))) if found is None else found


def _table(data: Any, most: int | None) -> RenderableType | None:
    found = rows_of(data)
    if found is None:
        return None
    headings, rows = found
    shown = [[visible(text) for text in row] for row in rows[:most]]
    left_out = len(rows) - len(shown)
    if most is not None:
        return _Fitted([visible(each) for each in headings], shown, left_out)
    return _boxed([visible(each) for each in headings], shown, "")


def _boxed(headings: Sequence[str], rows: Iterable[Sequence[str]], caption: str) -> Table:
    table = Table(caption=caption or None)
    for heading in headings:
        table.add_column(Text(heading))
    for row in rows:
        table.add_row(*map(Text, row))
    return table


class _Fitted:
    """A table of which as many columns are drawn as there is room for; it says how many more there are."""

    def __init__(self, headings: list[str], rows: list[list[str]], left_out: int) -> None:
        self._headings, self._rows, self._left_out = headings, rows, left_out

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Draw it, for rich."""
        columns = self._columns_in(options.max_width)
        more = [
            f"{number:,} more {noun}{'' if number == 1 else 's'}"
            for number, noun in ((len(self._headings) - columns, "column"), (self._left_out, "row"))
            if number
        ]
        caption = f"and {' and '.join(more)}" if more else ""
        yield _boxed(self._headings[:columns], (row[:columns] for row in self._rows), caption)

    def _columns_in(self, room: int) -> int:
        """Return how many columns there is room for, each as wide as its values but no wider than `_WIDEST`."""
        taken = 1
        for place, heading in enumerate(self._headings):
            longest = max((width(row[place]) for row in self._rows[:_MEASURED]), default=0)
            taken += min(_WIDEST, max(width(heading), longest)) + _AROUND
            if taken > room:
                return max(1, place)
        return len(self._headings)


def _bar(percent: float) -> Table:
    grid = Table.grid(padding=(0, 1))
    bar = ProgressBar(total=100, completed=percent, width=40, complete_style="cyan", finished_style="green")
    grid.add_row(bar, f"{round(percent, 1):g} %")
    return grid


def _image(address: str, *, in_cells: bool) -> RenderableType | None:
    """Return a file of this machine as an image, where the extra `images` is installed."""
    try:
        from textual_image.renderable import HalfcellImage, Image
    except ImportError:
        return None
    path = Path(address.removeprefix("file://"))
    if not path.is_file():
        return None
    shown: RenderableType = HalfcellImage(path) if in_cells else Image(path)
    return shown
