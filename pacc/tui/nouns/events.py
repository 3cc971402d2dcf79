"""The events as they happen: narrowed, held, read whole, and the runs they are about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from textual.binding import Binding

from pacc.presentation import events as presented
from pacc.presentation.tables import Cell
from pacc.services import events
from pacc.tui import actions, event_terms
from pacc.tui.screens.dialogs import Told
from pacc.tui.screens.noun import Noun, NounPage, Sifted

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from textual.binding import BindingType

    from pacc.schemas.events import ReceivedEvent
    from pacc.store import Store
    from pacc.tui.screens.asking import Asked

MOST = 300
"""So many of the latest events are listed."""

_RUN, _TASK_RUN = "pacc.flow-run", "pacc.task-run"
_LISTS = {
    "pacc.deployment": actions.DEPLOYMENTS,
    "pacc.flow": actions.FLOWS,
    "pacc.work-pool": actions.POOLS,
    "pacc.work-queue": actions.POOLS,
    "pacc.automation": actions.AUTOMATIONS,
    "pacc.block-document": actions.BLOCKS,
    "pacc.variable": actions.VARIABLES,
}
"""The lists in which something is shown that an event names, by what its id begins with."""


def _tell(store: Store, event: ReceivedEvent, now: datetime) -> Told:
    del store
    return Told.of(presented.event_description(event, now))


def _automate(event: ReceivedEvent) -> Asked:
    """Return the form for an automation that minds such events."""
    from pacc.tui.nouns import automation_form  # start-up: only to make one

    return automation_form.asked(event)


class Events(NounPage):
    """The list of events, the latest first."""

    name_of_screen = actions.EVENTS
    placeholder = "event:flow-run.* resource:ID related:ID 2h words"
    BINDINGS: ClassVar[list[BindingType]] = [
        *actions.bindings(actions.EVENTS),
        Binding("enter", "do('open')", "Follow", show=False),  # from the details; the list has its own
    ]
    noun = Noun(
        title="Events",
        one="event",
        many="events",
        empty="no events yet; what happens from now on is listed here",
        columns=presented.LIST_COLUMNS,
        read=lambda store, _: events.select(store, limit=MOST),
        identify=lambda event: str(event.id),
        cells=presented.listed_cells,
        command=lambda _: "pacc events ls",
        tell=_tell,
        acts={"automate": _automate},
        every=None,
    )

    def __init__(self) -> None:
        super().__init__()
        self._held = False
        self._raw = False

    def command(self) -> str:
        """Return the command that lists the same events."""
        return f"pacc events ls {self.search.options}".rstrip()

    # ------------------------------------------------------------------------------------- reading

    def read(self, store: Store) -> Sifted:
        """Read the latest events that fit."""
        found = events.select(store, self.search.wanted, limit=MOST)
        return Sifted(found, found)

    def tell(self, store: Store, row: Any, now: datetime) -> Told:
        """Say everything about an event, in words or as it is."""
        return (
            Told(title=row.event, lines=tuple(presented.raw_lines(row)))
            if self._raw
            else super().tell(store, row, now)
        )

    def seen(self, name: str, value: Any) -> None:
        """Show the events, unless they are held."""
        if name == "told" or not self._held:
            super().seen(name, value)

    def count(self) -> str:
        """Return how many events there are, of very many the latest; those that do not fit are not counted."""
        count = len(self.sifted.whole)
        told = f"{count:,} {self.noun.one if count == 1 else self.noun.many}"
        return f"the latest {told}" if count >= MOST else told

    def about(self, rows: list[Any]) -> list[Cell]:
        """Return whether what happens is added."""
        del rows
        glyphs = self.dashboard.glyphs
        return [
            Cell(f"  {'‖' if glyphs else '='} held", "yellow")
            if self._held
            else Cell(f"  {'●' if glyphs else '*'} live", "green")
        ]

    # ------------------------------------------------------------------------------------ narrowing

    def parsed(self, typed: str, now: datetime) -> event_terms.EventSearch:
        """Return what was typed as a filter."""
        return event_terms.parse(typed, now)

    def narrowed(self) -> None:
        """Show what fits, also where the list was held."""
        self._held = False
        super().narrowed()

    # --------------------------------------------------------------------------------------- acting

    def act_hold(self) -> None:
        """Let the list stand still, or go on."""
        self._held = not self._held
        if self._held:
            self.put_about()
        else:
            self.look()

    def act_raw(self) -> None:
        """Show the event as JSON, or in words."""
        self._raw = not self._raw
        self.look_closer()

    def act_open(self) -> None:
        """Go to what the event is about, or else to the first that was involved and has a screen."""
        event: ReceivedEvent | None = self.table.current_row
        kind, identity = ("", "") if event is None else next(_shown_elsewhere(event), ("", ""))
        if kind == _RUN:
            self.dashboard.open_run(identity)
        elif kind == _TASK_RUN:
            self.dashboard.open_task_run(identity)
        elif kind:
            self.dashboard.show_page(_LISTS[kind], identity)
        else:
            self.notify("Nothing it names has a screen of its own.")


def _shown_elsewhere(event: ReceivedEvent) -> Iterator[tuple[str, str]]:
    """Yield the kind and the id of all that an event names and a screen shows, what it is about first."""
    for resource in event.involved_resources:
        kind, _, identity = resource.id.rpartition(".")
        if kind in (_RUN, _TASK_RUN) or kind in _LISTS:
            yield kind, identity
