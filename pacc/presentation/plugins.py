"""What installed packages bring, as rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pacc.presentation.tables import Cell, Column, Table, cell

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pacc.schemas.plugins import Plugin


def plugin_table(plugins: Iterable[Plugin]) -> Table:
    """Return plugins as a table: what each brings, or why it brings nothing."""
    columns = (
        Column(name="Package"),
        Column(name="Entry point"),
        Column(name="Group"),
        Column(name="Leads to", gives_way=True),
        Column(name="Brings", gives_way=True),
    )
    rows = tuple(
        (cell(each.package), cell(each.name), cell(each.group), cell(each.value), _brings(each))
        for each in plugins
    )
    return Table(title="Plugins", columns=columns, rows=rows)


def _brings(plugin: Plugin) -> Cell:
    if plugin.error is not None:
        return cell(f"cannot be loaded: {plugin.error}", "red")
    brought = [f"worker {name}" for name in plugin.workers] + [f"block {slug}" for slug in plugin.blocks]
    return cell(", ".join(brought) or "nothing", "green" if brought else "yellow")
