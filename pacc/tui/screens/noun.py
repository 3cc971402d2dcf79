"""A list of one noun and, beside it or in its place, everything about what the cursor is on; a declaration says what of."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from textual.containers import Horizontal

from pacc.presentation.tables import Cell
from pacc.tui.screens.page import Page
from pacc.tui.widgets.canvas import Line
from pacc.tui.widgets.detail import Detail
from pacc.tui.widgets.window_table import WindowTable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import datetime

    from textual.app import ComposeResult

    from pacc.presentation.fitting import Fit
    from pacc.store import Store
    from pacc.tui.screens.asking import Asked
    from pacc.tui.screens.dialogs import Told

WIDE = 100
"""So many columns are enough for a list and its details side by side."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Noun:
    """What a list of a noun shows and does."""

    title: str
    """What the screen is called."""
    one: str
    """The noun of one row."""
    many: str
    """The noun of several."""
    empty: str
    """What is said where there are none, and how to make one."""
    columns: tuple[Fit, ...]
    """What stands in a row."""
    read: Callable[[Store, datetime], Iterable[Any]]
    """Reads the rows, in the thread."""
    identify: Callable[[Any], str]
    """Says the id of a row."""
    cells: Callable[..., tuple[Cell, ...]]
    """Makes a row's cells, given the present moment and `glyphs`."""
    command: Callable[[Any], str]
    """The command that shows a row; given `None`, the one that lists all."""
    tell: Callable[[Store, Any, datetime], Told]
    """Says everything about a row, in the thread."""
    acts: Mapping[str, Callable[[Any], Asked | None]] = field(default_factory=dict)
    """What is asked by an action of the registry about a row; nothing where it means nothing for that row."""
    makes: Mapping[str, Callable[[], Asked]] = field(default_factory=dict)
    """The same for actions that need no row."""
    tells: Mapping[str, Callable[[Store, Any, datetime], Told]] = field(default_factory=dict)
    """What an action of the registry says about a row, in the thread."""
    every: float | None = 10.0
    """Seconds after which it is read again although nothing was committed."""


class NounPage(Page):
    """A list with details."""

    noun: ClassVar[Noun]

    def body(self) -> ComposeResult:
        """Make the line over the list, the list and the details."""
        noun = self.noun
        yield Line(id="about")
        yield from self.over()
        with Horizontal(id="halves"):
            yield WindowTable(noun.columns, noun.cells, empty=noun.empty, id="list")
            yield Detail(id="detail")

    def over(self) -> ComposeResult:
        """Make what stands between the line and the list, which for most nouns is nothing."""
        yield from ()

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

    def crumbs(self) -> list[str]:
        """Return the way here."""
        return [self.noun.title]

    def identity(self) -> str | None:
        """Return the id of the row the cursor is on."""
        return self.table.current

    def command(self) -> str:
        """Return the command that shows the row, or all of them."""
        return self.noun.command(self.table.current_row)

    # ------------------------------------------------------------------------------------- reading

    def look(self) -> None:
        """Read the rows, and everything about the one the cursor is on."""
        self.dashboard.following.watch(self, "rows", self.read, every=self.noun.every)
        self.look_closer()

    def read(self, store: Store) -> list[Any]:
        """Read the rows, in the thread."""
        return list(self.noun.read(store, self.dashboard.now()))

    def look_closer(self) -> None:
        """Read everything about the row the cursor is on."""
        row, now = self.table.current_row, self.dashboard.now
        if row is not None:
            self.dashboard.following.watch(self, "told", lambda store: self.tell(store, row, now()))

    def tell(self, store: Store, row: Any, now: datetime) -> Told:
        """Say everything about a row, in the thread."""
        return self.noun.tell(store, row, now)

    def seen(self, name: str, value: Any) -> None:
        """Show the rows, or what there is to say about one."""
        if name == "told":
            self.detail.put(value)
            return
        rows = {self.noun.identify(row): row for row in value}
        self.put_about(list(rows.values()))
        before = self.table.current_row
        self.table.put(list(rows), rows)
        if self.table.current_row != before:
            self.look_closer()
        if not rows:
            self.detail.put(None)

    def put_about(self, rows: list[Any]) -> None:
        """Draw the line over the list."""
        self.query_one("#about", Line).put([Cell(f" {self.count(rows)}", "bold"), *self.about(rows)])

    def count(self, rows: list[Any]) -> str:
        """Return how many rows there are, in words."""
        return f"{len(rows):,} {self.noun.one if len(rows) == 1 else self.noun.many}"

    def about(self, rows: list[Any]) -> list[Cell]:
        """Return what else the line over the list says."""
        del rows
        return []

    # ---------------------------------------------------------------------------------------- moving

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

    # ---------------------------------------------------------------------------------------- acting

    def action_do(self, name: str) -> None:
        """Do one of the registry's actions; those that the noun declares ask first."""
        noun, row = self.noun, self.table.current_row
        if name in noun.acts and (row is not None or name not in noun.makes):
            self.ask(None if row is None else noun.acts[name](row))
        elif name in noun.makes:
            self.ask(noun.makes[name]())
        elif name in noun.tells:
            if row is not None:
                self.do(name, lambda store: noun.tells[name](store, row, self.dashboard.now()))
        else:
            super().action_do(name)
