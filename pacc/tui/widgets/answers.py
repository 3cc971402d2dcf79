"""Fields of a form that are not typed into: a switch, and one of several words. Each holds text, as a line does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text
from textual.message import Message
from textual.widgets import Static

if TYPE_CHECKING:
    from textual.events import Key


class Picked(Static, can_focus=True):
    """One of several words; space and the arrows go through them, letters go to the one that begins so.

    Args:
        words: what there is to choose from; an empty one stands for no answer.
        value: what is chosen at first; an answer that is none of them stays until another is chosen.
        id: the widget's name.
        glyphs: whether arrows may be drawn that are no letters of ASCII.
    """

    class Changed(Message):
        """Another word is chosen.

        Args:
            picked: where.
        """

        def __init__(self, picked: Picked) -> None:
            super().__init__()
            self.picked = picked

        @property
        def control(self) -> Picked:
            """Return where."""
            return self.picked

    class Submitted(Changed):
        """Enter was pressed."""

    def __init__(self, words: tuple[str, ...], value: str, *, id: str, glyphs: bool = True) -> None:
        super().__init__(markup=False, id=id, classes="picked")
        self._words, self._value, self._glyphs = words, value, glyphs
        self._begun = ""

    @property
    def value(self) -> str:
        """The word that is chosen."""
        return self._value

    @value.setter
    def value(self, word: str) -> None:
        if word != self._value:
            self._value = word
            self.update(self._drawn())
            self.post_message(self.Changed(self))

    def on_mount(self) -> None:
        """Show what is chosen at first."""
        self.update(self._drawn())

    def on_click(self) -> None:
        """Go to the next word."""
        self._step(1)

    def on_key(self, event: Key) -> None:
        """Go through the words, or to the one that begins with what is typed."""
        match event.key:
            case "space" | "right":
                self._step(1)
            case "left":
                self._step(-1)
            case "backspace" | "delete" if "" in self._words:
                self.value, self._begun = "", ""
            case "enter":
                self.post_message(self.Submitted(self))
            case _ if event.is_printable and event.character:
                self._begin(event.character)
            case _:
                return
        event.stop()
        event.prevent_default()

    def _step(self, by: int) -> None:
        self._begun = ""
        place = self._words.index(self._value) if self._value in self._words else -1 if by > 0 else 0
        self.value = self._words[(place + by) % len(self._words)]

    def _begin(self, character: str) -> None:
        for begun in (self._begun + character, character):
            fits = [word for word in self._words if word.casefold().startswith(begun.casefold())]
            if fits:
                self.value, self._begun = fits[0], begun
                return

    def _drawn(self) -> Text:
        before, behind = ("‹", "›") if self._glyphs else ("<", ">")
        return Text(f"{before} {self._value or '-'} {behind}", style="bold")


class Switch(Picked):
    """Yes or no.

    Args:
        value: what it is at first, as a person would type it.
        may_be_left: whether no answer is one too.
        id: the widget's name.
    """

    def __init__(self, value: str, *, may_be_left: bool, id: str) -> None:
        shown = _SPELLED.get(value.strip().lower(), value)
        super().__init__(("yes", "no", *([""] if may_be_left else [])), shown, id=id)

    def _begin(self, character: str) -> None:
        if (word := _SPELLED.get(character.lower())) is not None:
            self.value = word

    def _drawn(self) -> Text:
        mark = {"yes": "x", "no": " "}.get(self.value, "-")
        return Text(f"[{mark}] {self.value or 'not answered'}", style="bold")


_SPELLED = {
    "y": "yes", "yes": "yes", "true": "yes", "t": "yes", "1": "yes", "on": "yes",
    "n": "no", "no": "no", "false": "no", "f": "no", "0": "no", "off": "no",
}  # fmt: skip
