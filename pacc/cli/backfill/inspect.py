"""`pacc backfill inspect`."""

from __future__ import annotations

from datetime import UTC, datetime

from pacc.cli._options import Output
from pacc.cli._store import open_for_command
from pacc.cli._terminal import terminal
from pacc.cli.backfill._reference import BackfillReference
from pacc.presentation.backfills import backfill_description
from pacc.services import backfills


def command(backfill: BackfillReference, *, output: Output = "table") -> None:
    """Show how far a backfill is, and what became of its runs."""
    found = backfills.find(open_for_command(), backfill)
    if output == "json":
        terminal.json(found)
        return
    terminal.description(backfill_description(found, datetime.now(UTC), glyphs=terminal.glyphs), output)
