"""Open the store for a command: the home from the settings, dead runs reaped on the way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pacc.settings import get_current_settings

if TYPE_CHECKING:
    from pathlib import Path

    from pacc.store import Store


def home() -> Path:
    """Return the folder pacc keeps everything in, from the settings."""
    return get_current_settings().home


def open_for_command(*, reap: bool = True) -> Store:
    """Open the store for one command.

    Args:
        reap: mark runs whose process is gone as crashed first, so that what is shown is true.

    Returns:
        The store.
    """
    from pacc.store import open_store  # start-up: help needs no store

    store = open_store(home())
    if reap:
        from pacc.services import reaping  # start-up: as above

        reaping.reap(store)
    return store
