"""A page over a screen to write several lines on."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual.binding import Binding, BindingType
from textual.widgets import Static, TextArea

from pacc._internal.visible import visible
from pacc.tui import painting
from pacc.tui.screens.modal import Modal
from pacc.tui.widgets.box import Box, Keys

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.app import ComposeResult


class Writing(Modal[str | None]):
    """Text of several lines; it stays until what stands there can be used, or it is left.

    Args:
        title: what is written.
        text: what stands there already.
        wrong: says what is wrong with a text, if anything.
        told: what else there is to know, in a line or two.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Leave it", show=False, priority=True),
        Binding("ctrl+s", "take", "Take it", show=False, priority=True),
    ]

    def __init__(self, title: str, text: str, wrong: Callable[[str], str | None], told: str = "") -> None:
        super().__init__()
        self._title, self._text, self._wrong, self._told = title, text, wrong, told

    def compose(self) -> ComposeResult:
        """Make the box."""
        dark = self.app.current_theme.dark
        with Box(classes="dialog writing"):
            yield Static(Text(self._title, style="bold"), classes="title", markup=False)
            yield TextArea(self._text, tab_behavior="focus", show_line_numbers=True, classes="gives")
            yield Static("", classes="problem", markup=False, id="problem")
            keys = f"ctrl+s takes it   esc leaves it{f'   {self._told}' if self._told else ''}"
            yield Keys(keys, dark=dark)

    def on_text_area_changed(self) -> None:
        """Say at once what is wrong."""
        self._say()

    def action_take(self) -> None:
        """Answer with the text, where it can be used."""
        if self._say():
            self.dismiss(self.query_one(TextArea).text)

    def _say(self) -> bool:
        wrong = self._wrong(self.query_one(TextArea).text)
        line = self.query_one("#problem", Static)
        line.update(Text(visible(wrong or ""), style=painting.style("red", dark=self.app.current_theme.dark)))
        line.set_class(wrong is not None, "shown")
        return wrong is None
