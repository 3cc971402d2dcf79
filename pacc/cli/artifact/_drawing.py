"""Artifacts drawn on a terminal: Markdown as it reads, tables in boxes, progress as a bar, images where it can show them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.markdown import Markdown
from rich.progress_bar import ProgressBar
from rich.table import Table

from pacc._internal.visible import visible
from pacc.cli._terminal import terminal
from pacc.presentation.artifacts import artifact_text, rows_of

if TYPE_CHECKING:
    from rich.console import RenderableType


def draw(kind: str | None, data: Any) -> None:
    """Draw an artifact's content on standard output."""
    console = Console(file=terminal.out, no_color=not terminal.colored(terminal.out), highlight=False)
    drawn = _drawn(kind, data)
    if drawn is None:
        terminal.lines(artifact_text(kind, data))
        return
    console.print(drawn)


def _drawn(kind: str | None, data: Any) -> RenderableType | None:
    if kind == "markdown" and isinstance(data, str):
        return Markdown(_safe(data))
    if kind == "table":
        return _table(data)
    if kind == "progress" and isinstance(data, int | float):
        return _bar(data)
    return _image(data) if kind == "image" and isinstance(data, str) else None


def _safe(text: str) -> str:
    return "\n".join(visible(line) for line in text.splitlines())


def _table(data: Any) -> Table | None:
    found = rows_of(data)
    if found is None:
        return None
    headings, rows = found
    table = Table(*(visible(heading) for heading in headings))
    for row in rows:
        table.add_row(*(visible(text) for text in row))
    return table


def _bar(percent: float) -> Table:
    grid = Table.grid(padding=(0, 1))
    grid.add_row(ProgressBar(total=100, completed=percent, width=40), f"{percent:g} %")
    return grid


def _image(address: str) -> RenderableType | None:
    """Return a file of this machine as an image, where the extra `images` is installed."""
    try:
        from textual_image.renderable import Image
    except ImportError:
        return None
    path = Path(address.removeprefix("file://"))
    return Image(path) if path.is_file() else None
