"""Concurrency limits as listings, and one of them in full."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pacc.presentation.fitting import Fit
from pacc.presentation.sifting import Order
from pacc.presentation.tables import Cell, Column, Description, Table, cell
from pacc.presentation.times import ago, dated, short_ago

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime
    from uuid import UUID

    from pacc.schemas.concurrency import (
        ConcurrencyLeaseHolder,
        GlobalConcurrencyLimit,
        LimitInUse,
        TakenSlots,
    )
    from pacc.schemas.task_runs import TaskRun

GLOBAL_COLUMNS = (
    Column(name="Name", at_least=13, gives_way=True),
    Column(name="Slots", right=True),
    Column(name="Taken", right=True),
    Column(name="Decay per Second", right=True),
    Column(name="Active"),
    Column(name="Updated"),
)
TAG_COLUMNS = (
    Column(name="Tag", at_least=13, gives_way=True),
    Column(name="Slots", right=True),
    Column(name="Taken", right=True),
    Column(name="Updated"),
)


def global_limit_table(limits: Iterable[GlobalConcurrencyLimit], now: datetime) -> Table:
    """Return limits as a table, in the order given."""
    rows = (
        (
            cell(limit.name, "cyan"),
            cell(limit.limit),
            _taken(limit),
            cell(f"{limit.slot_decay_per_second:g}"),
            cell("yes", "green") if limit.active else cell("no", "red"),
            cell(ago(limit.updated, now)),
        )
        for limit in limits
    )
    return Table(title="Global Concurrency Limits", columns=GLOBAL_COLUMNS, rows=tuple(rows))


def tag_limit_table(limits: Iterable[GlobalConcurrencyLimit], now: datetime) -> Table:
    """Return the limits of tags as a table, in the order given."""
    rows = (
        (cell(limit.tag, "cyan"), cell(limit.limit), _taken(limit), cell(ago(limit.updated, now)))
        for limit in limits
    )
    return Table(title="Tag Concurrency Limits", columns=TAG_COLUMNS, rows=tuple(rows))


def limit_description(
    limit: GlobalConcurrencyLimit,
    taken: Iterable[TakenSlots],
    names: Mapping[UUID, str],
    now: datetime,
    waiting: Iterable[TaskRun] = (),
) -> Description:
    """Return everything worth reading about one limit.

    Args:
        limit: what to describe.
        taken: who holds its slots.
        names: the names of the runs among the holders, by their ids.
        now: the moment ages are counted from.
        waiting: the task runs that wait for its slots.
    """
    facts = [
        ("Tag", cell(limit.tag, "cyan")) if limit.tag is not None else ("Name", cell(limit.name, "cyan")),
        ("Slots", cell(limit.limit)),
        ("Taken", _taken(limit)),
        ("Decay per second", cell(f"{limit.slot_decay_per_second:g}")),
        ("Active", cell("yes", "green") if limit.active else cell("no", "red")),
        ("Created", cell(dated(limit.created, now))),
        ("Updated", cell(dated(limit.updated, now))),
        *(("Held by", _held(each, names, now)) for each in taken),
        *(("Waits", cell(f"task run {each.name}, since {ago(_since(each), now)}")) for each in waiting),
        ("ID", cell(limit.id)),
    ]
    return Description(title=f"Concurrency limit '{limit.tag or limit.name}'", facts=tuple(facts))


def _taken(limit: GlobalConcurrencyLimit) -> Cell:
    return cell(limit.active_slots, "yellow" if limit.active_slots >= limit.limit else "")


def _held(taken: TakenSlots, names: Mapping[UUID, str], now: datetime) -> Cell:
    slots = f"{taken.slots} slot{'' if taken.slots == 1 else 's'}"
    return cell(f"{_who(taken.holder, names)}: {slots}, since {ago(taken.since, now)}")


def _who(holder: ConcurrencyLeaseHolder | None, names: Mapping[UUID, str]) -> str:
    if holder is None:
        return "somebody outside of runs"
    return f"{holder.type.replace('_', ' ')} {names.get(holder.id, holder.id)}"


def _since(run: TaskRun) -> datetime | None:
    return run.state.timestamp if run.state else run.created


# ------------------------------------------------------------------------------------------ on a screen

LIST_COLUMNS = (
    Fit("name", 16, grows=3),
    Fit("slots", 16),
    Fit("who", 14, grows=2, goes=1),
    Fit("decay", 6, right=True, goes=3),
    Fit("counts", 6),
    Fit("changed", 8, right=True, goes=2),
)
"""The columns of a list of limits."""
ORDERS = (
    Order("those of tags last"),
    Order("fullest first", key=lambda row: _share(row.limit), down=True),
    Order("changed last first", key=lambda row: row.limit.updated, down=True),
)
"""The orders of a list of limits that is read by name, those of tags behind the others."""
_BAR = 8


def _share(limit: GlobalConcurrencyLimit) -> float:
    return limit.active_slots / limit.limit if limit.limit else 1.0


def _who_uses(row: LimitInUse) -> Cell:
    """Say who holds a limit that is full, and how many wait for it."""
    others = row.holders - 1
    held = f"{row.held_by or 'somebody'}{f' +{others}' if others else ''}" if row.holders else ""
    waits = f"{row.waiting} wait{'s' if row.waiting == 1 else ''}" if row.waiting else ""
    return cell(", ".join(filter(None, (waits, held))), "yellow" if waits else "bright_black")


def listed_cells(row: LimitInUse, now: datetime, *, glyphs: bool = True) -> tuple[Cell, ...]:
    """Return a limit as a row of `LIST_COLUMNS`."""
    limit = row.limit
    full = limit.active_slots >= limit.limit
    filled = min(_BAR, limit.active_slots * _BAR // limit.limit if limit.limit else _BAR)
    done, rest = ("█", "░") if glyphs else ("#", ".")
    bar = f"{done * filled}{rest * (_BAR - filled)}"
    decay = f"{limit.slot_decay_per_second:g}/s" if limit.slot_decay_per_second else ""
    return (
        cell(limit.name, "cyan" if limit.tag is None else "magenta"),
        Cell(
            f"{bar} {limit.active_slots}/{limit.limit}",
            "bright_black" if not limit.active else "yellow" if full else "green",
        ),
        _who_uses(row),
        Cell(decay, "bright_black"),
        Cell("yes", "green") if limit.active else Cell("no", "red"),
        cell(short_ago(limit.updated, now), "bright_black"),
    )
