"""A list of one noun and, beside it or in its place, everything about what the cursor is on; a declaration says what of."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from textual.containers import Horizontal

from pacc._internal.visible import visible
from pacc.presentation import sifting
from pacc.presentation.tables import Cell
from pacc.tui.screens.halves import Halves
from pacc.tui.widgets.canvas import Line
from pacc.tui.widgets.detail import Detail
from pacc.tui.widgets.window_table import WindowTable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import datetime

    from textual.app import ComposeResult

    from pacc.presentation.fitting import Fit
    from pacc.presentation.sifting import Order
    from pacc.store import Store
    from pacc.tui.screens.asking import Asked
    from pacc.tui.screens.dialogs import Told


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
    acts: Mapping[str, Callable[[Any], Asked | str]] = field(default_factory=dict)
    """What is asked by an action of the registry about a row, or a sentence on why it means nothing for that row."""
    makes: Mapping[str, Callable[[], Asked]] = field(default_factory=dict)
    """The same for actions that need no row."""
    tells: Mapping[str, Callable[[Store, Any, datetime], Told]] = field(default_factory=dict)
    """What an action of the registry says about a row, in the thread."""
    every: float | None = 10.0
    """Seconds after which it is read again although nothing was committed."""
    read_all: Callable[[Store, datetime], Iterable[Any]] | None = None
    """Reads all rows where `read` leaves some out: for a list that is narrowed or in another order than the first one."""
    most: int | None = None
    """So many `read` returns where it leaves some out."""
    orders: tuple[Order, ...] = ()
    """The orders that `s` goes through; in the first one rows stay as they were read."""
    also: Mapping[str, Callable[[Any], object]] = field(default_factory=dict)
    """What `/` finds a row by beside what its columns show, each under a name as theirs, or instead of one of them."""
    is_below: Callable[[Any], bool] = lambda _: False
    """Says whether a row stands below the last one before it that does not."""

    @property
    def names(self) -> tuple[str, ...]:
        """What `/` takes before a colon."""
        return (*(column.name for column in self.columns if column.name), *self.also, "id")

    @property
    def searched(self) -> str:
        """What may be typed behind `/`."""
        columns = [each.name for each in self.columns if each.name and not each.right]
        names = [f"{name}:" for name in dict.fromkeys((*columns, *self.also)) if " " not in name]
        return f"words  {' '.join(names)}  - before one leaves out"

    def texts(self, row: Any, now: datetime) -> dict[str, str]:
        """Return what `/` finds a row by, under its names."""
        shown = zip(self.columns, self.cells(row, now, glyphs=True), strict=True)
        found = {column.name: cell.text for column, cell in shown}
        for name, read in self.also.items():
            value = read(row)
            found[name] = " ".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value or "")
        return {**found, "id": self.identify(row)}


class Sifted(NamedTuple):
    """The rows of a list that are shown, and all there are."""

    shown: list[Any]
    whole: list[Any]


class NounPage(Halves):
    """A list with details."""

    noun: ClassVar[Noun]

    def __init__(self) -> None:
        super().__init__()
        self.sifted = Sifted([], [])
        """What the list holds now."""
        self._is_read = False
        """Whether it has been read yet."""
        self.order = 0
        """The number of the order it is in."""
        self.placeholder = self.placeholder or self.noun.searched

    def body(self) -> ComposeResult:
        """Make the line over the list, the list and the details."""
        noun = self.noun
        yield Line(id="about")
        with Horizontal(id="halves"):
            yield WindowTable(noun.columns, noun.cells, empty=noun.empty, id="list")
            yield Detail(id="detail")

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

    def read(self, store: Store) -> Sifted:
        """Read the rows, in the thread."""
        noun = self.noun
        read = noun.read if noun.read_all is None or not self.is_chosen else noun.read_all
        return self.sift(read(store, self.dashboard.now()))

    @property
    def is_chosen(self) -> bool:
        """Whether the list is narrowed, or in another order than the first one."""
        return bool(self.typed or self.order)

    def sift(self, rows: Iterable[Any]) -> Sifted:
        """Return which of some rows fit what was typed, in the order that was chosen."""
        noun, now, whole = self.noun, self.dashboard.now(), list(rows)
        shown = sifting.sifted(whole, self.search, lambda row: noun.texts(row, now), noun.is_below)
        if noun.orders:
            shown = sifting.ordered(shown, noun.orders[self.order], noun.is_below)
        return Sifted(shown, whole)

    def tell(self, store: Store, row: Any, now: datetime) -> Told:
        """Say everything about a row, in the thread."""
        return self.noun.tell(store, row, now)

    def seen(self, name: str, value: Any) -> None:
        """Show the rows, or what there is to say about one."""
        if name == "told":
            self.detail.put(value)
            return
        self.sifted, self._is_read = value, True
        rows = {self.noun.identify(row): row for row in value.shown}
        self.put_about()
        self.table.empty = f"no {self.noun.one} fits" if self.typed else self.noun.empty
        before = self.table.current_row
        self.table.put(list(rows), rows)
        if self.table.current_row != before:
            self.look_closer()
        if not rows:
            self.detail.put(None)

    def put_about(self) -> None:
        """Draw the line over the list: how many there are, in which order, what fits which search, and what else is to be said."""
        if not self._is_read:
            return
        noun, between = self.noun, " · " if self.dashboard.glyphs else " - "
        cells = [Cell(f" {self.count()}", "bold")]
        if self.typed:
            cells.append(Cell(f"{between}/{visible(self.typed)}", "yellow"))
        if noun.orders and self.sifted.whole:
            cells.append(Cell(f"{between}{noun.orders[self.order].called}", "bright_black"))
        self.query_one("#about", Line).put([*cells, *self.about(self.sifted.whole)], self.ways_back())

    def count(self) -> str:
        """Return how many rows there are, and how many of them fit, in words."""
        shown, whole = self.number(self.sifted.shown), self.number(self.sifted.whole)
        told = f"{whole:,} {self.noun.one if whole == 1 else self.noun.many}"
        if self.noun.most is not None and whole >= self.noun.most and not self.is_chosen:
            return f"the latest {told}"
        return f"{shown:,} of {told}" if self.typed else told

    def number(self, rows: list[Any]) -> int:
        """Return how many of them some rows are."""
        return len(rows)

    def about(self, rows: list[Any]) -> list[Cell]:
        """Return what else the line over the list says of all rows."""
        del rows
        return []

    # ------------------------------------------------------------------------------------ narrowing

    def parsed(self, typed: str, now: datetime) -> Any:
        """Return what was typed as what a row must have."""
        del now
        return sifting.terms(typed, self.noun.names)

    def kept_as(self) -> str:
        """Return the kind of list."""
        return self.noun.many

    def narrowed(self) -> None:
        """Show what fits."""
        self.look()
        self.frame()

    def act_sort(self) -> None:
        """Take the next order."""
        if self.noun.orders:
            self.order = (self.order + 1) % len(self.noun.orders)
            self.table.move_to(0)
            self.narrowed()

    # ---------------------------------------------------------------------------------------- acting

    def action_do(self, name: str) -> None:
        """Do one of the registry's actions; those that the noun declares ask first."""
        noun, row = self.noun, self.table.current_row
        if name in noun.acts and (row is not None or name not in noun.makes):
            asked = None if row is None else noun.acts[name](row)
            if isinstance(asked, str):
                self.notify(asked, timeout=4, markup=False)
            else:
                self.ask(asked)
        elif name in noun.makes:
            self.ask(noun.makes[name]())
        elif name in noun.tells:
            if row is not None:
                self.do(name, lambda store: noun.tells[name](store, row, self.dashboard.now()))
        else:
            super().action_do(name)
