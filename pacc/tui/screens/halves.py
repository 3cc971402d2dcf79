"""A list and, beside it or in its place, everything about the row the cursor is on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pacc.tui.screens.narrowing import Narrowed
from pacc.tui.widgets.detail import Detail
from pacc.tui.widgets.window_table import WindowTable

if TYPE_CHECKING:
    from datetime import datetime

    from pacc.store import Store
    from pacc.tui.screens.dialogs import Told

WIDE = 100
"""So many columns are enough for a list and its details side by side."""


class Halves(Narrowed):
    """A list with details; its body has a table called `list` and a `Detail` called `detail`."""

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
        self.set_class(self.size.width < WIDE, "narrow")
        super().on_resize()

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
            self.detail.focus()

    def act_back(self) -> None:
        """Go from the details to the list, and from the list to where one came from."""
        if self.detail.has_focus:
            self.remove_class("open")
            self.table.focus()
        else:
            super().act_back()
