"""Automations as a listing, and one of them in full with what it did."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from pacc._internal.counting import counted
from pacc._internal.jsontext import dumps
from pacc.presentation.fitting import Fit
from pacc.presentation.sifting import Order
from pacc.presentation.tables import Column, Description, Table, cell
from pacc.presentation.text import shorten
from pacc.presentation.times import ago, dated, short_ago

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime
    from uuid import UUID

    from pacc.presentation.tables import Cell
    from pacc.schemas.firings import ActionOutcome, Firing, KeptAutomation
    from pacc.services.rehearsals import Rehearsal

COLUMNS = (
    Column(name="Name", at_least=13, gives_way=True),
    Column(name="State"),
    Column(name="Trigger", gives_way=True),
    Column(name="Actions", gives_way=True),
    Column(name="Fired", right=True),
    Column(name="Last"),
)
LIST_COLUMNS = (
    Fit("name", 16, grows=2),
    Fit("state", 7),
    Fit("trigger", 14, grows=3, goes=1),
    Fit("actions", 14, grows=2, goes=3),
    Fit("fired", 5, right=True),
    Fit("last", 8, right=True, goes=2),
)
"""The columns of a list of automations on a screen."""
ORDERS = (
    Order("by name"),
    Order("fired last first", key=lambda listed: listed.fired and listed.fired[0], down=True),
    Order("fired most first", key=lambda listed: listed.fired and listed.fired[1], down=True),
    Order("switched off first", key=lambda listed: listed.automation.enabled),
)
"""The orders of a list of automations that is read by name."""
LONGEST = 200
"""Cells of a value in a description."""


def automation_table(
    automations: Iterable[KeptAutomation], fired: Mapping[UUID, tuple[datetime, int]], now: datetime
) -> Table:
    """Return automations as a table, in the order given.

    Args:
        automations: what to list.
        fired: when each fired last, and how often it has.
        now: the moment ages are counted from.
    """
    rows = []
    for each in automations:
        last, times = fired.get(each.id, (None, 0))
        rows.append(
            (
                cell(each.name, "cyan"),
                state_cell(each),
                cell(trigger_words(each.trigger)),
                cell(", ".join(action["type"] for action in _actions(each))),
                cell(times or ""),
                cell(ago(last, now) if last else None),
            )
        )
    return Table(title="Automations", columns=COLUMNS, rows=tuple(rows))


class ListedAutomation(NamedTuple):
    """An automation with what a list shows beside it."""

    automation: KeptAutomation
    fired: tuple[datetime, int] | None
    """When it fired last, and how often it has."""


def listed_cells(listed: ListedAutomation, now: datetime, *, glyphs: bool = True) -> tuple[Cell, ...]:
    """Return an automation as a row of `LIST_COLUMNS`."""
    del glyphs
    each = listed.automation
    last, times = listed.fired or (None, 0)
    words = trigger_words(each.trigger).replace("prefect.", "").replace("pacc.", "")
    return (
        cell(each.name, "cyan"),
        state_cell(each),
        cell(words),
        cell(", ".join(action["type"] for action in _actions(each))),
        cell(times or ""),
        cell(short_ago(last, now), "bright_black"),
    )


def automation_description(
    automation: KeptAutomation,
    sentence: str,
    firings: Iterable[Firing],
    now: datetime,
    names: Mapping[str, str] | None = None,
) -> Description:
    """Return everything about one automation.

    Args:
        automation: what to describe.
        sentence: what its trigger waits for.
        firings: when it fired, the latest first.
        now: the moment ages are counted from.
        names: what the things are called that it acts on, by their ids.
    """
    facts: list[tuple[str, Cell]] = [
        ("Name", cell(automation.name, "cyan")),
        ("Description", cell(automation.description)),
        ("State", state_cell(automation)),
        ("Stopped", cell(automation.stopped, "red")),
        ("Tags", cell(", ".join(automation.tags))),
        ("ID", cell(automation.id)),
        ("Owner", cell(automation.owner_resource)),
        *(("Trigger" if not at else "", cell(line)) for at, line in enumerate(sentence.splitlines())),
        *(("About", cell(shorten(about, LONGEST))) for about in _about(automation.trigger)),
        *(
            ("Action", cell(shorten(_action_words(each, names or {}), LONGEST)))
            for each in _actions(automation)
        ),
        ("Created", cell(dated(automation.created, now))),
        ("Updated", cell(dated(automation.updated, now))),
    ]
    for firing in firings:
        what = "Resolved" if firing.resolved else "Fired"
        labels = (
            f" [{', '.join(f'{name}={value}' for name, value in firing.labels.items())}]"
            if firing.labels
            else ""
        )
        facts.append((what, cell(f"{ago(firing.fired, now)}: {firing.because}{labels}")))
        facts += [("", outcome_cell(each)) for each in firing.actions]
    return Description(
        title=f"Automation '{automation.name}'",
        facts=tuple((label, shown) for label, shown in facts if shown.text),
    )


def rehearsal_lines(found: Rehearsal, events: int) -> list[str]:
    """Return what an automation would have done, in sentences.

    Args:
        found: what was found.
        events: on how many events it was tried.
    """
    times = len(found.fired)
    told = f"Tried on {events:,} event{'' if events == 1 else 's'}: it would have fired "
    lines = [f"{told}{'once' if times == 1 else f'{times:,} times'}."]
    if not times:
        lines = [f"Tried on {counted(events, 'event')}: it would not have fired."]
    lines += [f"  {each.time.astimezone():%H:%M:%S}  {each.because}" for each in found.fired]
    if found.actions and found.fired:
        lines += ["Each time:", *(f"  {each}" for each in found.actions)]
    return lines


def plain_automation(automation: KeptAutomation) -> dict[str, Any]:
    """Return an automation as plain data with Prefect's fields, so that a file of it can be made into one again."""
    return {
        "id": automation.id,
        "name": automation.name,
        "description": automation.description,
        "enabled": automation.enabled,
        "tags": automation.tags,
        **automation.definition,
        "owner_resource": automation.owner_resource,
    }


def state_cell(automation: KeptAutomation) -> Cell:
    """Return whether an automation fires, as a cell."""
    if automation.enabled:
        return cell("enabled", "green")
    return cell("stopped", "red") if automation.stopped else cell("paused", "yellow")


def outcome_cell(done: ActionOutcome) -> Cell:
    """Return what became of an action, as a cell."""
    words = f"  {done.action['type']}: {done.status}"
    if done.attempts > 1:
        words += f" after {done.attempts} tries"
    if done.error:
        words += f": {done.error}"
    elif done.outcome:
        words += f": {dumps(done.outcome)}"
    color = {"executed": "green", "failed": "red"}.get(done.status, "yellow")
    return cell(shorten(words, LONGEST), color)


def trigger_words(trigger: Mapping[str, Any]) -> str:
    """Return what a trigger waits for, in a few words.

    >>> trigger_words({"type": "event", "posture": "Reactive", "expect": ["a.b"], "threshold": 1})
    'a.b'
    """
    if trigger["type"] == "metric":
        query = trigger["metric"]
        return f"{query['name']} {query['operator']} {query['threshold']:g}"
    if "triggers" in trigger:
        joint = " then " if trigger["type"] == "sequence" else " and "
        if trigger.get("require") in ("any", 1):
            joint = " or "
        return joint.join(trigger_words(each) for each in trigger["triggers"])
    names = ", ".join(trigger.get("expect") or ["any event"])
    times = f" x{trigger['threshold']}" if trigger.get("threshold", 1) > 1 else ""
    return f"no {names}{times}" if trigger.get("posture") == "Proactive" else f"{names}{times}"


def _actions(automation: KeptAutomation) -> list[dict[str, Any]]:
    return [*automation.actions, *automation.actions_on_trigger, *automation.actions_on_resolve]


def _action_words(action: Mapping[str, Any], names: Mapping[str, str]) -> str:
    told = {}
    for name, value in action.items():
        if name == "type" or value in (None, "", 0):
            continue
        if str(value) in names:
            told[name.removesuffix("_id").removesuffix("_document")] = names[str(value)]
        else:
            told[name] = value
    return " ".join([action["type"], *(f"{name}={value}" for name, value in told.items())])


def _about(trigger: Mapping[str, Any]) -> list[str]:
    if "triggers" in trigger:
        return [about for each in trigger["triggers"] for about in _about(each)]
    related = trigger.get("match_related") or []
    specifications = [trigger.get("match"), *(related if isinstance(related, list) else [related])]
    return [dumps(each) for each in specifications if each]
