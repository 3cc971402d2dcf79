"""Fixtures of tests that look at the store itself: one of its own for each test, and rows to put into it."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from pacc.store import StoreOptions
from pacc.store.database import Store

__all__ = ["copied_stores", "new_store", "rows", "store"]

ROWS = Path(__file__).parents[1] / "integration" / "store" / "programs" / "rows.py"


@pytest.fixture
def copied_stores():
    """How a store is made is looked at here."""


@pytest.fixture(scope="session")
def rows():
    """Builders of rows; see programs/rows.py."""
    spec = importlib.util.spec_from_file_location("store_rows", ROWS)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def new_store(tmp_path):
    """Make a store that is closed when the test ends; options by name."""
    made = []

    def make(home=None, **options):
        store = Store(home or tmp_path / "home", StoreOptions(**options))
        made.append(store)
        return store

    yield make
    for store in made:
        store.close()
        store.leave()


@pytest.fixture
def store(new_store, rows):
    """A store with one flow in it."""
    made = new_store()
    made.write("flows.upsert", rows.FLOW)
    return made
