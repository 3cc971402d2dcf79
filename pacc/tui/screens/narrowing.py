"""What lists share that are narrowed by terms typed behind `/`."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from textual.widgets import Input

from pacc._internal.visible import visible
from pacc.exceptions import PaccException
from pacc.tui import keepsakes
from pacc.tui.screens.page import Page

if TYPE_CHECKING:
    from textual import events

    from pacc.tui.widgets.window_table import WindowTable

_ANY_MOMENT = datetime(1970, 1, 1, tzinfo=UTC)


class Narrowed(Page):
    """A list that is narrowed by what is typed."""

    placeholder: str = ""
    """What stands in the field where nothing is typed."""

    def __init__(self) -> None:
        super().__init__()
        self.search = self.parsed("", _ANY_MOMENT)
        self.typed = ""

    @property
    def table(self) -> WindowTable:
        """The list."""
        raise NotImplementedError

    def parsed(self, typed: str, now: datetime) -> Any:
        """Return what was typed as something that can be asked.

        Raises:
            PaccException: a term says nothing that can be asked.
        """
        raise NotImplementedError

    def narrowed(self) -> None:
        """Read what fits the search, now that it is another one."""
        raise NotImplementedError

    def act_filter(self) -> None:
        """Begin to type a search."""
        known = self.query("#search").results(Input)
        field = next(known, None)
        if field is None:
            field = Input(self.typed, self.placeholder, id="search")
            self.query_one("#body").mount(field, after="#about")
        field.focus()

    def kept_as(self) -> str:
        """Return the kind of list under which its searches are kept."""
        raise NotImplementedError

    def act_saved(self) -> None:
        """Choose among the saved searches, or save this one."""
        from pacc.tui.screens.saved import Saved  # start-up: only where somebody asks for them

        file = keepsakes.file_of(self.dashboard.store)
        self.app.push_screen(Saved(file, self.kept_as(), self.typed), self._chosen)

    def _chosen(self, typed: str | None) -> None:
        if typed is not None:
            self.narrow(typed)

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
            self.search = self.parsed(typed, self.dashboard.now())
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
