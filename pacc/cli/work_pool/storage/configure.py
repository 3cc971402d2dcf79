"""`pacc work-pool storage configure`."""

from __future__ import annotations

from pacc.cli._commands import Elsewhere, LazyGroup
from pacc.cli.work_pool.storage._instead import HELP, INSTEAD, WHY

group = LazyGroup(
    name="configure",
    help=HELP,
    entries=tuple(
        Elsewhere(name=name, why=WHY, hint=INSTEAD) for name in ("azure-blob-storage", "gcs", "s3")
    ),
)
