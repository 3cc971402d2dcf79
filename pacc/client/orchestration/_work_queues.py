"""The client's methods for work queues."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pacc._internal.steps import awaitable
from pacc.client.orchestration._base import OfStore
from pacc.schemas.choices import DEFAULT_AGENT_POOL
from pacc.schemas.filters import WorkQueueFilter, WorkQueueFilterName
from pacc.schemas.work_pools import WorkQueueCreate, WorkQueueUpdate
from pacc.services import work_pools, work_queues

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from pacc.schemas.flow_runs import FlowRun
    from pacc.schemas.work_pools import WorkQueue, WorkQueueConcurrencyStatus, WorkQueueStatusDetail


class WorkQueueClient(OfStore):
    """What code that does not await asks and says about work queues."""

    def create_work_queue(
        self,
        name: str,
        description: str | None = None,
        is_paused: bool | None = None,
        concurrency_limit: int | None = None,
        priority: int | None = None,
        work_pool_name: str | None = None,
    ) -> WorkQueue:
        """Make a queue and return it; `ObjectAlreadyExists` if its pool has one of that name."""
        wanted = WorkQueueCreate(
            name=name, description=description, is_paused=bool(is_paused),
            concurrency_limit=concurrency_limit, priority=priority,
        )  # fmt: skip
        return work_queues.create(self._store, wanted, work_pool_name=work_pool_name)

    def read_work_queue(self, id: UUID) -> WorkQueue:
        """Return a queue; `ObjectNotFound` if there is none."""
        return work_queues.read(self._store, id)

    def read_work_queue_by_name(self, name: str, work_pool_name: str | None = None) -> WorkQueue:
        """Return a queue by its name and its pool's; `ObjectNotFound` if there is none."""
        return work_queues.read_by_name(self._store, name, work_pool_name=work_pool_name)

    def read_work_queues(
        self,
        work_pool_name: str | None = None,
        work_queue_filter: WorkQueueFilter | None = None,
        limit: int | None = None,
        offset: int | None = None,
    ) -> list[WorkQueue]:
        """Return the queues that a filter lets through, by pool, in the order they are looked into."""
        return work_queues.select(
            self._store, work_pool_name=work_pool_name, work_queue_filter=work_queue_filter, limit=limit,
            offset=offset or 0,
        )  # fmt: skip

    def match_work_queues(self, prefixes: list[str], work_pool_name: str | None = None) -> list[WorkQueue]:
        """Return the queues of a pool whose names begin in one of these ways."""
        return work_queues.select(
            self._store,
            work_pool_name=work_pool_name or DEFAULT_AGENT_POOL,
            work_queue_filter=WorkQueueFilter(name=WorkQueueFilterName(startswith_=prefixes)),
        )

    def update_work_queue(self, id: UUID, **kwargs: Any) -> None:
        """Change what is given about a queue, as `WorkQueueUpdate` has it; `ObjectNotFound` if there is none."""
        work_queues.update(self._store, id, WorkQueueUpdate(**kwargs))

    def delete_work_queue_by_id(self, id: UUID) -> None:
        """Delete a queue; `ObjectNotFound` if there is none."""
        work_queues.delete(self._store, id)

    def read_work_queue_status(self, id: UUID) -> WorkQueueStatusDetail:
        """Return whether a queue is healthy; `ObjectNotFound` if there is none."""
        return work_queues.health(self._store, id)

    def read_work_queue_concurrency_status(self, id: UUID) -> WorkQueueConcurrencyStatus:
        """Return who takes the places of a queue; `ObjectNotFound` if there is none."""
        queue = work_queues.read(self._store, id)
        every = work_pools.slots(self._store, queue.work_pool_name).queues
        return next(each for each in every if each.queue_id == queue.id)

    def get_runs_in_work_queue(
        self, id: UUID, limit: int = 10, scheduled_before: datetime | None = None
    ) -> list[FlowRun]:
        """Return the runs that wait in a queue, the first one first; `ObjectNotFound` if there is none."""
        queue = work_queues.read(self._store, id)
        return work_pools.waiting(
            self._store, queue.work_pool_name, queue=queue.name, before=scheduled_before, limit=limit
        )


class WorkQueueAsyncClient(OfStore):
    """The same for code that awaits, derived from `WorkQueueClient`."""

    create_work_queue = awaitable(WorkQueueClient.create_work_queue)
    read_work_queue = awaitable(WorkQueueClient.read_work_queue)
    read_work_queue_by_name = awaitable(WorkQueueClient.read_work_queue_by_name)
    read_work_queues = awaitable(WorkQueueClient.read_work_queues)
    match_work_queues = awaitable(WorkQueueClient.match_work_queues)
    update_work_queue = awaitable(WorkQueueClient.update_work_queue)
    delete_work_queue_by_id = awaitable(WorkQueueClient.delete_work_queue_by_id)
    read_work_queue_status = awaitable(WorkQueueClient.read_work_queue_status)
    read_work_queue_concurrency_status = awaitable(WorkQueueClient.read_work_queue_concurrency_status)
    get_runs_in_work_queue = awaitable(WorkQueueClient.get_runs_in_work_queue)
