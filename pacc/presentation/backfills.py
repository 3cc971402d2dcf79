"""Backfills as a listing, and one of them in full."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pacc._internal.jsontext import dumps
from pacc.presentation.fitting import Fit
from pacc.presentation.sifting import Order
from pacc.presentation.tables import Cell, Column, Description, Table, cell
from pacc.presentation.times import clock_time, dated, local
from pacc.schemas.backfills import BackfillState

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from pacc.schemas.backfills import Backfill

COLUMNS = (
    Column(name="ID", at_least=36),
    Column(name="Deployment", at_least=13, gives_way=True),
    Column(name="State"),
    Column(name="Ended", right=True),
    Column(name="Made", right=True),
    Column(name="Runs", right=True),
    Column(name="From"),
    Column(name="To"),
)
_COLORS = {"RUNNING": "blue", "COMPLETED": "green", "CANCELLED": "yellow"}
_WIDTH = 30


def backfill_table(backfills: Iterable[Backfill]) -> Table:
    """Return backfills as a table, in the order given."""
    rows = (
        (
            cell(each.id, "blue"),
            cell(each.deployment_name),
            cell(each.state.capitalize(), _COLORS[each.state]),
            cell(each.ended),
            cell(each.made),
            cell(each.total),
            cell(f"{each.first:%Y-%m-%d %H:%M}"),
            cell(f"{each.last:%Y-%m-%d %H:%M}"),
        )
        for each in backfills
    )
    return Table(title="Backfills", columns=COLUMNS, rows=tuple(rows))


def backfill_description(backfill: Backfill, now: datetime, *, glyphs: bool = True) -> Description:
    """Return everything worth reading about a backfill.

    Args:
        backfill: what to describe.
        now: the moment ages are counted from.
        glyphs: draw the bar with block characters, and not with hash marks.
    """
    runs = ", ".join(f"{number} {state.lower()}" for state, number in sorted(backfill.runs.items()))
    facts = [
        ("Deployment", cell(backfill.deployment_name, "cyan")),
        ("State", cell(backfill.state.capitalize(), _COLORS[backfill.state])),
        ("Progress", cell(bar(backfill.ended, backfill.total, glyphs=glyphs))),
        ("Runs", cell(runs or "none yet")),
        ("From", cell(local(backfill.first))),
        ("To", cell(local(backfill.last))),
        ("Makes", cell(f"{backfill.mode} runs, {backfill.max_active} open at once at most")),
        ("Parameters", cell(dumps(backfill.parameters) if backfill.parameters else None)),
        ("Created", cell(dated(backfill.created, now))),
        ("ID", cell(backfill.id)),
    ]
    title = f"Backfill of '{backfill.deployment_name}'"
    return Description(title=title, facts=tuple((label, shown) for label, shown in facts if shown.text))


def bar(done: int, total: int, *, glyphs: bool = True, cells: int = _WIDTH) -> str:
    """Return how far something is as a bar of so many cells and in numbers.

    >>> bar(1, 2, glyphs=False)
    '###############...............  1 of 2'
    """
    share = done / total if total else 1.0
    filled = int(share * cells)
    full, empty = ("█", "░") if glyphs else ("#", ".")
    return f"{full * filled}{empty * (cells - filled)}  {done:,} of {total:,}"


# ------------------------------------------------------------------------------------------ on a screen

LIST_COLUMNS = (
    Fit("deployment", 16, grows=2),
    Fit("state", 9),
    Fit("progress", 20),
    Fit("from", 11, goes=1),
    Fit("to", 11, goes=2),
)
"""The columns of a list of backfills."""
ORDERS = (
    Order("newest first"),
    Order("running first", key=lambda backfill: backfill.state is not BackfillState.RUNNING),
    Order("by deployment", key=lambda backfill: backfill.deployment_name.casefold()),
)
"""The orders of a list of backfills that is read the newest first."""
_SHORT = 10


def listed_cells(backfill: Backfill, now: datetime, *, glyphs: bool = True) -> tuple[Cell, ...]:
    """Return a backfill as a row of `LIST_COLUMNS`."""
    color = _COLORS[backfill.state]
    return (
        cell(backfill.deployment_name, "cyan"),
        cell(backfill.state.capitalize(), color),
        cell(bar(backfill.ended, backfill.total, glyphs=glyphs, cells=_SHORT), color),
        cell(clock_time(backfill.first, now), "bright_black"),
        cell(clock_time(backfill.last, now), "bright_black"),
    )
