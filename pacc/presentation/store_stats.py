"""What a store holds and how much room it takes, for reading."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pacc._internal.counting import counted
from pacc._internal.sizes import size
from pacc.presentation.tables import Description, cell
from pacc.presentation.times import dated

if TYPE_CHECKING:
    from datetime import datetime

    from pacc.schemas.store_stats import StoreStats


def store_description(stats: StoreStats, now: datetime) -> Description:
    """Return everything worth reading about a store's size and contents; what it has none of is left out.

    Args:
        stats: what was counted.
        now: the moment ages are counted from.
    """
    runs = sum(stats.flow_runs.values())
    by_state = ", ".join(f"{number:,} {state.lower()}" for state, number in stats.flow_runs.items())
    old = [
        f"{number:,} {noun}"
        for noun, number in (("flow runs", stats.old_flow_runs), ("lone task runs", stats.old_task_runs))
        if number
    ]
    facts = [
        ("Store", cell(stats.path)),
        ("Size", cell(f"{size(stats.size)}, of which {size(stats.unused)} are unused")),
        ("Write-ahead log", cell(size(stats.log_size))),
        ("Logs of runs", cell(f"{size(stats.logs_size)} in {counted(stats.logs, 'file')}")),
        ("Files of results", cell(size(stats.results_size))),
        ("Flow runs", cell(f"{runs:,}: {by_state}" if runs else "none")),
        *((noun.capitalize(), cell(f"{number:,}")) for noun, number in stats.rows.items() if number),
    ]
    if stats.first_run is not None and stats.last_run is not None:
        facts.append(("Oldest run", cell(dated(stats.first_run, now))))
        facts.append(("Newest run", cell(dated(stats.last_run, now))))
    if old:
        facts.append(("Old", cell(f"{' and '.join(old)}; pacc db prune deletes them", "yellow")))
    return Description(title="Store", facts=tuple(facts))
