"""One tick of the search for runs whose process is gone."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from pacc.services.reaping import reap

if TYPE_CHECKING:
    from pacc.store import Store


def tick(store: Store) -> int:
    """Mark runs whose process is gone as crashed; return how many flow runs that were.

    Raises:
        StoreError: the store cannot be read or written; the next tick tries again.
    """
    ended = reap(store)
    for name in ended:
        logging.getLogger("pacc.reaper").warning("The flow run %r crashed: its process is gone.", name)
    return len(ended)
