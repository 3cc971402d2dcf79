"""The client's methods for whether the store can be read."""

from __future__ import annotations

from pacc._internal.steps import awaitable
from pacc.client.orchestration._base import OfStore
from pacc.services import (
    health,
)


class StoreClient(OfStore):
    """What code that does not await asks and says about whether the store can be read."""

    def api_healthcheck(self) -> Exception | None:
        """Return what keeps the store from being read, `None` if nothing does."""
        return health.problem(self._store)

    def hello(self) -> str:
        """Return a greeting."""
        return "👋"


class StoreAsyncClient(OfStore):
    """The same for code that awaits, derived from `StoreClient`."""

    api_healthcheck = awaitable(StoreClient.api_healthcheck)
    hello = awaitable(StoreClient.hello)
