"""What was found in a home, as listings, and one finding in full."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pacc.presentation.fitting import Fit
from pacc.presentation.sifting import Order
from pacc.presentation.tables import Cell, Column, Description, Table, cell

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from pacc.schemas.findings import Finding

COLUMNS = (
    Column(name="What"),
    Column(name="How"),
    Column(name="Found", gives_way=True),
    Column(name="To do"),
)
LEVELS = ("problem", "warning", "ok")
"""How bad a finding can be, the worst first."""
COLORS = {"ok": "green", "warning": "yellow", "problem": "red"}


def health_table(findings: Iterable[Finding]) -> Table:
    """Return a row for each thing that was looked at, in the order given."""
    rows = (
        (cell(found.subject), cell(found.level, COLORS[found.level]), cell(found.message), cell(found.hint))
        for found in findings
    )
    return Table(title="Health", columns=COLUMNS, rows=tuple(rows))


# ------------------------------------------------------------------------------------------ on a screen

LIST_COLUMNS = (Fit("what", 12), Fit("how", 7), Fit("found", 20, grows=1))
"""The columns of a list of findings."""
ORDERS = (Order("worst first"), Order("by name", key=lambda listed: listed.finding.subject))
"""The orders of a list of findings that is read with the worst first."""


def listed_cells(found: Finding, now: datetime, *, glyphs: bool = True) -> tuple[Cell, ...]:
    """Return a finding as a row of `LIST_COLUMNS`."""
    del now, glyphs
    return cell(found.subject, "cyan"), cell(found.level, COLORS[found.level]), cell(found.message)


def finding_description(found: Finding) -> Description:
    """Return everything about a finding."""
    facts = (
        ("Looked at", cell(found.subject, "cyan")),
        ("How it is", cell(found.level, COLORS[found.level])),
        ("Found", cell(found.message)),
        ("To do", cell(found.hint, "green")),
    )
    return Description(
        title=f"Health: {found.subject}", facts=tuple((label, shown) for label, shown in facts if shown.text)
    )
