"""Programs that start with the machine, as a listing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pacc.presentation.tables import Column, Table, cell

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pacc.at_boot import Installed

COLUMNS = (
    Column(name="Name"),
    Column(name="At Boot"),
    Column(name="Now"),
    Column(name="File", gives_way=True),
)


def installed_table(installed: Iterable[Installed]) -> Table:
    """Return programs as a table, in the order given."""
    rows = (
        (
            cell(each.name, "cyan"),
            cell(each.enabled, "green" if each.enabled == "enabled" else "yellow"),
            cell(each.active, "green" if each.active == "active" else "red"),
            cell(each.path),
        )
        for each in installed
    )
    return Table(title="Services", columns=COLUMNS, rows=tuple(rows))
