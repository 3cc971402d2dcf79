"""A store of its own for each test, and rows to put into it."""

from new_stores import copied_stores, new_store, rows, store

__all__ = ["copied_stores", "new_store", "rows", "store"]
