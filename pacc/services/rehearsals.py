"""Automations tried out: what would happen on some events, without keeping or doing anything."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pacc._internal import clock
from pacc.orchestration.triggers import EventNode, Memory, Plan

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from pacc.orchestration.triggers import Firing
    from pacc.schemas.automations import AutomationCore
    from pacc.schemas.events import ReceivedEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehearsal:
    """What an automation would do."""

    fires: bool
    """Whether it would fire."""
    lines: list[str]
    """Why, in sentences."""
    actions: list[str]
    """The actions it would do, each in words."""
    fired: list[RehearsedFiring] = field(default_factory=list)
    """Each time it would have fired on the events, the first one first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RehearsedFiring:
    """One time an automation would have fired."""

    time: datetime
    """When."""
    because: str
    """Why, in a sentence."""


def rehearse(automation: AutomationCore, events: Sequence[ReceivedEvent]) -> Rehearsal:
    """Return what an automation would do on events, in the order in which they occurred.

    Args:
        automation: the automation.
        events: the events; the time passes from one to the next as they say, and ends a window after the last.

    >>> from pacc.schemas.automations import AutomationCore
    >>> core = AutomationCore(name="x", trigger={"expect": ["a"]}, actions=[{"type": "do-nothing"}])
    >>> rehearse(core, []).fires
    False
    """
    plan, memory = Plan(automation.definition()["trigger"]), Memory()
    ordered = sorted(events, key=lambda event: event.occurred)
    lines: list[str] = []
    fired: list[RehearsedFiring] = []
    if ordered:
        plan.begin(memory, clock.from_datetime(ordered[0].occurred))
    for number, event in enumerate(ordered, 1):
        now = clock.from_datetime(event.occurred)
        firings = [*plan.pass_time(memory, now), *plan.see(memory, event, now, now)]
        fired += [RehearsedFiring(time=event.occurred, because=each.because) for each in firings]
        lines += [f"event {number}, {event.event}: {line}" for line in _told(plan, event, firings)]
    due = memory.next_due()
    later = [] if due is None else plan.pass_time(memory, due)
    lines += [f"if nothing else happens: would fire: {each.because}" for each in later]
    actions = [each.describe_for_cli() for each in [*automation.actions, *automation.actions_on_trigger]]
    return Rehearsal(fires=bool(fired or later), lines=lines, actions=actions, fired=fired)


def _told(plan: Plan, event: ReceivedEvent, firings: Sequence[Firing]) -> Iterator[str]:
    if firings:
        yield from (f"would fire: {each.because}" for each in firings)
        return
    reasons = {node.path: node.why_not(event) for node in plan.events}
    counted = [path for path, why in reasons.items() if why is None]
    if counted:
        yield "counts, but is not enough by itself"
        return
    for node in plan.events:
        where = f"trigger {node.path.removeprefix('0.')}: " if len(plan.events) > 1 else ""
        yield f"{where}does not count: {_why(node, event)}"


def _why(node: EventNode, event: ReceivedEvent) -> str:
    return node.why_not(event) or ""
