"""Concurrency limits as listings, and one of them in full."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pacc.presentation.tables import Cell, Column, Description, Table, cell
from pacc.presentation.times import ago, local

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime
    from uuid import UUID

    from pacc.schemas.concurrency import ConcurrencyLeaseHolder, GlobalConcurrencyLimit, TakenSlots

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
    limit: GlobalConcurrencyLimit, taken: Iterable[TakenSlots], names: Mapping[UUID, str], now: datetime
) -> Description:
    """Return everything worth reading about one limit.

    Args:
        limit: what to describe.
        taken: who holds its slots.
        names: the names of the runs among the holders, by their ids.
        now: the moment ages are counted from.
    """
    facts = [
        ("Tag", cell(limit.tag, "cyan")) if limit.tag is not None else ("Name", cell(limit.name, "cyan")),
        ("Slots", cell(limit.limit)),
        ("Taken", _taken(limit)),
        ("Decay per second", cell(f"{limit.slot_decay_per_second:g}")),
        ("Active", cell("yes", "green") if limit.active else cell("no", "red")),
        ("Created", cell(f"{local(limit.created)} ({ago(limit.created, now)})")),
        ("Updated", cell(f"{local(limit.updated)} ({ago(limit.updated, now)})")),
        *(("Held by", _held(each, names, now)) for each in taken),
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
