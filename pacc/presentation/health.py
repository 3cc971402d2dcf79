"""What was found in a home, as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pacc.presentation.tables import Column, Table, cell

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pacc.schemas.findings import Finding

COLUMNS = (
    Column(name="What"),
    Column(name="How"),
    Column(name="Found", gives_way=True),
    Column(name="To do"),
)
_COLORS = {"ok": "green", "warning": "yellow", "problem": "red"}


def health_table(findings: Iterable[Finding]) -> Table:
    """Return a row for each thing that was looked at, in the order given."""
    rows = (
        (cell(found.subject), cell(found.level, _COLORS[found.level]), cell(found.message), cell(found.hint))
        for found in findings
    )
    return Table(title="Health", columns=COLUMNS, rows=tuple(rows))
