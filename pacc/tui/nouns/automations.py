"""The automations: what each waits for and does, when it fired, what it would have done; switched on and off."""

from __future__ import annotations

from datetime import timedelta
from shlex import quote
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from pacc._internal.visible import visible
from pacc.presentation import automations as presented
from pacc.presentation.fitting import Fit
from pacc.services import automations
from pacc.tui import actions
from pacc.tui.nouns import automation_form
from pacc.tui.screens import asking
from pacc.tui.screens.asking import Asked
from pacc.tui.screens.dialogs import Told
from pacc.tui.screens.noun import Noun, NounPage

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from textual.binding import BindingType

    from pacc.presentation.tables import Cell
    from pacc.schemas.firings import KeptAutomation
    from pacc.store import Store

COLUMNS = (
    Fit("name", 16, grows=2),
    Fit("state", 8),
    Fit("trigger", 16, grows=3, goes=1),
    Fit("actions", 14, grows=2, goes=2),
    Fit("fired", 5, right=True),
    Fit("last", 14, right=True, goes=3),
)
FIRINGS = 10
REHEARSED = timedelta(hours=24)
MOST_REHEARSED = 5000


class _Listed(NamedTuple):
    automation: KeptAutomation
    fired: tuple[datetime, int] | None
    """When it fired last, and how often it has."""


def _read(store: Store, _: datetime) -> list[_Listed]:
    fired = automations.last_fired(store)
    return [_Listed(each, fired.get(each.id)) for each in automations.select(store)]


def _cells(listed: _Listed, now: datetime, *, glyphs: bool = True) -> tuple[Cell, ...]:
    del glyphs
    known = {} if listed.fired is None else {listed.automation.id: listed.fired}
    return presented.automation_table([listed.automation], known, now).rows[0]


def _tell(store: Store, listed: _Listed, now: datetime) -> Told:
    kept = automations.read(store, listed.automation.id)
    sentence = automations.model_of(kept).trigger.describe_for_cli()
    firings = automations.firings(store, kept.id, limit=FIRINGS)
    return Told.of(presented.automation_description(kept, sentence, firings, now))


def _rehearse(store: Store, listed: _Listed, now: datetime) -> Told:
    """Say what the automation would have done on the events of the last day."""
    from pacc.schemas.event_filters import EventFilter, EventOccurredFilter  # start-up: only to try one
    from pacc.services import events, rehearsals  # start-up: as above

    kept = automations.read(store, listed.automation.id)
    since = EventFilter(occurred=EventOccurredFilter(since=now - REHEARSED))
    seen = events.select(store, since, limit=MOST_REHEARSED)
    found = rehearsals.rehearse(automations.model_of(kept), seen)
    return Told(
        title=visible(f'What "{kept.name}" would have done in the last 24 h'),
        lines=tuple(visible(line) for line in presented.rehearsal_lines(found, len(seen))),
        facts=(),
    )


# --------------------------------------------------------------------------------------------- acting


def _command(kept: KeptAutomation, verb: str) -> str:
    return f"pacc automation {verb} {quote(kept.name)}"


def _toggle(listed: _Listed) -> Asked:
    kept = listed.automation
    verb, done = ("pause", "Paused") if kept.enabled else ("resume", "Resumed")

    def act(store: Store, _: Mapping[str, Any]) -> str:
        (automations.disable if kept.enabled else automations.enable)(store, kept.id)
        return f'{done} automation "{kept.name}".'

    says = "fires no longer" if kept.enabled else "fires again, on what happens from now on"
    return Asked(
        question=f'{verb.capitalize()} the automation "{visible(kept.name)}"? It {says}.',
        command=_command(kept, verb),
        yes=f"{verb} it",
        act=act,
    )


def _delete(listed: _Listed) -> Asked:
    kept = listed.automation

    def act(store: Store) -> str:
        automations.delete(store, kept.id)
        return f'Deleted automation "{kept.name}".'

    goes = "The record of what it did goes with it."
    return asking.by_name("automation", kept.name, f"{_command(kept, 'delete')} --yes", act, goes)


class Automations(NounPage):
    """The list of automations."""

    name_of_screen = actions.AUTOMATIONS
    BINDINGS: ClassVar[list[BindingType]] = [*actions.bindings(actions.AUTOMATIONS)]
    noun = Noun(
        title="Automations",
        one="automation",
        many="automations",
        empty="no automations yet; n makes one",
        columns=COLUMNS,
        read=_read,
        identify=lambda listed: str(listed.automation.id),
        cells=_cells,
        command=lambda row: "pacc automation ls" if row is None else _command(row.automation, "inspect"),
        tell=_tell,
        acts={"toggle": _toggle, "delete": _delete},
        makes={"new": automation_form.asked},
        tells={"rehearse": _rehearse},
    )
