"""Flows as a listing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pacc.presentation.tables import Column, Table, cell
from pacc.presentation.times import ago

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
