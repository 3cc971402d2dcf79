"""The database: one SQLite file, one door to it, and a journal for what only this process tells.

Its names are loaded when they are first named: who only glances at a store needs none of them.
"""

from __future__ import annotations

TYPE_CHECKING = False  # as in `typing`

if TYPE_CHECKING:
    from typing import Any

    from pacc.store.database import Store, Transaction, be_ready, close_store, end_with_process, open_store
    from pacc.store.file import FILE_NAME
    from pacc.store.journal import Journal, RowSource
    from pacc.store.options import StoreOptions

__all__ = [
    "FILE_NAME",
    "Journal",
    "RowSource",
    "Store",
    "StoreOptions",
    "Transaction",
    "be_ready",
    "close_store",
    "end_with_process",
    "open_store",
]

_HOMES = {"FILE_NAME": "file", "Journal": "journal", "RowSource": "journal", "StoreOptions": "options"}


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module  # start-up

    found = getattr(import_module(f"pacc.store.{_HOMES.get(name, 'database')}"), name)
    globals()[name] = found
    return found
