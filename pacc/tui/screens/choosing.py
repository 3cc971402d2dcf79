"""A list over a screen to choose one thing from, narrowed by what is typed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from rich.text import Text
from textual.binding import Binding, BindingType
from textual.widgets import Input, Static

from pacc.tui.screens.modal import Modal
from pacc.tui.widgets.box import Box, Keys
from pacc.tui.widgets.window_table import WindowTable

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from textual.app import ComposeResult

    from pacc.presentation.fitting import Fit
    from pacc.presentation.tables import Cell


_MOST_ROWS = 12


class Choice(Modal[str | None]):
    """One of several things; it answers with the name of the one chosen.

    Args:
        title: what is to be chosen.
        columns: what stands in a row.
        rows: the cells of each, by its name.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Leave it", show=False),
        Binding("down", "move(1)", "Down", show=False),
        Binding("up", "move(-1)", "Up", show=False),
        Binding("pagedown", "move(10)", "Down", show=False),
        Binding("pageup", "move(-10)", "Up", show=False),
    ]

    def __init__(self, title: str, columns: Sequence[Fit], rows: dict[str, tuple[Cell, ...]]) -> None:
        super().__init__()
        self._title, self._columns, self._rows = title, columns, rows

    def compose(self) -> ComposeResult:
        """Make the box."""
        with Box(classes="dialog choice"):
            yield Static(Text(self._title, style="bold"), classes="title", markup=False)
            yield Input(placeholder="type to narrow")
            table = WindowTable(self._columns, _cells, names=False, empty="nothing fits", id="choices")
            table.styles.height = min(_MOST_ROWS, max(1, len(self._rows)))
            yield table.add_class("gives")
            yield Keys("enter chooses   esc leaves it", dark=self.app.current_theme.dark)

    def on_mount(self) -> None:
        """Show all of it."""
        self._show("")

    def on_input_changed(self, event: Input.Changed) -> None:
        """Show what fits what is typed."""
        self._show(event.value)

    def on_input_submitted(self) -> None:
        """Choose the row of the cursor."""
        if self.query_one(WindowTable).current is not None:
            self.dismiss(self.query_one(WindowTable).current)

    def on_window_table_opened(self, message: WindowTable.Opened) -> None:
        """Choose the row that was opened."""
        self.dismiss(message.identity)

    def action_move(self, by: int) -> None:
        """Move the cursor by some rows."""
        self.query_one(WindowTable).action_move(by)

    def _show(self, typed: str) -> None:
        words = typed.casefold().split()
        fits = [
            name
            for name, cells in self._rows.items()
            if all(word in " ".join(each.text for each in cells).casefold() for word in words)
        ]
        for table in self.query(WindowTable):  # there is none where it was left before it was there
            table.put(fits, {name: self._rows[name] for name in fits})


def _cells(row: Any, now: datetime, *, glyphs: bool = True) -> tuple[Cell, ...]:
    del now, glyphs
    cells: tuple[Cell, ...] = row
    return cells
