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

if TYPE_CHECKING:
    from rich.console import RenderableType

MOST_ROWS = 500
"""Rows of a table that are drawn on a screen; a command draws all."""


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


def _table(data: Any, most: int | None) -> Table | None:
    found = rows_of(data)
    if found is None:
        return None
    headings, rows = found
    left_out = 0 if most is None else max(0, len(rows) - most)
    table = Table(caption=f"and {left_out:,} more rows" if left_out else None)
    for heading in headings:
        table.add_column(Text(visible(heading)))
    for row in rows[:most]:
        table.add_row(*(Text(visible(text)) for text in row))
    return table


def _bar(percent: float) -> Table:
    grid = Table.grid(padding=(0, 1))
    grid.add_row(ProgressBar(total=100, completed=percent, width=40), f"{percent:g} %")
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
