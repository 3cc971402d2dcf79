"""The client's methods for flows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pacc._internal.steps import awaitable
from pacc.client.orchestration._base import OfStore
from pacc.services import (
    flows,
)

if TYPE_CHECKING:
    from uuid import UUID

    from pacc.schemas.filters import DeploymentFilter, FlowFilter, FlowRunFilter, TaskRunFilter
    from pacc.schemas.flows import Flow
    from pacc.schemas.sorting import FlowSort
    from pacc.types.declared import FlowLike


class FlowClient(OfStore):
    """What code that does not await asks and says about flows."""

    def create_flow(self, flow: FlowLike) -> UUID:
        """Make a flow known and return its id; the id it has if it was known."""
        return flows.create(self._store, flow.name)

    def create_flow_from_name(self, flow_name: str) -> UUID:
        """Make a flow of that name known and return its id; the id it has if it was known."""
        return flows.create(self._store, flow_name)

    def read_flow(self, flow_id: UUID) -> Flow:
        """Return a flow; `ObjectNotFound` if there is none."""
        return flows.read(self._store, flow_id)

    def read_flow_by_name(self, flow_name: str) -> Flow:
        """Return the flow of that name; `ObjectNotFound` if there is none."""
        return flows.read_by_name(self._store, flow_name)

    def read_flows(
        self,
        *,
        flow_filter: FlowFilter | None = None,
        flow_run_filter: FlowRunFilter | None = None,
        task_run_filter: TaskRunFilter | None = None,
        deployment_filter: DeploymentFilter | None = None,
        sort: FlowSort | None = None,
        limit: int | None = None,
        offset: int = 0,
    ) -> list[Flow]:
        """Return the flows that every filter given lets through."""
        return flows.select(
            self._store, flow_filter=flow_filter, flow_run_filter=flow_run_filter,
            task_run_filter=task_run_filter, deployment_filter=deployment_filter, sort=sort, limit=limit,
            offset=offset,
        )  # fmt: skip

    def delete_flow(self, flow_id: UUID) -> None:
        """Delete a flow with all its runs."""
        flows.delete(self._store, flow_id)


class FlowAsyncClient(OfStore):
    """The same for code that awaits, derived from `FlowClient`."""

    create_flow = awaitable(FlowClient.create_flow)
    create_flow_from_name = awaitable(FlowClient.create_flow_from_name)
    read_flow = awaitable(FlowClient.read_flow)
    read_flow_by_name = awaitable(FlowClient.read_flow_by_name)
    read_flows = awaitable(FlowClient.read_flows)
    delete_flow = awaitable(FlowClient.delete_flow)
