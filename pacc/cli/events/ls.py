"""`pacc events ls`."""

from __future__ import annotations

from datetime import UTC, datetime

from pacc.cli._options import Limit, Output
from pacc.cli._store import open_for_command
from pacc.cli._terminal import terminal
from pacc.cli.events._wanted import Involved, Names, ResourceIds, Since, Text, Until
from pacc.presentation.events import event_table, plain_event
from pacc.services import events

ROWS = 50


def command(
    *,
    event: Names = None,
    resource: ResourceIds = None,
    related: Involved = None,
    since: Since = None,
    until: Until = None,
    search: Text = None,
    limit: Limit = ROWS,
    output: Output = "table",
) -> None:
    """List events, the latest first.

    The states of task runs are among them where they are asked for: --event "pacc.task-run.*".
    """
    from pacc.schemas.event_filters import wanted_events  # start-up: help needs no filters

    wanted = wanted_events(
        names=event, resources=resource, related=related, since=since, until=until, search=search
    )
    found = events.select(open_for_command(), wanted, limit=limit)
    if output == "json":
        terminal.json([plain_event(each) for each in found])
        return
    terminal.table(
        event_table(found, datetime.now(UTC)), output, empty="no such events: `pacc events ls` lists all"
    )
