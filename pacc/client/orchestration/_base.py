"""What every part of the client is: a name for the store it speaks to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pacc.settings import get_current_settings
from pacc.store import open_store

if TYPE_CHECKING:
    from pacc.store import Store


class OfStore:
    """Speaks to one store.

    Args:
        store: the store to speak to; the one of the settings in force by default.
    """

    def __init__(self, store: Store | None = None) -> None:
        self._store = open_store(get_current_settings().home) if store is None else store

    @property
    def store(self) -> Store:
        """The store it speaks to."""
        return self._store
