"""Flows as listings, and one of them in full."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from pacc.presentation.fitting import Fit
from pacc.presentation.sifting import Order
from pacc.presentation.states import ended_badly, ends_cell
from pacc.presentation.tables import Cell, Column, Description, Table, cell
from pacc.presentation.times import ago, dated, short_ago

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from pacc.schemas.flows import Flow

COLUMNS = (
    Column(name="ID", at_least=13, gives_way=True),
    Column(name="Name"),
    Column(name="Created"),
)


def flow_table(flows: Iterable[Flow], now: datetime) -> Table:
    """Return flows as a table, in the order given.

    Args:
        flows: what to list.
        now: the moment ages are counted from.
    """
    rows = ((cell(flow.id, "cyan"), cell(flow.name, "green"), cell(ago(flow.created, now))) for flow in flows)
    return Table(title="Flows", columns=COLUMNS, rows=tuple(rows))


# ------------------------------------------------------------------------------------------ on a screen


class ListedFlow(NamedTuple):
    """A flow with what a list shows beside it."""

    flow: Flow
    deployments: tuple[str, ...]
    """Its deployments' names."""
    last_ends: tuple[tuple[str, str], ...]
    """Types and names of the states its last runs ended in, the oldest first."""


LIST_COLUMNS = (
    Fit("name", 18, grows=3),
    Fit("last runs", 20),
    Fit("deployments", 12, grows=2, goes=1),
    Fit("seen first", 10, right=True, goes=2),
)
"""The columns of a list of flows."""
ORDERS = (
    Order("by name"),
    Order("failures first", key=lambda listed: not ended_badly(listed.last_ends)),
    Order("newest first", key=lambda listed: listed.flow.created, down=True),
)
"""The orders of a list of flows that is read by name."""


def listed_cells(listed: ListedFlow, now: datetime, *, glyphs: bool = True) -> tuple[Cell, ...]:
    """Return a flow as a row of `LIST_COLUMNS`."""
    return (
        cell(listed.flow.name, "cyan"),
        ends_cell(listed.last_ends, glyphs=glyphs),
        cell(", ".join(listed.deployments)),
        cell(short_ago(listed.flow.created, now), "bright_black"),
    )


def flow_description(listed: ListedFlow, flow: Flow, now: datetime) -> Description:
    """Return everything worth reading about a flow.

    Args:
        listed: what a list shows of it.
        flow: the flow as it is now.
        now: the moment ages are counted from.
    """
    ended = Counter(name for _, name in listed.last_ends)
    facts = (
        ("Name", cell(flow.name, "cyan")),
        *(("Deployment", cell(f"{flow.name}/{each}")) for each in listed.deployments),
        ("Last runs", cell(", ".join(f"{count} {name.lower()}" for name, count in ended.most_common()))),
        ("Tags", cell(", ".join(flow.tags))),
        ("Created", cell(dated(flow.created, now))),
        ("ID", cell(flow.id)),
    )
    return Description(
        title=f"Flow '{flow.name}'", facts=tuple((label, shown) for label, shown in facts if shown.text)
    )
