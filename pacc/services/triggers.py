"""The evaluation of triggers: events in, firings out, each once.

What was seen, what fired, what is to be done and how far the evaluation has come are committed together, on the condition that
nobody else has come further. So a process that dies or is overtaken in the middle has done nothing at all.
"""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pacc._internal import clock
from pacc._internal.ids import new_id
from pacc._internal.jsontext import dumps
from pacc.exceptions import PaccException
from pacc.orchestration.trigger_index import TriggerIndex
from pacc.orchestration.triggers import Memory, Plan
from pacc.schemas.event_filters import own_id
from pacc.schemas.events import FOLLOWS_WITHIN, Event
from pacc.services import events
from pacc.services.event_rows import FLOW_RUN
from pacc.services.metrics import figure

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from pacc.orchestration.triggers import Firing
    from pacc.schemas.events import ReceivedEvent
    from pacc.store import Store
    from pacc.store.database import Transaction

BATCH = 1000
"""Events that are evaluated in one transaction."""
LATE = 250_000
"""How long after the end of a window it is closed, in microseconds, so that events on their way count."""
METRICS_EVERY = 15_000_000
"""How often figures are looked up, in microseconds."""
MOST_ROUNDS = 5
"""How often an automation may lead to itself within an hour before it is stopped."""

_HOUR = 3_600_000_000
_SOON = 10_000_000
_FIRING = "pacc.firing."
_LONGEST_CHAIN = 40
_MOST_NAMES = 2000


class _Overtaken(PaccException):
    """Another process has evaluated further."""


@dataclass(slots=True)
class _Kept:
    """An automation as the evaluation has it."""

    id: str
    name: str
    version: int
    since: int
    plan: Plan
    memory: Memory
    definition: dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Waiting:
    """The automations that wait for events of one name."""

    kept: list[_Kept]
    index: TriggerIndex[_Kept]


@dataclass(frozen=True, slots=True)
class _Fired:
    """A firing on its way into the store."""

    kept: _Kept
    firing: Firing
    event: ReceivedEvent | None


class Evaluation:
    """Evaluates the triggers of a store, batch by batch; keeps in mind between two steps what the store has of them.

    Args:
        store: where events and automations are.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._forget()

    def _forget(self) -> None:
        self._kept: dict[str, _Kept] = {}
        self._by_name: dict[str, _Waiting] = {}
        self._seq: int | None = None
        self._metrics_due = 0

    def step(self, now: int) -> bool:
        """Evaluate a batch of events, and the time; return whether there may be more events.

        Args:
            now: the present moment in microseconds since the epoch.

        Raises:
            StoreError: the store cannot be used; nothing was evaluated.
        """
        try:
            return self._step(now)
        except _Overtaken:
            self._forget()
            return True
        except BaseException:
            self._forget()  # what is in mind may be further than what is in the store
            raise

    def next_due(self) -> int | None:
        """Return when the next window is over, or a figure is to be looked up; `None` where only an event can bring something."""
        due = [each.memory.next_due() for each in self._kept.values()]
        moments = [moment + LATE for moment in due if moment is not None]
        if any(each.plan.metrics for each in self._kept.values()):
            moments.append(self._metrics_due)
        return min(moments, default=None)

    def _step(self, now: int) -> bool:
        self._refresh(now)
        seen = self._seq or 0
        rows = self._store.read("events.after", {"seq": seen, "limit": BATCH})
        if not rows and not self._kept:
            return False
        last = rows[-1]["seq"] if rows else seen
        fired: list[_Fired] = []
        wanted = [row for row in rows if self._waiting_for(row["event"]).kept]
        for event in events.of_rows(self._store, wanted):
            fired += self._see(event, now)
        more = len(rows) == BATCH
        if not more:
            fired += self._pass_time(now)
        self._commit(fired, seen, last, now)
        self._seq = last
        return more

    def _refresh(self, now: int) -> None:
        """See which automations there are, and how far the evaluation has come."""
        found = self._store.read("triggers.cursor")
        if not found:
            self._store.write("triggers.begin")
            found = self._store.read("triggers.cursor")
        if self._seq is not None and found[0]["seq"] != self._seq:
            raise _Overtaken
        self._seq = found[0]["seq"]
        versions = {row["id"]: row["version"] for row in self._store.read("triggers.versions")}
        if versions == {each.id: each.version for each in self._kept.values()}:
            return
        self._by_name = {}
        known = {each.id: each for each in self._kept.values() if versions.get(each.id) == each.version}
        new = [row for row in self._store.read("triggers.enabled") if row["id"] not in known]
        memories: dict[str, dict[str, Any]] = {row["id"]: {} for row in new}
        for row in self._store.read("triggers.memories", {"ids": dumps(list(memories))}):
            memories[row["automation_id"]][row["key"]] = json.loads(row["value"])
        for row in new:
            definition = json.loads(row["definition"])
            plan, memory = Plan(definition["trigger"]), Memory(memories[row["id"]])
            plan.begin(memory, now)
            known[row["id"]] = _Kept(
                row["id"], row["name"], row["version"], row["since"], plan, memory, definition
            )
        self._kept = known

    def _waiting_for(self, name: str) -> _Waiting:
        found = self._by_name.get(name)
        if found is None:
            kept = [each for each in self._kept.values() if each.plan.may_be(name)]
            found = _Waiting(kept, TriggerIndex([(each, each.plan) for each in kept]))
            while len(self._by_name) >= _MOST_NAMES:
                self._by_name.pop(next(iter(self._by_name)))
            self._by_name[name] = found
        return found

    def _see(self, event: ReceivedEvent, now: int) -> list[_Fired]:
        occurred = clock.from_datetime(event.occurred)
        own = own_id(event.resource)
        found = []
        for kept in self._waiting_for(event.event).index.candidates(event):
            if event.seq <= kept.since or own == f"pacc.automation.{kept.id}":
                continue
            firings = kept.plan.see(kept.memory, event, occurred, now)
            found += [
                _Fired(kept, firing, event if firing.seq == event.seq else self._at(firing.seq))
                for firing in firings
            ]
        return found

    def _pass_time(self, now: int) -> list[_Fired]:
        found = []
        look_up = now >= self._metrics_due
        for kept in self._kept.values():
            firings = kept.plan.pass_time(kept.memory, now - LATE)
            if look_up:
                for node in kept.plan.metrics:
                    value = figure(self._store, node, now)
                    firings += kept.plan.observe(kept.memory, node.path, value, now)
            found += [_Fired(kept, firing, self._at(firing.seq)) for firing in firings]
        if look_up:
            self._metrics_due = now + METRICS_EVERY
        return found

    def _at(self, seq: int | None) -> ReceivedEvent | None:
        """Return the event of a place, `None` where it is gone."""
        if seq is None:
            return None
        found = events.after(self._store, seq - 1, limit=1)
        return found[0] if found and found[0].seq == seq else None

    def _commit(self, fired: list[_Fired], seen: int, last: int, now: int) -> None:
        changed = [each for each in self._kept.values() if each.memory.changed]
        if last == seen and not fired and not changed:
            return
        rows = [_Row(self._store, each, now) for each in fired]
        with self._store.transaction() as changes:
            if not changes.run("triggers.advance", {"seq": last, "seen": seen}):
                raise _Overtaken
            for kept in changed:
                _remember(changes, kept)
            for row in rows:
                row.write(changes)
        for kept in changed:
            kept.memory.changed.clear()


def _remember(changes: Transaction, kept: _Kept) -> None:
    values = {key: kept.memory.get(key) for key in kept.memory.changed}
    present = {key: dumps(value) for key, value in values.items() if value is not None}
    gone = [key for key, value in values.items() if value is None]
    if present:
        told = {"automation_id": kept.id, "version": kept.version, "values": dumps(present)}
        changes.run("triggers.remember", told)
    if gone:
        changes.run("triggers.forget", {"automation_id": kept.id, "keys": dumps(gone)})


class _Row:
    """A firing with all that is written because of it; what led to it is looked up before the transaction."""

    def __init__(self, store: Store, fired: _Fired, now: int) -> None:
        self.id = new_id()
        self._now = now
        self._fired = fired
        self._event = fired.event
        self._children = [
            told
            for child in fired.firing.children
            if (
                told := fired.event
                if fired.event and child.seq == fired.event.seq
                else _stored(store, child.seq)
            )
        ]
        own = [fired.kept.id, fired.kept.name, now]
        led = _led_by(store, fired.event)
        self._chain = [*led, own][-_LONGEST_CHAIN:]
        rounds = sum(1 for each in led if each[0] == fired.kept.id and now - each[2] < _HOUR)
        self._is_circle = rounds >= MOST_ROUNDS

    def write(self, changes: Transaction) -> None:
        """Write the firing, what is to be done, and the event that tells of it."""
        kept, firing = self._fired.kept, self._fired.firing
        told = {
            "id": self.id,
            "automation_id": kept.id,
            "version": kept.version,
            "cause": f"{firing.path}|{dumps(firing.labels)}|{firing.time}|{firing.seq}|{kept.version}",
            "fired": self._now,
            "resolved": int(firing.resolved),
            "because": firing.because,
            "labels": dumps(firing.labels),
            "event": None if self._event is None else dumps(events.plain(self._event)),
            "events": dumps([events.plain(each) for each in self._children]),
            "chain": dumps(self._chain),
        }
        if not changes.run("triggers.fire", told):
            return
        if self._is_circle:
            self._stop(changes)
            return
        actions = self._actions()
        if actions:
            changes.run(
                "triggers.act",
                {"firing_id": self.id, "actions": dumps([dumps(each) for each in actions]), "due": self._now},
            )
        events.record_in(changes, self._told("resolved" if firing.resolved else "triggered"))

    def _actions(self) -> list[dict[str, Any]]:
        definition = self._fired.kept.definition
        special = "actions_on_resolve" if self._fired.firing.resolved else "actions_on_trigger"
        return [*definition["actions"], *definition[special]]

    def _stop(self, changes: Transaction) -> None:
        """Stop an automation that leads to itself, by way of others perhaps, and name the circle."""
        kept = self._fired.kept
        names = [each[1] for each in self._chain]
        begin = max(at for at, each in enumerate(self._chain[:-1]) if each[0] == kept.id)
        circle = " → ".join(f'"{name}"' for name in names[begin:])
        why = f"stopped: it led to itself more than {MOST_ROUNDS} times within an hour ({circle})"
        changes.run("automations.disable", {"id": kept.id, "now": self._now, "stopped": why})
        events.record_in(changes, self._told("stopped", reason=why))
        logging.getLogger("pacc.automations").error("The automation %r was %s", kept.name, why)

    def _told(self, verb: str, **more: Any) -> Event:
        kept, firing, event = self._fired.kept, self._fired.firing, self._event
        labels = {"pacc.resource.id": f"pacc.automation.{kept.id}", "pacc.resource.name": kept.name}
        posture = kept.definition["trigger"].get("posture")
        if posture:
            labels["pacc.posture"] = posture
        related = []
        if event is not None:
            related.append(
                {"pacc.resource.id": f"pacc.event.{event.id}", "pacc.resource.role": "triggering-event"}
            )
        occurred = clock.to_datetime(self._now)
        payload = {
            "triggering_labels": firing.labels,
            "triggering_event": None if event is None else events.plain(event),
            "because": firing.because,
            "firing": self.id,
            **more,
        }
        return Event(
            event=f"pacc.automation.{verb}",
            occurred=occurred,
            resource=labels,  # type: ignore[arg-type]  # an event makes a resource of it
            related=related,  # type: ignore[arg-type]  # likewise
            payload=payload,
            follows=event.id if event is not None and _is_soon(event.occurred, occurred) else None,
        )


def _is_soon(first: datetime, second: datetime) -> bool:
    return abs(second - first) < FOLLOWS_WITHIN


def _stored(store: Store, seq: int | None) -> ReceivedEvent | None:
    found = events.after(store, seq - 1, limit=1) if seq is not None else []
    return found[0] if found and found[0].seq == seq else None


def _led_by(store: Store, event: ReceivedEvent | None) -> list[list[Any]]:
    """Return the automations that led to an event, the first one first.

    Whatever becomes of a run that an action made or moved goes back to that action, the last one by then, whenever it occurs. What
    occurs to anything else goes back to an action that was changing it at that moment, or had just done so: later on it may well
    have other reasons. A call to a webhook goes back to the action that made the call.
    """
    if event is None:
        return []
    firing = event.payload.get("firing")
    if own_id(event.resource).startswith("pacc.automation.") and isinstance(firing, str):
        return _chain_of(store, firing)
    for each in event.related:
        if own_id(each).startswith(_FIRING):
            return _chain_of(store, own_id(each)[len(_FIRING) :])
    occurred = clock.from_datetime(event.occurred)
    for run_id in _runs(event):
        moved = store.read("triggers.led_by", {"target": f"{FLOW_RUN}{run_id}", "occurred": occurred})
        rows = [*moved, *store.read("triggers.led_to_run", {"id": run_id})]
        if rows:
            return list(json.loads(max(rows, key=lambda row: row["started"])["chain"]))
    for row in store.read("triggers.led_by", {"target": own_id(event.resource), "occurred": occurred}):
        if row["ended"] is None or occurred - row["ended"] < _SOON:
            return list(json.loads(row["chain"]))
    return []


def _chain_of(store: Store, firing_id: str) -> list[list[Any]]:
    rows = store.read("triggers.firing", {"id": firing_id})
    return list(json.loads(rows[0]["chain"])) if rows else []


def _runs(event: ReceivedEvent) -> Iterable[str]:
    for each in event.involved_resources:
        if own_id(each).startswith(FLOW_RUN):
            yield own_id(each)[len(FLOW_RUN) :]
