"""Saved searches, to choose one, to keep the one that is on the screen, and to forget one."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, cast

from rich.text import Text
from textual.binding import Binding, BindingType
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from pacc._internal.visible import visible
from pacc.tui import keepsakes
from pacc.tui.screens.modal import Modal
from pacc.tui.widgets.box import Box, Keys

if TYPE_CHECKING:
    from pathlib import Path

    from textual.app import ComposeResult

    from pacc.tui.app import Dashboard


class Saved(Modal[str | None]):
    """Saved searches; closes with what the chosen one says.

    Args:
        file: where they are kept.
        kind: the kind of list they are of.
        typed: the search that is on the screen, to be kept; empty for none.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "dismiss(None)", "Leave it", show=False),
        Binding("D", "forget", "Forget it", show=False),
        Binding("j", "move('down')", "Down", show=False),
        Binding("k", "move('up')", "Up", show=False),
    ]

    def __init__(self, file: Path, kind: str, typed: str) -> None:
        super().__init__()
        self._file, self._kind, self._typed = file, kind, typed
        self._names: list[str] = []

    def compose(self) -> ComposeResult:
        """Make the box."""
        dark = self.app.current_theme.dark
        with Box(classes="dialog saved"):
            yield Static(Text(f"Saved searches of {self._kind}", style="bold"), classes="title", markup=False)
            yield OptionList(id="saved", classes="gives", markup=False)
            if self._typed:
                yield Static(Text(f"Keep /{visible(self._typed)} as:"), classes="next", markup=False)
                yield Input(placeholder="a name", id="name")
            yield Keys("enter takes it   D forgets it   tab to the name   esc leaves", dark=dark)

    def on_mount(self) -> None:
        """List them."""
        if not self.children:  # it was left before it was there
            return
        self._list()
        empty = not self._names and self._typed
        (self.query_one(Input) if empty else self.query_one(OptionList)).focus()

    def _list(self) -> None:
        kept = keepsakes.searches(self._file, self._kind)
        self._names = list(kept)
        options = self.query_one(OptionList)
        options.clear_options()
        for name, typed in kept.items():
            options.add_option(Option(Text(f"{visible(name)}   /{visible(typed)}")))
        if not kept:
            options.add_option(Option(Text("none yet"), disabled=True))
        elif options.highlighted is None:
            options.highlighted = 0

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Take one."""
        kept = keepsakes.searches(self._file, self._kind)
        self.dismiss(kept.get(self._names[event.option_index]))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Keep the search that is on the screen."""
        name = event.value.strip()
        if name:
            self._keep(name, self._typed)
            self.query_one(OptionList).focus()

    def action_forget(self) -> None:
        """Forget the one the cursor is on."""
        place = self.query_one(OptionList).highlighted
        if place is not None and place < len(self._names):
            self._keep(self._names[place], None)

    def action_move(self, where: str) -> None:
        """Move the cursor."""
        options = self.query_one(OptionList)
        (options.action_cursor_down if where == "down" else options.action_cursor_up)()

    def _keep(self, name: str, typed: str | None) -> None:
        if cast("Dashboard", self.app).read_only:
            self.notify("This dashboard is read only.", severity="warning")
            return
        try:
            keepsakes.save(self._file, self._kind, name, typed)
        except OSError as error:
            self.notify(visible(str(error)), severity="error", markup=False)
        self._list()
