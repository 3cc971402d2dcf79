"""The client's methods for work pools and workers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pacc._internal.steps import awaitable
from pacc.client.orchestration._base import OfStore
from pacc.schemas.work_pools import WorkerFlowRunResponse
from pacc.services import work_pools, work_queues, workers

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from pacc.schemas.filters import WorkerFilter, WorkPoolFilter
    from pacc.schemas.work_pools import (
        Worker,
        WorkPool,
        WorkPoolConcurrencyStatus,
        WorkPoolCreate,
        WorkPoolUpdate,
    )

_INTERVAL = 30


class WorkPoolClient(OfStore):
    """What code that does not await asks and says about work pools."""

    def create_work_pool(self, work_pool: WorkPoolCreate, overwrite: bool = False) -> WorkPool:
        """Make a pool and return it; `ObjectAlreadyExists` if its name is taken and nothing is to be overwritten."""
        return work_pools.create(self._store, work_pool, overwrite=overwrite)

    def read_work_pool(self, work_pool_name: str) -> WorkPool:
        """Return a pool; `ObjectNotFound` if there is none of that name."""
        return work_pools.read(self._store, work_pool_name)

    def read_work_pools(
        self, limit: int | None = None, offset: int = 0, work_pool_filter: WorkPoolFilter | None = None
    ) -> list[WorkPool]:
        """Return the pools that a filter lets through, by name."""
        return work_pools.select(self._store, work_pool_filter=work_pool_filter, limit=limit, offset=offset)

    def update_work_pool(self, work_pool_name: str, work_pool: WorkPoolUpdate) -> None:
        """Change what is given about a pool; `ObjectNotFound` if there is none of that name."""
        work_pools.update(self._store, work_pool_name, work_pool)

    def delete_work_pool(self, work_pool_name: str) -> None:
        """Delete a pool with its queues; `ObjectNotFound` if there is none of that name."""
        work_pools.delete(self._store, work_pool_name)

    def read_work_pool_concurrency_status(self, work_pool_name: str) -> WorkPoolConcurrencyStatus:
        """Return who takes the places of a pool; `ObjectNotFound` if there is none of that name."""
        return work_pools.slots(self._store, work_pool_name)

    def get_scheduled_flow_runs_for_work_pool(
        self,
        work_pool_name: str,
        work_queue_names: list[str] | None = None,
        scheduled_before: datetime | None = None,
    ) -> list[WorkerFlowRunResponse]:
        """Return the runs that wait in a pool, those of the most important queue first; they are not claimed by that."""
        queues = {
            queue.name: queue for queue in work_queues.select(self._store, work_pool_name=work_pool_name)
        }
        return [
            WorkerFlowRunResponse(
                work_pool_id=queues[run.work_queue_name].work_pool_id,
                work_queue_id=queues[run.work_queue_name].id,
                flow_run=run,
            )
            for run in work_pools.waiting(self._store, work_pool_name, before=scheduled_before)
            if run.work_queue_name in queues
            and (work_queue_names is None or run.work_queue_name in work_queue_names)
        ]

    def send_worker_heartbeat(
        self,
        work_pool_name: str,
        worker_name: str,
        heartbeat_interval_seconds: float | None = None,
        get_worker_id: bool = False,
    ) -> UUID | None:
        """Say that a worker is there; return its id if that is asked for."""
        pool = work_pools.read(self._store, work_pool_name)
        interval = _INTERVAL if heartbeat_interval_seconds is None else int(heartbeat_interval_seconds)
        worker = workers.beat(self._store, pool.id, worker_name, interval=interval)
        return worker if get_worker_id else None

    def read_workers_for_work_pool(
        self,
        work_pool_name: str,
        worker_filter: WorkerFilter | None = None,
        offset: int | None = None,
        limit: int | None = None,
    ) -> list[Worker]:
        """Return the workers of a pool, the one heard of last first; `ObjectNotFound` if there is none of that name."""
        pool = work_pools.read(self._store, work_pool_name)
        return workers.select(
            self._store, pool.id, worker_filter=worker_filter, limit=limit, offset=offset or 0
        )


class WorkPoolAsyncClient(OfStore):
    """The same for code that awaits, derived from `WorkPoolClient`."""

    create_work_pool = awaitable(WorkPoolClient.create_work_pool)
    read_work_pool = awaitable(WorkPoolClient.read_work_pool)
    read_work_pools = awaitable(WorkPoolClient.read_work_pools)
    update_work_pool = awaitable(WorkPoolClient.update_work_pool)
    delete_work_pool = awaitable(WorkPoolClient.delete_work_pool)
    read_work_pool_concurrency_status = awaitable(WorkPoolClient.read_work_pool_concurrency_status)
    get_scheduled_flow_runs_for_work_pool = awaitable(WorkPoolClient.get_scheduled_flow_runs_for_work_pool)
    send_worker_heartbeat = awaitable(WorkPoolClient.send_worker_heartbeat)
    read_workers_for_work_pool = awaitable(WorkPoolClient.read_workers_for_work_pool)
