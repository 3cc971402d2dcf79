"""The database: one SQLite file, one door to it, and a journal for what only this process tells."""

from pacc.store.database import FILE_NAME, Store, Transaction, be_ready, close_store, open_store
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
    "open_store",
]
