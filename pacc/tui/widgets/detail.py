"""The pane beside a list: everything about what the cursor is on, to scroll through."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.console import Group
from rich.text import Text
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widgets import Static

from pacc._internal.visible import visible
from pacc.tui.screens import dialogs

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from pacc.tui.screens.dialogs import Told


class Detail(VerticalScroll, can_focus=True):
    """Something to read that changes with the cursor of a list."""

    DEFAULT_CSS = "Detail { scrollbar-size-vertical: 1; padding: 0 1; }"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j", "scroll_down", "Down", show=False),
        Binding("k", "scroll_up", "Up", show=False),
        Binding("g", "scroll_home", "First", show=False),
        Binding("G", "scroll_end", "Last", show=False),
        Binding("ctrl+d", "page_down", "A page down", show=False),
        Binding("ctrl+u", "page_up", "A page up", show=False),
    ]

    def compose(self) -> ComposeResult:
        """Make the text."""
        yield Static(markup=False)

    def put(self, told: Told | None) -> None:
        """Show something else, from its beginning where it is about another thing."""
        shown = getattr(self, "_shown", None)
        if told is None:
            self.query_one(Static).update("")
        else:
            body = dialogs.drawn(told, dark=self.app.current_theme.dark)
            self.query_one(Static).update(Group(Text(visible(told.title), style="bold"), body))
        if (shown and shown.title) != (told and told.title):
            self.scroll_home(animate=False)
        self._shown = told
