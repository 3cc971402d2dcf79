"""What became of a transfer, as rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pacc.presentation.tables import Column, Table, cell
from pacc.schemas.transfers import Fate

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pacc.schemas.transfers import Transferred

_COLORS = {Fate.MADE: "green", Fate.SKIPPED: "bright_black", Fate.FAILED: "red"}
_WHY = {Fate.MADE: "", Fate.SKIPPED: "there is one of that name"}


def transfer_table(told: Iterable[Transferred]) -> Table:
    """Return what became of each thing as a table."""
    columns = (
        Column(name="What"),
        Column(name="Name"),
        Column(name="Outcome"),
        Column(name="Why", gives_way=True),
    )
    rows = tuple(
        (
            cell(each.noun),
            cell(each.name),
            cell(each.fate, _COLORS[each.fate]),
            cell(each.reason or _WHY.get(each.fate)),
        )
        for each in told
    )
    return Table(title="Transfer", columns=columns, rows=rows)
