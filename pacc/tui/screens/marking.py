"""Lists whose rows are marked, so that something is done with many at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pacc.tui.screens.narrowing import Narrowed

if TYPE_CHECKING:
    from pacc.tui.bulk import Verb


class Marked(Narrowed):
    """A list whose rows can be marked."""

    def put_about(self) -> None:
        """Draw the line over the list, which says how many rows are marked."""
        raise NotImplementedError

    def act_mark(self) -> None:
        """Mark the row of the cursor, or let it go."""
        self.table.mark()
        self.put_about()

    def act_back(self) -> None:
        """Let go what is marked; where nothing is, go back."""
        if self.table.marked:
            self.let_go()
        else:
            super().act_back()

    def let_go(self) -> None:
        """Let go what is marked."""
        self.table.marked.clear()
        self.table.refresh()
        self.put_about()

    def ask_many(self, verb: Verb) -> bool:
        """Ask whether something is meant for all that is marked; say whether anything is."""
        marked = list(self.table.marked)
        if marked:
            from pacc.tui.bulk import asked  # start-up: only where many are marked

            self.ask(asked(verb, marked))
        return bool(marked)

    def said(self, sentence: str) -> None:
        """Let go what was marked, now that it is done."""
        if self.table.marked:
            self.let_go()
        super().said(sentence)
