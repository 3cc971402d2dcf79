"""The client under Prefect's name: every method one call of a service, in this process, on the store of the settings in force.

Each noun has a module of its own here. Methods of Prefect's client that are in none of them have nothing behind them yet; asking
for one is an `AttributeError`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, overload

from pacc.client.orchestration._artifacts import ArtifactAsyncClient, ArtifactClient
from pacc.client.orchestration._automations import AutomationAsyncClient, AutomationClient
from pacc.client.orchestration._blocks import BlockAsyncClient, BlockClient
from pacc.client.orchestration._concurrency_limits import ConcurrencyLimitAsyncClient, ConcurrencyLimitClient
from pacc.client.orchestration._deployments import DeploymentAsyncClient, DeploymentClient
from pacc.client.orchestration._events import EventAsyncClient, EventClient
from pacc.client.orchestration._flow_runs import FlowRunAsyncClient, FlowRunClient
from pacc.client.orchestration._flows import FlowAsyncClient, FlowClient
from pacc.client.orchestration._logs import LogAsyncClient, LogClient
from pacc.client.orchestration._store import StoreAsyncClient, StoreClient
from pacc.client.orchestration._task_runs import TaskRunAsyncClient, TaskRunClient
from pacc.client.orchestration._variables import VariableAsyncClient, VariableClient
from pacc.client.orchestration._webhooks import WebhookAsyncClient, WebhookClient
from pacc.client.orchestration._work_pools import WorkPoolAsyncClient, WorkPoolClient
from pacc.client.orchestration._work_queues import WorkQueueAsyncClient, WorkQueueClient

if TYPE_CHECKING:
    from typing import Self

__all__ = ["PaccClient", "SyncPaccClient", "get_client"]


class SyncPaccClient(
    StoreClient,
    FlowClient,
    FlowRunClient,
    DeploymentClient,
    TaskRunClient,
    LogClient,
    VariableClient,
    BlockClient,
    ConcurrencyLimitClient,
    ArtifactClient,
    EventClient,
    AutomationClient,
    WebhookClient,
    WorkPoolClient,
    WorkQueueClient,
):
    """The client for code that does not await.

    Args:
        store: the store to speak to; the one of the settings in force by default.

    >>> with get_client(sync_client=True) as client:  # doctest: +SKIP
    ...     client.read_flow_runs(limit=5)
    """

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        return None


class PaccClient(
    StoreAsyncClient,
    FlowAsyncClient,
    FlowRunAsyncClient,
    DeploymentAsyncClient,
    TaskRunAsyncClient,
    LogAsyncClient,
    VariableAsyncClient,
    BlockAsyncClient,
    ConcurrencyLimitAsyncClient,
    ArtifactAsyncClient,
    EventAsyncClient,
    AutomationAsyncClient,
    WebhookAsyncClient,
    WorkPoolAsyncClient,
    WorkQueueAsyncClient,
):
    """The client for code that awaits: the methods of `SyncPaccClient`, each derived from it.

    Args:
        store: the store to speak to; the one of the settings in force by default.

    >>> async with get_client() as client:  # doctest: +SKIP
    ...     await client.read_flow_runs(limit=5)
    """

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        return None


@overload
def get_client(
    httpx_settings: dict[str, Any] | None = None, sync_client: Literal[False] = False
) -> PaccClient: ...
@overload
def get_client(
    httpx_settings: dict[str, Any] | None = None, *, sync_client: Literal[True]
) -> SyncPaccClient: ...


def get_client(
    httpx_settings: dict[str, Any] | None = None, sync_client: bool = False
) -> PaccClient | SyncPaccClient:
    """Return a client of the store in force.

    Args:
        httpx_settings: taken for compatibility; nothing goes over HTTP.
        sync_client: a client to call instead of one to await.

    Raises:
        StoreError: the store cannot be opened.

    >>> with get_client(sync_client=True) as client:  # doctest: +SKIP
    ...     failed = client.read_flow_runs(flow_run_filter=FlowRunFilter(state={"type": {"any_": ["FAILED"]}}))
    """
    del httpx_settings
    return SyncPaccClient() if sync_client else PaccClient()
