"""`pacc server database`: the schema of the store, in Prefect's words."""

from __future__ import annotations

from pacc.cli._commands import Entry, LazyGroup

group = LazyGroup(
    name="database",
    help="Empty the store, or change the version of its schema.",
    entries=(
        Entry(
            name="reset",
            module="pacc.cli.server.database.reset",
            help="Set the store aside and begin with an empty one.",
        ),
        Entry(
            name="upgrade",
            module="pacc.cli.server.database.upgrade",
            help="Bring the store to the newest schema.",
        ),
        Entry(
            name="downgrade",
            module="pacc.cli.server.database.downgrade",
            help="Bring the store back to an older schema, for an older pacc.",
        ),
        Entry(
            name="stamp",
            module="pacc.cli.server.database.stamp",
            help="Write into the store which schema it has.",
        ),
    ),
)
