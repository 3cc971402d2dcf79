"""When an automation fires: a pure decision over its trigger, what was seen before, the next event and the time.

A plan is made of a trigger once. What it has seen is in a `Memory`, small values under keys, which whoever keeps it writes down: the
same plan, memory, event and time always give the same firings. Times are microseconds since the epoch.

A window is closed by an event that occurred after its end, or by `pass_time`. Of an event that claims to occur in the future, the
present counts. When the clock was set back, windows move back with it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import lru_cache
from heapq import heappop, heappush
from typing import TYPE_CHECKING, Any, TypeAlias

from pacc._internal.aliases import canonical
from pacc._internal.jsontext import dumps
from pacc.schemas.events import ResourceSpecification, matches

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pacc.schemas.events import ReceivedEvent

PROACTIVE_WITHIN = 10_000_000
"""How long a proactive trigger waits that does not say, in microseconds; none waits less."""

_AHEAD = 2_000_000
"""A window that began so much later than now began before the clock was set back."""

Value: TypeAlias = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Firing:
    """A trigger fired."""

    path: str
    """Where it stands in the automation's trigger: `0` is the whole, `0.1` the second one in it."""
    time: int
    """When."""
    because: str
    """Why, in a sentence."""
    seq: int | None = None
    """The place of the last event it saw."""
    labels: dict[str, str] = field(default_factory=dict)
    """The values of its `for_each`."""
    resolved: bool = False
    """Whether it ceased instead: what a metric trigger says when all is well again."""
    children: tuple[Firing, ...] = ()
    """The firings that made it fire."""


class Memory:
    """What the triggers of one automation have seen: values under keys, some with a moment at which something is due.

    Args:
        values: what was kept of an earlier one.

    >>> memory = Memory({"0|{}": {"n": 2, "e": 10}})
    >>> memory.next_due()
    10
    """

    def __init__(self, values: Mapping[str, Value] | None = None) -> None:
        self.values = dict(values or {})
        self.changed: set[str] = set()
        """The keys whose values were put or dropped since this was last emptied."""
        self._due: list[tuple[int, str]] = [
            (value["e"], key) for key, value in self.values.items() if value.get("e") is not None
        ]
        self._due.sort()
        self._latest: int = max((value.get("s", 0) for value in self.values.values()), default=0)

    def get(self, key: str) -> Value | None:
        """Return what is under a key."""
        return self.values.get(key)

    def put(self, key: str, value: Value) -> None:
        """Keep a value; its `e` says when it is due, its `s` since when it counts."""
        before = self.values.get(key)
        self.values[key] = value
        self.changed.add(key)
        due = value.get("e")
        if due is not None and (before is None or before.get("e") != due):
            heappush(self._due, (due, key))
        self._latest = max(self._latest, value.get("s", 0))

    def drop(self, key: str) -> None:
        """Forget a value."""
        if self.values.pop(key, None) is not None:
            self.changed.add(key)

    def next_due(self) -> int | None:
        """Return when the next value is due, `None` where none will be."""
        while self._due:
            due, key = self._due[0]
            value = self.values.get(key)
            if value is not None and value.get("e") == due:
                return due
            heappop(self._due)
        return None

    def take_due(self, now: int) -> list[str]:
        """Return the keys whose values are due, the first due first."""
        found = []
        while (due := self.next_due()) is not None and due <= now:
            found.append(heappop(self._due)[1])
        return found

    def mind_the_clock(self, now: int) -> None:
        """Move every window back by as much as the clock was set back since the latest began."""
        back = self._latest - now
        if back <= _AHEAD:
            return
        self._due, self._latest = [], 0
        for key, value in list(self.values.items()):
            moved = {name: value[name] - back for name in ("s", "e") if value.get(name) is not None}
            self.put(key, {**value, **moved})
            if moved.get("e") is not None:
                heappush(self._due, (moved["e"], key))


class _Node:
    """One trigger of a plan."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.parent: _Composite | None = None

    def due(self, memory: Memory, key: str, now: int) -> list[Firing]:
        """What was kept under a key is due."""
        raise NotImplementedError  # pragma: no cover - each kind that has windows has its own


class EventNode(_Node):
    """A trigger over events; see `pacc.automations.EventTrigger` for what each part means."""

    def __init__(self, path: str, told: Mapping[str, Any]) -> None:
        super().__init__(path)
        self.match = ResourceSpecification(told.get("match") or {})
        related = told.get("match_related") or []
        self.match_related = [
            ResourceSpecification(each)
            for each in (related if isinstance(related, list) else [related])
            if each
        ]
        self.after = [canonical(each) for each in told.get("after") or ()]
        self.expect = [canonical(each) for each in told.get("expect") or ()]
        self.for_each = sorted(canonical(each) for each in told.get("for_each") or ())
        self.is_proactive = told.get("posture", "Reactive") == "Proactive"
        self.threshold = int(told.get("threshold", 1))
        self.within = round(float(told.get("within") or 0) * 1_000_000)
        if self.is_proactive:
            self.within = max(self.within, PROACTIVE_WITHIN)
        self._roles = lru_cache(maxsize=1024)(self._roles_of)

    def _roles_of(self, name: str) -> tuple[bool, bool]:
        return self.begins(name), self.counts(name)

    def begins(self, name: str) -> bool:
        """Say whether an event of that name begins a window."""
        return any(matches(each, name) for each in self.after)

    def counts(self, name: str) -> bool:
        """Say whether an event of that name is expected."""
        return not self.expect or any(matches(each, name) for each in self.expect)

    def may_be(self, name: str) -> bool:
        """Say whether an event of that name can matter."""
        return self.begins(name) or self.counts(name)

    def covers(self, event: ReceivedEvent) -> bool:
        """Say whether an event is about the resources that are meant."""
        if self.match and not self.match.matches(event.resource):
            return False
        return all(each.includes(event.related) for each in self.match_related)

    def why_not(self, event: ReceivedEvent) -> str | None:
        """Return why an event does not matter, `None` if it does."""
        name = canonical(event.event)
        if not self.may_be(name):
            return f'it waits for {_either([*self.expect, *self.after])}, not for "{name}"'
        if self.match and not self.match.matches(event.resource):
            return f"the resource {dict(event.resource)} does not match {dict(self.match)}"
        for each in self.match_related:
            if not each.includes(event.related):
                return f"no related resource matches {dict(each)}"
        return None

    def see(self, memory: Memory, event: ReceivedEvent, time: int) -> list[Firing]:
        """Take an event that occurred at that time; return the firings."""
        name = canonical(event.event)
        begins, counts = self._roles(name)
        if not (begins or counts) or not self.covers(event):
            return []
        if not self.is_proactive and not self.within and not self.after and self.threshold <= 1:
            return [self._firing(time, event.seq, self._labels(event), 1)]
        labels = self._labels(event)
        key = f"{self.path}|{dumps(list(labels.values()))}"
        firings = []
        window = memory.get(key)
        if window is not None and window["e"] is not None and time >= window["e"]:
            firings = self.due(memory, key, time)
            window = memory.get(key)
        elif window is not None and self.within and time < window["s"] - self.within:
            window = None  # it belongs to another time altogether
        if window is None and self.after:
            if begins:
                memory.put(key, self._window(time, event.seq))
            return firings
        if not counts:
            return firings
        window = self._window(time, event.seq) if window is None else {**window, "q": event.seq}
        return firings + self._count(memory, key, window, time)

    def due(self, memory: Memory, key: str, now: int) -> list[Firing]:
        """A window is over: say what a proactive trigger missed, and begin the next one where windows roll."""
        window = memory.get(key)
        if window is None or window["e"] is None or now < window["e"]:
            return []
        memory.drop(key)
        if not self.is_proactive:
            return []
        end = window["e"]
        if not self.after:
            start = end + (now - end) // self.within * self.within
            memory.put(key, self._window(start, window["q"]))
        if window["n"] >= self.threshold:
            return []
        values = json.loads(key.partition("|")[2])
        labels = dict(zip(self.for_each, values, strict=True))
        return [self._firing(end, window["q"], labels, window["n"])]

    def begin(self, memory: Memory, now: int) -> None:
        """Begin the first of the windows that begin by themselves."""
        key = f"{self.path}|[]"
        if self.is_proactive and not self.after and not self.for_each and memory.get(key) is None:
            memory.put(key, self._window(now, None))

    def _count(self, memory: Memory, key: str, window: Value, time: int) -> list[Firing]:
        if window.get("f"):
            return []
        window["n"] += 1
        reached = window["n"] >= self.threshold
        if self.is_proactive:
            if reached and self.after:
                memory.drop(key)
            else:
                memory.put(key, window)
            return []
        if not reached:
            memory.put(key, window)
            return []
        if self.within:
            memory.put(key, {**window, "f": 1})
        else:
            memory.drop(key)
        values = json.loads(key.partition("|")[2])
        labels = dict(zip(self.for_each, values, strict=True))
        return [self._firing(time, window["q"], labels, window["n"])]

    def _window(self, start: int, seq: int | None) -> Value:
        return {"n": 0, "s": start, "e": start + self.within if self.within else None, "q": seq}

    def _labels(self, event: ReceivedEvent) -> dict[str, str]:
        return {label: event.find_resource_label(label) or "" for label in self.for_each}

    def _firing(self, time: int, seq: int | None, labels: dict[str, str], count: int) -> Firing:
        return Firing(path=self.path, time=time, seq=seq, labels=labels, because=self._because(count))

    def _because(self, count: int) -> str:
        what = _either(self.expect) if self.expect else "any event"
        within = f" within {_seconds(self.within)}" if self.within else ""
        after = f" after {_either(self.after)}" if self.after else ""
        if self.is_proactive:
            times = "did not happen" if count == 0 else f"happened {count} times, not {self.threshold},"
            return f"{what} {times}{within}{after}"
        return f"{what} happened{_times(self.threshold)}{within}{after}"


class MetricNode(_Node):
    """A trigger over a figure that is looked up from time to time."""

    def __init__(self, path: str, told: Mapping[str, Any]) -> None:
        super().__init__(path)
        query = told["metric"]
        self.match = ResourceSpecification(told.get("match") or {})
        related = told.get("match_related") or []
        self.match_related = [
            ResourceSpecification(each)
            for each in (related if isinstance(related, list) else [related])
            if each
        ]
        self.name: str = query["name"]
        self.operator: str = query["operator"]
        self.threshold = float(query["threshold"])
        self.range = round(float(query.get("range", 300)) * 1_000_000)
        self.firing_for = round(float(query.get("firing_for", 300)) * 1_000_000)

    def observe(self, memory: Memory, value: float | None, now: int) -> list[Firing]:
        """Take the figure as it is now, `None` where there is none; return the firings."""
        key = f"{self.path}|"
        seen = memory.get(key)
        if value is None or not _HOLDS[self.operator](value, self.threshold):
            memory.drop(key)
            if seen is None or not seen.get("f"):
                return []
            because = f"{self.name} is no longer {self.operator} {self.threshold:g}"
            return [Firing(path=self.path, time=now, because=because, resolved=True)]
        if seen is None:
            seen = {"s": now}
            memory.put(key, seen)
        if seen.get("f") or now - seen["s"] < self.firing_for:
            return []
        memory.put(key, {**seen, "f": 1})
        because = f"{self.name} has been {self.operator} {self.threshold:g} for {_seconds(self.firing_for)}; it is {value:g}"
        return [Firing(path=self.path, time=now, because=because)]


_HOLDS: dict[str, Any] = {
    "<": lambda value, threshold: value < threshold,
    "<=": lambda value, threshold: value <= threshold,
    ">": lambda value, threshold: value > threshold,
    ">=": lambda value, threshold: value >= threshold,
}


class _Composite(_Node):
    """A trigger over triggers."""

    def __init__(self, path: str, told: Mapping[str, Any]) -> None:
        super().__init__(path)
        self.children = [_node(f"{path}.{place}", each) for place, each in enumerate(told["triggers"])]
        for child in self.children:
            child.parent = self
        within = told.get("within")
        self.within = None if within is None else round(float(within) * 1_000_000)

    def child_fired(self, memory: Memory, firing: Firing) -> list[Firing]:
        """Take the firing of a child; return the own ones."""
        key = f"{self.path}|"
        seen = memory.get(key) or {"c": {}, "k": 0}
        place = firing.path[len(self.path) + 1 :]
        order = seen["k"] + 1
        kept = {each: told for each, told in seen["c"].items() if self._is_fresh(told, firing.time)}
        kept[place] = {"t": firing.time, "k": order, "q": firing.seq, "l": firing.labels, "b": firing.because}
        if not self.is_complete(kept):
            memory.put(key, {"c": kept, "k": order})
            return []
        memory.drop(key)
        told = sorted(kept.items(), key=lambda each: each[1]["k"])
        children = tuple(
            Firing(path=f"{self.path}.{each}", time=one["t"], seq=one["q"], labels=one["l"], because=one["b"])
            for each, one in told
        )
        because = "; then ".join(child.because for child in children)
        return [
            Firing(
                path=self.path, time=firing.time, seq=firing.seq, labels=firing.labels, because=because,
                children=children,
            )
        ]  # fmt: skip

    def _is_fresh(self, told: Value, now: int) -> bool:
        return self.within is None or told["t"] >= now - self.within

    def is_complete(self, fired: Mapping[str, Value]) -> bool:
        """Say whether these children having fired is enough."""
        raise NotImplementedError  # pragma: no cover - each kind has its own


class CompoundNode(_Composite):
    """Any, all or so many of several triggers, in whichever order."""

    def __init__(self, path: str, told: Mapping[str, Any]) -> None:
        super().__init__(path, told)
        require = told["require"]
        self.need = {"any": 1, "all": len(self.children)}.get(require) or int(require)

    def is_complete(self, fired: Mapping[str, Value]) -> bool:
        """Say whether these children having fired is enough."""
        return len(fired) >= self.need


class SequenceNode(_Composite):
    """Several triggers, one after another."""

    def is_complete(self, fired: Mapping[str, Value]) -> bool:
        """Say whether these children having fired is enough."""
        if len(fired) < len(self.children):
            return False
        order = [fired[str(place)]["k"] for place in range(len(self.children))]
        return order == sorted(order)


_KINDS = {"event": EventNode, "metric": MetricNode, "compound": CompoundNode, "sequence": SequenceNode}


def _node(path: str, told: Mapping[str, Any]) -> _Node:
    return _KINDS[told["type"]](path, told)


class Plan:
    """A trigger made ready to be asked.

    Args:
        trigger: the trigger as plain data: Prefect's fields, lengths of time in seconds.

    >>> plan = Plan({"type": "event", "expect": ["prefect.flow-run.Failed"]})
    >>> plan.may_be("pacc.flow-run.Failed"), plan.may_be("pacc.flow-run.Completed")
    (True, False)
    """

    def __init__(self, trigger: Mapping[str, Any]) -> None:
        self.root = _node("0", trigger)
        self.nodes = {node.path: node for node in _all(self.root)}
        self.events = [node for node in self.nodes.values() if isinstance(node, EventNode)]
        self.metrics = [node for node in self.nodes.values() if isinstance(node, MetricNode)]
        self.may_be = lru_cache(maxsize=1024)(self._may_be)

    def names(self) -> list[str]:
        """Return the patterns of all names it may wait for; `*` where it waits for any."""
        return [each for node in self.events for each in [*(node.expect or ["*"]), *node.after]]

    def begin(self, memory: Memory, now: int) -> None:
        """Begin the windows that no event begins."""
        for node in self.events:
            node.begin(memory, now)

    def see(self, memory: Memory, event: ReceivedEvent, occurred: int, now: int) -> list[Firing]:
        """Take an event; return the firings of the whole.

        Args:
            memory: what was seen before; what is seen now is put there.
            event: the event.
            occurred: when it occurred.
            now: the present moment.
        """
        time = min(occurred, now)
        found: list[Firing] = []
        for node in self.events:
            for firing in node.see(memory, event, time):
                found += self._bubbled(memory, node, firing)
        return found

    def pass_time(self, memory: Memory, now: int) -> list[Firing]:
        """Close the windows that are over by now; return the firings of the whole."""
        memory.mind_the_clock(now)
        found: list[Firing] = []
        for key in memory.take_due(now):
            node = self.nodes.get(key.partition("|")[0])
            if node is None:
                memory.drop(key)
                continue
            for firing in node.due(memory, key, now):
                found += self._bubbled(memory, node, firing)
        return found

    def observe(self, memory: Memory, path: str, value: float | None, now: int) -> list[Firing]:
        """Take the figure of a metric trigger; return the firings of the whole."""
        node = self.nodes[path]
        found: list[Firing] = []
        if isinstance(node, MetricNode):
            for firing in node.observe(memory, value, now):
                found += self._bubbled(memory, node, firing)
        return found

    def _may_be(self, name: str) -> bool:
        return any(node.may_be(name) for node in self.events)

    def _bubbled(self, memory: Memory, node: _Node, firing: Firing) -> list[Firing]:
        """Hand a firing to the triggers around, up to the whole."""
        if node.parent is None:
            return [firing]
        if firing.resolved:
            return []
        found: list[Firing] = []
        for each in node.parent.child_fired(memory, firing):
            found += self._bubbled(memory, node.parent, each)
        return found


def _all(node: _Node) -> Iterable[_Node]:
    yield node
    if isinstance(node, _Composite):
        for child in node.children:
            yield from _all(child)


def _either(names: list[str]) -> str:
    quoted = [f'"{name}"' for name in names]
    return " or ".join([", ".join(quoted[:-1]), quoted[-1]]) if len(quoted) > 1 else "".join(quoted)


def _times(count: int) -> str:
    return "" if count <= 1 else f" {count} times"


def _seconds(microseconds: int) -> str:
    """Return a length of time for people.

    >>> _seconds(90_000_000), _seconds(500_000)
    ('90 s', '0.5 s')
    """
    return f"{microseconds / 1_000_000:g} s"
