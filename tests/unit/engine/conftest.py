"""A store of its own for each test, closed at its end."""

from __future__ import annotations

import pytest

from pacc._internal import sessions
from pacc.store import database


@pytest.fixture(autouse=True)
def _put_away(pacc_home):
    yield
    sessions.end_all()
    for key in [key for key, store in database._stores.items() if store.home == pacc_home.resolve()]:
        database._stores.pop(key).close()
