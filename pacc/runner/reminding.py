"""Requests that did not reach a supervisor are brought to it by who claimed its run."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from pacc.services import cancelling

if TYPE_CHECKING:
    from pacc.store import Store

_EVERY = 1.0


class Reminder:
    """Tells supervisors that someone wants their runs to end; they look at the store themselves only when nobody does this.

    Args:
        store: where the runs are kept.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._at = 0.0

    def step(self) -> None:
        """Tell them if it is time to.

        Raises:
            StoreError: the store cannot be read.
        """
        if time.monotonic() >= self._at:
            self._at = time.monotonic() + _EVERY
            cancelling.remind(self._store)
