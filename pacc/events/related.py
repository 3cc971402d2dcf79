"""What an event is related to because of the run it is told from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pacc._internal.jsontext import dumps
from pacc.context import FlowRunContext, TaskRunContext, innermost
from pacc.schemas.event_filters import own_id
from pacc.services.event_resources import a_related, tags_of
from pacc.services.event_rows import involved_in

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pacc.schemas.events import RelatedResource

_MOST = 100

_known: dict[str, list[RelatedResource]] = {}
"""What flow runs of this process belong to, by their ids."""


def related_to_run() -> list[RelatedResource]:
    """Return the resources that the run this code is in is, and belongs to; none outside runs."""
    context = innermost()
    if context is None:
        return []
    related: list[RelatedResource] = []
    flow_context: FlowRunContext | None
    if isinstance(context, TaskRunContext):
        flow_context = context.flow_context
        related.append(a_related("task-run", context.run.id, context.run.name))
    else:
        flow_context = context
    tags = set(context.run.tags)
    if flow_context is not None:
        related[:0] = _of_flow_run(flow_context.run)
        tags -= set(flow_context.run.tags)
    return related + tags_of(tags)


async def related_resources_from_run_context(
    client: Any = None, exclude: set[str] | None = None
) -> list[RelatedResource]:
    """Return the resources that the run this code is in is, and belongs to.

    Args:
        client: Prefect's, and not needed: the store of the run is asked.
        exclude: ids of resources to leave out.
    """
    del client
    left_out = exclude or set()
    return [each for each in related_to_run() if own_id(each) not in left_out and each.id not in left_out]


def tags_as_related_resources(tags: Iterable[str]) -> list[RelatedResource]:
    """Return tags as the resources they are.

    >>> tags_as_related_resources(["nightly"])
    [{'pacc.resource.id': 'pacc.tag.nightly', 'pacc.resource.role': 'tag'}]
    """
    return tags_of(tags)


def object_as_related_resource(kind: str, role: str, object: Any) -> RelatedResource:
    """Return a record, e.g. of a flow run, as the resource it is."""
    return a_related(kind, str(object.id), getattr(object, "name", None), role=role)


def _of_flow_run(run: Any) -> list[RelatedResource]:
    """Return a flow run and what it belongs to, as it was when it was first asked for."""
    found = _known.get(run.id)
    if found is None:
        found = [a_related("flow-run", run.id, run.name), *_belongings(run)]
        while len(_known) >= _MOST:
            _known.pop(next(iter(_known)), None)
        _known[run.id] = found
    return list(found)


def _belongings(run: Any) -> list[RelatedResource]:
    if run.deployment_id is not None:
        rows = run.store.read("events.flow_runs", {"ids": dumps([run.id])})
        if rows:
            return involved_in(rows[0])
    return [a_related("flow", run.flow_id, run.flow_name), *tags_of(run.tags)]
