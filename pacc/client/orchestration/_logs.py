"""The client's methods for logs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pacc._internal.steps import awaitable
from pacc.client.orchestration._base import OfStore
from pacc.services import log_search, log_writing

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pacc.schemas.filters import LogFilter
    from pacc.schemas.logs import Log, LogCreate
    from pacc.schemas.sorting import LogSort


class LogClient(OfStore):
    """What code that does not await asks and says about logs."""

    def create_logs(self, logs: Iterable[LogCreate | Mapping[str, Any]]) -> None:
        """Write lines into the logs of runs; `ObjectNotFound` if there is no such run, `InvalidValueError` if one is no line."""
        log_writing.write(self._store, logs)

    def read_logs(
        self,
        log_filter: LogFilter | None = None,
        limit: int | None = None,
        offset: int | None = None,
        sort: LogSort | None = None,
    ) -> list[Log]:
        """Return the log lines a filter lets through, the oldest first unless `sort` says otherwise."""
        return log_search.select(self._store, log_filter, sort=sort, limit=limit, offset=offset or 0)


class LogAsyncClient(OfStore):
    """The same for code that awaits, derived from `LogClient`."""

    create_logs = awaitable(LogClient.create_logs)
    read_logs = awaitable(LogClient.read_logs)
