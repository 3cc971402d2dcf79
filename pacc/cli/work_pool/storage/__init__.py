"""`pacc work-pool storage`: of Prefect's commands for code that is sent to a cloud with each run, none has a meaning here."""

from __future__ import annotations

from pacc.cli._commands import Elsewhere, Entry, LazyGroup
from pacc.cli.work_pool.storage._instead import HELP, INSTEAD, WHY

group = LazyGroup(
    name="storage",
    help=HELP,
    entries=(
        Entry(name="configure", module="pacc.cli.work_pool.storage.configure", help=HELP),
        Elsewhere(name="inspect", why=WHY, hint=INSTEAD),
    ),
)
