"""A list and, beside it or in its place, everything about the row the cursor is on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from pacc.presentation import fitting
from pacc.presentation.tables import Cell
from pacc.tui.screens.narrowing import Narrowed
from pacc.tui.widgets.detail import Detail
from pacc.tui.widgets.window_table import WindowTable

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from pacc.presentation.fitting import Fit
    from pacc.store import Store
    from pacc.tui.screens.dialogs import Told

WIDE = 100
"""So many columns are enough for a list and its details side by side."""
DETAILS = 58
"""So many columns most details keep where the list would take more than its half."""


def list_width(columns: Sequence[Fit], room: int, kept: int = DETAILS) -> int:
    """Return how wide a list is that has its details beside it: half of the room, or more where its columns want that.

    Args:
        columns: what stands in a row.
        room: so many terminal cells there are for both.
        kept: so many of them the details keep, unless what must be seen of the list needs more.

    Example:
        >>> from pacc.presentation.fitting import Fit
        >>> list_width([Fit("name", 30)], 120), list_width([Fit("name", 90)], 120)
        (60, 92)
    """
    around = fitting.GAP * len(columns)  # the gaps between them, and what stands at both ends
    wanted = sum(each.cells for each in columns) + around
    needed = sum(each.cells for each in columns if not each.goes) + around
    return max(room // 2, min(wanted, max(room - kept, needed)))


class Halves(Narrowed):
    """A list with details; its body has a table called `list` and a `Detail` called `detail`."""

    details: ClassVar[int] = DETAILS
    """So many columns the details keep."""

    @property
    def table(self) -> WindowTable:
        """The list."""
        return self.query_one("#list", WindowTable)

    @property
    def detail(self) -> Detail:
        """The details."""
        return self.query_one("#detail", Detail)

    def on_mount(self) -> None:
        """Begin in the list."""
        self.table.focus()

    def on_resize(self) -> None:
        """Put the details beside the list where there is room, and in its place where there is not."""
        is_narrow, table = self.size.width < WIDE, self.table
        self.set_class(is_narrow, "narrow")
        table.styles.width = "1fr" if is_narrow else list_width(table.columns, self.size.width, self.details)
        self.put_about()
        super().on_resize()

    def put_about(self) -> None:
        """Draw the line over the list, once that is read."""
        raise NotImplementedError

    def ways_back(self) -> list[Cell]:
        """Return what escape does here, for the right of that line: it shows the list again, or all of it."""
        is_over_list = self.has_class("narrow") and self.has_class("open")
        told = "esc shows the list " if is_over_list else "esc clears " if self.typed else ""
        return [Cell(told, "bright_black")] if told else []

    def look_closer(self) -> None:
        """Read everything about the row the cursor is on."""
        row, now = self.table.current_row, self.dashboard.now
        if row is not None:
            self.dashboard.following.watch(self, "told", lambda store: self.tell(store, row, now()))

    def tell(self, store: Store, row: Any, now: datetime) -> Told:
        """Say everything about a row, in the thread."""
        raise NotImplementedError

    def act_filter(self) -> None:
        """Begin to type a search, for which the list takes the place of the details."""
        self.remove_class("open")
        self.put_about()
        super().act_filter()

    def on_window_table_moved(self) -> None:
        """Tell of the row the cursor is on now."""
        self.frame()
        self.look_closer()

    def on_window_table_opened(self) -> None:
        """Do what enter is for."""
        self.open_row()

    def open_row(self) -> None:
        """Go to the details."""
        self.act_facts()

    def act_facts(self) -> None:
        """Go to the details, which take the place of the list where there is no room for both."""
        if self.table.current is not None:
            self.add_class("open")
            self.put_about()
            self.detail.focus()

    def act_back(self) -> None:
        """Go from the details to the list, and from the list to where one came from."""
        if self.detail.has_focus:
            self.remove_class("open")
            self.put_about()
            self.table.focus()
        else:
            super().act_back()
