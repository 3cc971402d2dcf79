"""Following one flow run: its log lines and events, in one stream, until it has ended."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from pacc.schemas.event_filters import EventFilter
from pacc.services import events, flow_runs, logs
from pacc.settings import get_current_settings
from pacc.store import open_store

if TYPE_CHECKING:
    from collections import deque
    from typing import Self
    from uuid import UUID

    from pacc.schemas.events import ReceivedEvent
    from pacc.schemas.logs import Log

LOOK_SECONDS = 0.1


class FlowRunSubscriber:
    """An async iterator over the log lines and events of a flow run; it ends a little after the run.

    Args:
        flow_run_id: the run.
        straggler_timeout: seconds to wait for what is still on its way after the run has ended.
        reconnection_attempts: taken for compatibility.

    >>> async with FlowRunSubscriber(run.id) as subscriber:  # doctest: +SKIP
    ...     async for told in subscriber:
    ...         print(told)
    """

    def __init__(
        self, flow_run_id: UUID, straggler_timeout: float = 3, reconnection_attempts: int = 10
    ) -> None:
        from collections import deque  # start-up

        del reconnection_attempts
        self._run_id = flow_run_id
        self._patience = straggler_timeout
        self._ended: float | None = None
        self._lines = 0
        self._waiting: deque[Log | ReceivedEvent] = deque()
        self._store = open_store(get_current_settings().home)
        self._tail: events.Tail | None = None

    async def __aenter__(self) -> Self:
        wanted = EventFilter(any_resource={"id": [f"pacc.flow-run.{self._run_id}"]})  # type: ignore[arg-type]  # a dict is a filter
        self._tail = events.Tail(self._store, wanted)
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._tail is not None:
            self._tail.close()
            self._tail = None

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Log | ReceivedEvent:
        while not self._waiting:
            self._look()
            if self._waiting:
                break
            if self._is_over():
                raise StopAsyncIteration
            await asyncio.sleep(LOOK_SECONDS)
        return self._waiting.popleft()

    def _look(self) -> None:
        lines = logs.read(self._store, self._run_id, offset=self._lines)
        self._lines += len(lines)
        self._waiting.extend(lines)
        if self._tail is not None:
            self._waiting.extend(self._tail.take())

    def _is_over(self) -> bool:
        if self._tail is None:
            return True
        if self._ended is None:
            state = flow_runs.read(self._store, self._run_id).state
            if state is None or not state.is_final():
                return False
            self._ended = time.monotonic()
            return self._patience <= 0
        return time.monotonic() - self._ended >= self._patience
