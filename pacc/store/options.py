"""How long the store waits and how much it gathers: what tests and one setting may choose otherwise."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from pacc.settings import get_current_settings


class StoreOptions(NamedTuple):
    """The store's patience, sizes and sources; the defaults are what `pacc` promises."""

    busy_seconds: float = 60.0
    """How long a write waits for others before it gives up and names who holds the store."""
    queue_seconds: float = 2.0
    """How long a write stands in the queue before the gate until it tries without."""
    synchronous: str = "FULL"
    """`FULL` survives power loss; `NORMAL` survives kills but may forget seconds on power loss."""
    journal_rows: int = 500
    """How many rows the journal writes in one commit, at most."""
    journal_bytes: int = 1 << 20
    """How many characters of text the journal writes in one commit, about."""
    journal_gather_seconds: float = 0.025
    """How long the journal gathers rows before it commits; with the commit it stays within 50 ms."""
    journal_capacity: int = 20_000
    """How many rows may wait in the journal before those who bring more wait too."""
    checkpoint_commits: int = 500
    """After how many commits of one process the log is folded back into the file."""
    checkpoint_bytes: int = 4 << 20
    """Above which size of the log it is folded back into the file."""
    folder: Path = Path(__file__).parent
    """Where `schema.sql` and `migrations/` lie."""


DEFAULTS = StoreOptions()


def chosen() -> StoreOptions:
    """Return the options the settings in force ask for."""
    return DEFAULTS._replace(synchronous=get_current_settings().store.synchronous.upper())
