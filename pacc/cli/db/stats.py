"""`pacc db stats`."""

from __future__ import annotations

from datetime import UTC, datetime

from pacc._internal import clock
from pacc.cli._options import Output
from pacc.cli._store import open_for_command
from pacc.cli._terminal import terminal
from pacc.presentation.store_stats import store_description
from pacc.services import store_care
from pacc.settings import get_current_settings


def command(*, output: Output = "table") -> None:
    """Show what the store holds, how much room it takes, and what retention would delete."""
    settings, now = get_current_settings(), datetime.now(UTC)
    found = store_care.stats(
        open_for_command(),
        old_before=clock.from_datetime(now - settings.retention.flow_runs),
        results=settings.results.local_storage_path,
    )
    if output == "json":
        terminal.json(found)
        return
    terminal.description(store_description(found, now), output)
