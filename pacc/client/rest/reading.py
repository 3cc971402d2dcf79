"""The addresses that only read, noun by noun."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from pacc.client.rest.asking import MOST, Asked, Route, fields, made, required, wanted, whole
from pacc.schemas.automation_filters import AutomationFilter
from pacc.schemas.concurrency import TAG_PREFIX
from pacc.schemas.event_filters import EventFilter
from pacc.schemas.filters import (
    ArtifactCollectionFilter,
    ArtifactFilter,
    DeploymentFilter,
    FlowFilter,
    FlowRunFilter,
    LogFilter,
    TaskRunFilter,
    WorkerFilter,
    WorkPoolFilter,
    WorkQueueFilter,
)
from pacc.schemas.sorting import (
    ArtifactCollectionSort,
    ArtifactSort,
    DeploymentSort,
    FlowRunSort,
    FlowSort,
    LogSort,
    TaskRunSort,
)
from pacc.services import (
    artifacts,
    assets,
    automations,
    backfills,
    block_types,
    blocks,
    concurrency_limits,
    deployment_schedules,
    deployments,
    event_pages,
    events,
    flow_runs,
    flows,
    graphs,
    log_search,
    notifications,
    results,
    run_inputs,
    task_runs,
    variables,
    work_pools,
    work_queues,
    workers,
)
from pacc.settings import SETTINGS, get_current_settings

if TYPE_CHECKING:
    from collections.abc import Callable
    from enum import StrEnum

    from pacc.schemas.criteria import Criteria
    from pacc.schemas.event_pages import EventPage

_RUNS: dict[str, tuple[str, type[Criteria]]] = {
    "flows": ("flow_filter", FlowFilter),
    "flow_runs": ("flow_run_filter", FlowRunFilter),
    "task_runs": ("task_run_filter", TaskRunFilter),
    "deployments": ("deployment_filter", DeploymentFilter),
}
_ARTIFACTS: dict[str, tuple[str, type[Criteria]]] = {
    "artifacts": ("artifact_filter", ArtifactFilter),
    **{name: _RUNS[name] for name in ("flow_runs", "task_runs")},
}
_POOLS: dict[str, tuple[str, type[Criteria]]] = {"work_pools": ("work_pool_filter", WorkPoolFilter)}
_LATEST: dict[str, tuple[str, type[Criteria]]] = {
    **_ARTIFACTS,
    "artifacts": ("artifact_filter", ArtifactCollectionFilter),
}


def _named(read: Callable[..., Any]) -> Callable[[Asked], Any]:
    """Answer with the one thing the address names."""
    return lambda asked: read(asked.store, *asked.names)


def _listed(
    select: Callable[..., Any],
    filters: dict[str, tuple[str, type[Criteria]]],
    sort: type[StrEnum] | None = None,
) -> Callable[[Asked], Any]:
    """Answer with what the filters of the body let through."""
    return lambda asked: select(asked.store, **wanted(asked, filters, sort=sort))


def _counted(
    count: Callable[..., int], filters: dict[str, tuple[str, type[Criteria]]]
) -> Callable[[Asked], int]:
    """Answer with how many the filters of the body let through."""

    def answer(asked: Asked) -> int:
        body = fields(asked, *filters)
        given = {filters[name][0]: made(filters[name][1], value, name) for name, value in body.items()}
        return count(asked.store, **given)

    return answer


def _all(select: Callable[..., Any]) -> Callable[[Asked], Any]:
    """Answer with a listing that knows no filters."""

    def answer(asked: Asked) -> Any:
        body = fields(asked, "limit", "offset")
        offset = whole(body, "offset", 0)
        return select(asked.store)[offset : offset + whole(body, "limit", MOST)]

    return answer


def _flow_by_name(asked: Asked) -> Any:
    return flows.read_by_name(asked.store, asked.names[0])


def _deployment_by_name(asked: Asked) -> Any:
    return deployments.read_by_name(asked.store, "/".join(asked.names))


def _flow_run_states(asked: Asked) -> Any:
    return flow_runs.states(asked.store, required(asked.query, "flow_run_id"))


def _task_run_states(asked: Asked) -> Any:
    return task_runs.states(asked.store, required(asked.query, "task_run_id"))


def _inputs(asked: Asked) -> Any:
    body = fields(asked, "prefix", "limit", "exclude_keys")
    return run_inputs.select(
        asked.store, asked.names[0], body.get("prefix") or "", limit=whole(body, "limit", MOST),
        exclude_keys=set(body.get("exclude_keys") or ()),
    )  # fmt: skip


def _logs(asked: Asked) -> Any:
    given = wanted(asked, {"logs": ("log_filter", LogFilter)}, sort=LogSort)
    return log_search.select(asked.store, given.pop("log_filter", None), **given)


def _count(select: Callable[..., Any]) -> Callable[[Asked], int]:
    return lambda asked: len(select(asked.store))


def _block(asked: Asked) -> Any:
    return blocks.read(asked.store, asked.names[0], include_secrets=False)


def _block_by_name(asked: Asked) -> Any:
    slug, name = asked.names
    return blocks.read_by_name(asked.store, slug, name, include_secrets=False)


def _blocks(asked: Asked) -> Any:
    body = fields(asked, "limit", "offset")
    return blocks.select(
        asked.store, slug=asked.names[0] if asked.names else None, include_secrets=False,
        limit=whole(body, "limit", MOST), offset=whole(body, "offset", 0),
    )  # fmt: skip


def _queues(asked: Asked) -> Any:
    given = wanted(asked, {"work_queues": ("work_queue_filter", WorkQueueFilter)})
    pool = work_pools.read(asked.store, asked.names[0]).name if asked.names else None
    return work_queues.select(asked.store, work_pool_name=pool, **given)


def _queue(asked: Asked) -> Any:
    pool, name = asked.names
    return work_queues.read_by_name(asked.store, name, work_pool_name=pool)


def _workers(asked: Asked) -> Any:
    given = wanted(asked, {"workers": ("worker_filter", WorkerFilter)})
    return workers.select(asked.store, work_pools.read(asked.store, asked.names[0]).id, **given)


def _latest(asked: Asked) -> Any:
    return artifacts.find(asked.store, asked.names[0])


def _limits(asked: Asked, *, tags: bool) -> Any:
    body = fields(asked, "limit", "offset")
    return concurrency_limits.select(
        asked.store, tags=tags, limit=whole(body, "limit", MOST), offset=whole(body, "offset", 0)
    )


def _limit_of_tag(asked: Asked) -> Any:
    return concurrency_limits.read(asked.store, f"{TAG_PREFIX}{asked.names[0]}")


def _automation(asked: Asked) -> Any:
    return automations.model_of(automations.read(asked.store, asked.names[0])).model_dump(mode="json")


def _automations(asked: Asked) -> Any:
    given = wanted(asked, {"automations": ("wanted", AutomationFilter)})
    found = automations.select(asked.store, given.pop("wanted", None), **given)
    return [automations.model_of(each).model_dump(mode="json") for each in found]


def _related(asked: Asked) -> Any:
    found = automations.related_to(asked.store, asked.names[0])
    return [automations.model_of(each).model_dump(mode="json") for each in found]


def _events(asked: Asked) -> Any:
    body = fields(asked, "filter", "limit")
    chosen = made(EventFilter, body.get("filter") or {}, "filter")
    return _page(event_pages.first(asked.store, chosen, limit=whole(body, "limit", 50)))  # type: ignore[arg-type]  # it is an EventFilter


def _more_events(asked: Asked) -> Any:
    return _page(event_pages.following(asked.store, required(asked.query, "page-token")))


def _page(page: EventPage) -> Any:
    told = [events.plain(each) for each in page.events]
    return {"events": told, "total": page.total, "next_page": page.next_page}


def _assets(asked: Asked) -> Any:
    body = fields(asked, "prefix", "search", "limit")
    return assets.select(
        asked.store, prefix=body.get("prefix"), search=body.get("search"), limit=whole(body, "limit", MOST)
    )


def _settings(asked: Asked) -> Any:
    del asked
    settings = get_current_settings()
    return {name: each.masked(settings.value(each)) for name, each in SETTINGS.items()}


def _version(asked: Asked) -> str:
    del asked
    return str(sys.modules["pacc"].__version__)


READS = (
    Route("GET", "health", lambda asked: bool(asked.store.data_version())),
    Route("GET", "admin/version", _version),
    Route("GET", "admin/settings", _settings),
    Route("POST", "flows/filter", _listed(flows.select, _RUNS, FlowSort)),
    Route("POST", "flows/count", _count(flows.select)),
    Route("GET", "flows/name/{name}", _flow_by_name),
    Route("GET", "flows/{id}", _named(flows.read)),
    Route("POST", "flow_runs/filter", _listed(flow_runs.select, _RUNS, FlowRunSort)),
    Route("POST", "flow_runs/count", _counted(flow_runs.count, _RUNS)),
    Route("GET", "flow_runs/{id}", _named(flow_runs.read)),
    Route("GET", "flow_runs/{id}/graph-v2", _named(graphs.read)),
    Route("POST", "flow_runs/{id}/input/filter", _inputs),
    Route("GET", "flow_runs/{id}/input/{key}", _named(run_inputs.read)),
    Route("GET", "flow_run_states", _flow_run_states),
    Route("POST", "task_runs/filter", _listed(task_runs.select, _RUNS, TaskRunSort)),
    Route("POST", "task_runs/count", _counted(task_runs.count, _RUNS)),
    Route("GET", "task_runs/{id}", _named(task_runs.read)),
    Route("GET", "task_run_states", _task_run_states),
    Route("POST", "logs/filter", _logs),
    Route("POST", "deployments/filter", _listed(deployments.select, _RUNS, DeploymentSort)),
    Route("POST", "deployments/count", _counted(deployments.count, _RUNS)),
    Route("GET", "deployments/name/{flow}/{name}", _deployment_by_name),
    Route("GET", "deployments/{id}", _named(deployments.read)),
    Route("GET", "deployments/{id}/schedules", _named(deployment_schedules.read_all)),
    Route("POST", "variables/filter", _all(variables.select)),
    Route("POST", "variables/count", _count(variables.select)),
    Route("GET", "variables/name/{name}", _named(variables.read)),
    Route("POST", "block_types/filter", _all(block_types.select_types)),
    Route("GET", "block_types/slug/{slug}", _named(block_types.find_type)),
    Route("GET", "block_types/slug/{slug}/block_documents", _blocks),
    Route("GET", "block_types/slug/{slug}/block_documents/name/{name}", _block_by_name),
    Route("GET", "block_types/{id}", _named(block_types.read_type)),
    Route("POST", "block_schemas/filter", _all(block_types.select_schemas)),
    Route("GET", "block_schemas/checksum/{checksum}", _named(block_types.find_schema)),
    Route("GET", "block_schemas/{id}", _named(block_types.read_schema)),
    Route("POST", "block_documents/filter", _blocks),
    Route("GET", "block_documents/{id}", _block),
    Route("POST", "work_pools/filter", _listed(work_pools.select, _POOLS)),
    Route("POST", "work_pools/count", _count(work_pools.select)),
    Route("GET", "work_pools/{name}", _named(work_pools.read)),
    Route("POST", "work_pools/{name}/queues/filter", _queues),
    Route("GET", "work_pools/{name}/queues/{queue}", _queue),
    Route("POST", "work_pools/{name}/workers/filter", _workers),
    Route("POST", "work_pools/{name}/get_scheduled_flow_runs", _named(work_pools.waiting)),
    Route("POST", "work_queues/filter", _queues),
    Route("GET", "work_queues/name/{name}", _named(work_queues.read_by_name)),
    Route("GET", "work_queues/{id}", _named(work_queues.read)),
    Route("GET", "work_queues/{id}/status", _named(work_queues.health)),
    Route("POST", "artifacts/filter", _listed(artifacts.select, _ARTIFACTS, ArtifactSort)),
    Route("POST", "artifacts/count", _count(artifacts.select)),
    Route(
        "POST", "artifacts/latest/filter", _listed(artifacts.select_latest, _LATEST, ArtifactCollectionSort)
    ),
    Route("GET", "artifacts/{key}/latest", _latest),
    Route("GET", "artifacts/{id}", _named(artifacts.read)),
    Route("POST", "concurrency_limits/filter", lambda asked: _limits(asked, tags=True)),
    Route("GET", "concurrency_limits/tag/{tag}", _limit_of_tag),
    Route("POST", "v2/concurrency_limits/filter", lambda asked: _limits(asked, tags=False)),
    Route("GET", "v2/concurrency_limits/{id_or_name}", _named(concurrency_limits.read)),
    Route("POST", "automations/filter", _automations),
    Route("POST", "automations/count", _count(automations.select)),
    Route("GET", "automations/related-to/{resource}", _related),
    Route("GET", "automations/{id}", _automation),
    Route("POST", "events/filter", _events),
    Route("GET", "events/filter/next", _more_events),
    Route("POST", "assets/filter", _assets),
    Route("POST", "results/filter", _all(results.select)),
    Route("POST", "backfills/filter", _all(backfills.select)),
    Route("POST", "flow_run_notification_policies/filter", _all(notifications.select)),
)
"""The first one that fits answers."""
