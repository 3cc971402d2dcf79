"""What lists share that are narrowed by terms typed behind `/`."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.widgets import Input

from pacc._internal.visible import visible
from pacc.exceptions import PaccException
from pacc.tui import searching
from pacc.tui.screens.page import Page

if TYPE_CHECKING:
    from textual import events

    from pacc.tui.widgets.window_table import WindowTable


class Narrowed(Page):
    """A list that is narrowed by what is typed."""

    kind: ClassVar[str]
    """What it lists, as `searching` calls it."""
    placeholder: ClassVar[str]
    """What stands in the field where nothing is typed."""

    def __init__(self) -> None:
        super().__init__()
        self.search = searching.Search()
        self.typed = ""

    @property
    def table(self) -> WindowTable:
        """The list."""
        raise NotImplementedError

    def narrowed(self) -> None:
        """Read what fits the search, now that it is another one."""
        raise NotImplementedError

    def act_filter(self) -> None:
        """Begin to type a search."""
        if not self.query("#search"):
            field = Input(self.typed, self.placeholder, id="search")
            self.query_one("#body").mount(field, before=self.table)
            field.focus()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Narrow the list."""
        self.narrow(event.value)

    def on_key(self, event: events.Key) -> None:
        """Leave the field as it was."""
        if event.key == "escape" and self.query("#search:focus"):
            event.stop()
            self._close_field()

    def _close_field(self) -> None:
        self.query("#search").remove()
        self.table.focus()

    def narrow(self, typed: str) -> None:
        """Narrow the list to what fits what was typed, or say what is wrong with it."""
        try:
            self.search = searching.parse(typed, self.dashboard.now(), self.kind)
        except (PaccException, ValueError, OverflowError) as problem:
            hint = getattr(problem, "hint", None)
            self.notify(
                visible(f"{problem}{f'. Terms: {hint}' if hint else ''}"), severity="error", markup=False
            )
            return
        self.typed = typed.strip()
        self._close_field()
        self.table.move_to(0)
        self.narrowed()

    def act_back(self) -> None:
        """Clear the search; without one, go back."""
        if self.typed:
            self.narrow("")
        else:
            super().act_back()
