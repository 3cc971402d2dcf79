"""What triggers of the store write down of an event, put into words: the labels of its resource, what was involved, the payload.

A trigger is read by every process that opens the store, so it says no more than values in an agreed order, each as SQL spells it.
This module knows which value is what: the functions below name the facts of each kind of resource as the schema lists them.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from pacc.schemas.events import RESOURCE_ID, RESOURCE_NAME, RESOURCE_ROLE, RelatedResource
from pacc.services.event_resources import a_related

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    Fact: TypeAlias = str | None

_FACT = re.compile(r"'([^']*(?:''[^']*)*)'|NULL")
_POOL_TYPE = "pacc.work-pool.type"


class Words(NamedTuple):
    """An event in words, but for what happened to which resource when."""

    labels: dict[str, str]
    """The resource's, without its id."""
    related: list[RelatedResource]
    payload: dict[str, Any]


def in_words(event: str, resource_id: str, facts: str) -> Words:
    """Put what a trigger wrote down of an event into words.

    Args:
        event: its name.
        resource_id: the id of its resource.
        facts: what was written down.

    >>> in_words("pacc.variable.created", "pacc.variable.1", "'limit','3','[]'").payload
    {'name': 'limit', 'value': 3, 'tags': []}
    """
    _, kind, happened = event.split(".", 2)
    return _KINDS[kind](happened, resource_id, *facts_of(facts))


def facts_of(text: str) -> list[Fact]:
    """Return the values that a text spells as SQL does, one after the other.

    >>> facts_of("'it''s',NULL,''")
    ["it's", None, '']
    """
    return [None if (fact := found[1]) is None else fact.replace("''", "'") for found in _FACT.finditer(text)]


def _variable(_: str, __: str, name: str, value: str, tags: str) -> Words:
    return _named(name, {"name": name, "value": json.loads(value), "tags": json.loads(tags)})


def _flow(_: str, __: str, name: str, tags: str, labels: str) -> Words:
    return _named(name, {"name": name, "tags": json.loads(tags), "labels": json.loads(labels)})


def _deployment(
    happened: str,
    _: str,
    name: str,
    flow_id: Fact,
    flow_name: Fact,
    pool_id: Fact,
    pool_name: Fact,
    pool_type: Fact,
    queue_id: Fact,
    queue_name: Fact,
    *changes: Fact,
) -> Words:
    related = [a_related("flow", flow_id, flow_name)] if flow_id else []
    related += _pool(pool_id, pool_name, pool_type)
    related += [a_related("work-queue", queue_id, queue_name)] if queue_id else []
    told = {
        "paused": int,
        "version": str,
        "work_pool_name": str,
        "work_queue_name": str,
        "concurrency_limit": int,
    }
    fields = (
        "paused", "tags", "parameters", "version", "description", "entrypoint", "path", "pull_steps",
        "work_pool_name", "work_queue_name", "job_variables", "concurrency_limit", "triggers",
    )  # fmt: skip
    return _named(name, _changed(fields, told, changes) if happened == "updated" else {}, related)


def _work_pool(happened: str, _: str, name: str, kind: str, *changes: Fact) -> Words:
    labels = {RESOURCE_NAME: name, _POOL_TYPE: kind, RESOURCE_ROLE: "work-pool"}
    told = {"name": str, "type": str, "description": str, "concurrency_limit": int}
    fields = "name", "type", "description", "base_job_template", "concurrency_limit"
    return Words(labels, [], _changed(fields, told, changes) if happened == "updated" else {})


def _work_queue(
    happened: str, _: str, name: str, pool_id: Fact, pool_name: Fact, pool_type: Fact, *changes: Fact
) -> Words:
    labels = {RESOURCE_NAME: name, RESOURCE_ROLE: "work-queue"}
    told = {"name": str, "description": str, "priority": int, "concurrency_limit": int}
    payload = _changed(told, told, changes) if happened == "updated" else {}
    return Words(labels, _pool(pool_id, pool_name, pool_type), payload)


def _worker(_: str, __: str, name: str, kind: str, pool_id: str, pool_name: str) -> Words:
    labels = {RESOURCE_NAME: name, "pacc.worker-type": kind}
    return Words(labels, _pool(pool_id, pool_name, kind), {})


def _concurrency_limit(happened: str, _: str, name: str, *facts: Fact) -> Words:
    if happened in ("acquired", "released"):
        return _slots(name, *facts)
    keys = "limit", "active", "slot_decay_per_second"
    numbers = {key: json.loads(fact or "null") for key, fact in zip(keys, facts, strict=True)}
    return _named(name, {"name": name, **numbers})


def _slots(name: str, taken: Fact, limit: Fact, holder_type: Fact, holder_id: Fact) -> Words:
    labels = {RESOURCE_NAME: name, "slots-acquired": str(taken), "limit": str(limit)}
    if holder_type is None or holder_id is None:
        return Words(labels, [], {})
    return Words(labels, [a_related(holder_type.replace("_", "-"), holder_id)], {})


def _artifact(
    _: str, resource_id: str, key: Fact, kind: Fact, description: Fact, flow_run_id: Fact, task_run_id: Fact
) -> Words:
    name = resource_id.removeprefix("pacc.artifact.") if key is None else key
    payload = {"key": key, "type": kind, "description": description}
    return _named(name, payload, _runs(flow_run_id, task_run_id))


def _artifact_collection(happened: str, _: str, key: str, *latest: Fact) -> Words:
    if happened == "deleted":
        return _named(key, {"key": key})
    kind, description, artifact_id = latest
    payload = {"key": key, "type": kind, "description": description}
    return _named(key, payload, [a_related("artifact", str(artifact_id), role="latest")])


def _asset(happened: str, _: str, *facts: Fact) -> Words:
    if happened == "referenced":
        return Words({}, _runs(*facts), {})
    name, description, url, owners, upstream, materialized_by, metadata, *runs = facts
    told = {
        RESOURCE_NAME: name,
        "pacc.asset.description": description,
        "pacc.asset.url": url,
        "pacc.asset.owners": owners,
    }
    related = [_in_role("asset", key) for key in json.loads(upstream or "[]")]
    if materialized_by is not None:
        related.append(_in_role("asset-materialized-by", materialized_by))
    labels = {label: value for label, value in told.items() if value is not None}
    return Words(labels, related + _runs(*runs), json.loads(metadata or "{}"))


def _block_type(_: str, __: str, name: str, slug: str, description: Fact, is_protected: str) -> Words:
    told = {"name": name, "slug": slug, "description": description, "is_protected": is_protected != "0"}
    return _named(name, told)


def _block_document(_: str, __: str, name: str, slug: Fact, type_name: Fact, schema_id: str) -> Words:
    related = [a_related("block-type", slug, type_name), a_related("block-schema", schema_id)] if slug else []
    return _named(name, {"name": name}, related)


def _automation(_: str, __: str, name: str, definition: str) -> Words:
    return _named(name, json.loads(definition))


def _webhook(_: str, __: str, name: str, enabled: str, authentication: str) -> Words:
    told = {"name": name, "enabled": enabled != "0", "authentication": authentication}
    return _named(name, told)


_KINDS: dict[str, Callable[..., Words]] = {
    "variable": _variable,
    "flow": _flow,
    "deployment": _deployment,
    "work-pool": _work_pool,
    "work-queue": _work_queue,
    "worker": _worker,
    "concurrency-limit": _concurrency_limit,
    "artifact": _artifact,
    "artifact-collection": _artifact_collection,
    "asset": _asset,
    "block-type": _block_type,
    "block-document": _block_document,
    "automation": _automation,
    "webhook": _webhook,
}


def _named(name: str, payload: dict[str, Any], related: Iterable[RelatedResource] = ()) -> Words:
    return Words({RESOURCE_NAME: name}, list(related), payload)


def _pool(pool_id: Fact, name: Fact, kind: Fact) -> list[RelatedResource]:
    return [a_related("work-pool", pool_id, name, work_pool__type=str(kind))] if pool_id else []


def _runs(flow_run_id: Fact, task_run_id: Fact) -> list[RelatedResource]:
    runs = ("flow-run", flow_run_id), ("task-run", task_run_id)
    return [a_related(kind, run_id) for kind, run_id in runs if run_id is not None]


def _in_role(role: str, resource_id: str) -> RelatedResource:
    return RelatedResource({RESOURCE_ID: resource_id, RESOURCE_ROLE: role})


def _changed(
    fields: Iterable[str], told: Mapping[str, Callable[[str], Any]], facts: Iterable[Fact]
) -> dict[str, Any]:
    """Return the payload of a change.

    Args:
        fields: what may have changed.
        told: of those the ones whose values are told, and what they are.
        facts: before and after of each that is told, and whether each other one changed.
    """
    rest = iter(facts)
    pairs = {field: (next(rest), next(rest)) for field in told}
    changed = {field for field, (before, after) in pairs.items() if before != after}
    changed |= {field for field in fields if field not in told and next(rest) == "1"}
    updates = {
        field: {"from": _as(told[field], pairs[field][0]), "to": _as(told[field], pairs[field][1])}
        for field in told
        if field in changed
    }
    return {"updated_fields": [field for field in fields if field in changed], "updates": updates}


def _as(kind: Callable[[str], Any], fact: Fact) -> Any:
    return None if fact is None else kind(fact)
