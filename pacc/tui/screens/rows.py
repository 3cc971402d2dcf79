"""A table of an artifact over a screen: sorted by a column, narrowed by what is typed, copied as CSV."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any, ClassVar

from rich.text import Text
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Input, Static

from pacc._internal.visible import visible
from pacc.presentation import fitting
from pacc.presentation.fitting import Fit
from pacc.presentation.tables import Cell
from pacc.presentation.text import width
from pacc.tui.screens.modal import Modal
from pacc.tui.widgets.box import Keys
from pacc.tui.widgets.window_table import WindowTable

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from textual.app import ComposeResult

WIDEST = 30
"""So many cells of a value are shown, where there are several columns."""
MEASURED = 500
"""So many rows say how wide a column is."""


def sorted_rows(rows: Sequence[Sequence[str]], column: int, *, down: bool = False) -> list[Sequence[str]]:
    """Return rows by one of their values: numbers as numbers and before words, what is empty behind all.

    Args:
        rows: the rows.
        column: the place of the value.
        down: the highest first; what is empty stays behind.

    Example:
        >>> sorted_rows([["10"], ["b"], [""], ["9"]], 0)
        [['9'], ['10'], ['b'], ['']]
    """
    empty = [row for row in rows if not row[column]]
    told = [row for row in rows if row[column]]
    return [*sorted(told, key=lambda row: _key(row[column]), reverse=down), *empty]


def _key(text: str) -> tuple[bool, float, str]:
    try:
        return False, float(text), ""
    except ValueError:
        return True, 0.0, text.casefold()


def as_csv(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    r"""Return a table as CSV under its headings.

    Example:
        >>> as_csv(["city", "degrees"], [["Ulm", "25,9"]])
        'city,degrees\nUlm,"25,9"\n'
    """
    written = io.StringIO()
    csv.writer(written, lineterminator="\n").writerows([headings, *rows])
    return written.getvalue()


class Rows(Modal[None]):
    """The rows of a table.

    Args:
        title: what the table is called.
        headings: the names of its columns.
        rows: its rows, each with a value for every column.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "leave", "Close", show=False),
        Binding("h,left", "choose(-1)", "The column before", show=False),
        Binding("l,right", "choose(1)", "The next column", show=False),
        Binding("s", "sort", "Sort", show=False),
        Binding("slash", "narrow", "Narrow", show=False),
        Binding("c", "copy", "Copy as CSV", show=False),
    ]

    def __init__(self, title: str, headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        super().__init__()
        self._title, self._headings, self._rows = title, headings, rows
        self._shown: Sequence[Sequence[str]] = rows
        self._typed = ""
        self._column = self._first = 0
        self._sorted: tuple[int, bool] | None = None
        """By which column, and whether the highest comes first."""
        self._widths = [self._width(place) for place in range(len(headings))]

    def compose(self) -> ComposeResult:
        """Make the box."""
        keys = "h l column   s sort   / narrow   c copy as CSV   esc closes"
        with Vertical(classes="dialog rows"):
            yield Static(Text(self._title, style="bold"), classes="title", markup=False)
            yield Static("", markup=False, id="told")
            yield Input(placeholder="words that a row must have", id="search")
            yield WindowTable((), self._cells, empty="no row fits", id="rows")
            yield Keys(keys, dark=self.app.current_theme.dark)

    def on_mount(self) -> None:
        """Show all of it."""
        self.query_one(Input).display = False
        self.query_one(WindowTable).focus()
        self._show()

    def on_resize(self) -> None:
        """Keep the chosen column in sight."""
        self.call_after_refresh(self._fit)

    # ------------------------------------------------------------------------------------- drawing

    def _width(self, place: int) -> int:
        longest = max((width(visible(row[place])) for row in self._rows[:MEASURED]), default=0)
        named = width(visible(self._headings[place])) + 2  # beside the name stands how it is sorted
        return max(named, longest) if len(self._headings) == 1 else max(named, min(WIDEST, longest))

    def _columns(self, first: int) -> list[Fit]:
        """The columns from one on, the last of which go first where there is too little room."""
        return [
            Fit(self._named(place), self._widths[place], grows=1, goes=place - first)
            for place in range(first, len(self._headings))
        ]

    def _named(self, place: int) -> str:
        name = visible(self._headings[place])
        if self._sorted is not None and self._sorted[0] == place:
            name += " v" if self._sorted[1] else " ^"
        return f">{name}" if place == self._column and len(self._headings) > 1 else name

    def _cells(self, row: Any, now: datetime, *, glyphs: bool = True) -> tuple[Cell, ...]:
        del now, glyphs
        return tuple(Cell(visible(text)) for text in row[self._first :])

    def _fit(self) -> None:
        for table in self.query(WindowTable):  # there is none where it was left before it was there
            self._first = min(self._first, self._column)
            while self._first < self._column and not self._is_seen(table.size.width - 2):
                self._first += 1
            table.columns = self._columns(self._first)
            table.refresh()

    def _is_seen(self, room: int) -> bool:
        return bool(fitting.widths(self._columns(self._first), room)[self._column - self._first])

    def _show(self) -> None:
        words = self._typed.casefold().split()
        fits = [row for row in self._rows if all(word in "\0".join(row).casefold() for word in words)]
        self._shown = (
            fits if self._sorted is None else sorted_rows(fits, self._sorted[0], down=self._sorted[1])
        )
        rows = {str(number): row for number, row in enumerate(self._shown)}
        self._fit()
        self.query_one(WindowTable).put(list(rows), rows)
        count, whole = len(self._shown), len(self._rows)
        told = f"{count:,} of {whole:,} rows" if words else f"{whole:,} row{'' if whole == 1 else 's'}"
        if self._sorted is not None:
            way = "the highest first" if self._sorted[1] else "the lowest first"
            told += f", by {visible(self._headings[self._sorted[0]])}, {way}"
        self.query_one("#told", Static).update(Text(told))

    # -------------------------------------------------------------------------------------- acting

    def action_choose(self, by: int) -> None:
        """Choose another column."""
        self._column = max(0, min(self._column + by, len(self._headings) - 1))
        self._fit()

    def action_sort(self) -> None:
        """Sort by the chosen column, then the other way round, then as it was."""
        if not self._headings:
            return
        ways = {None: (self._column, False), (self._column, False): (self._column, True)}
        held = self._sorted if self._sorted is not None and self._sorted[0] == self._column else None
        self._sorted = ways.get(held)
        self._show()

    def action_narrow(self) -> None:
        """Begin to type what a row must have."""
        field = self.query_one(Input)
        field.display = True
        field.focus()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Show the rows that fit."""
        self._typed = event.value
        self._show()

    def on_input_submitted(self) -> None:
        """Go back to the rows."""
        self.query_one(WindowTable).focus()

    def action_copy(self) -> None:
        """Copy the rows that are shown, in their order."""
        self.app.copy_to_clipboard(as_csv(self._headings, self._shown))
        count = len(self._shown)
        self.notify(f"Copied {count:,} row{'' if count == 1 else 's'} as CSV.", timeout=2)

    def action_leave(self) -> None:
        """Show all rows again, or go."""
        field = self.query_one(Input)
        if field.display:
            field.value, field.display = "", False
            self.query_one(WindowTable).focus()
        else:
            self.dismiss()
