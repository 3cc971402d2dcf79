"""From rows to events: the state of a run stands in one as its run and a number, and everything else is read off the run.

What became of other nouns stands in one as facts, see `event_facts`; what code said, as JSON, and so do the oldest rows. Whoever reads many rows hands them over together; each run is looked up once.
"""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any, TypeAlias
from uuid import UUID

from pacc._internal import clock
from pacc._internal.ids import derived_id, first_id
from pacc._internal.jsontext import dumps
from pacc.schemas.events import FOLLOWS_WITHIN, ReceivedEvent, Resource
from pacc.services.event_facts import in_words
from pacc.services.event_resources import a_related, tags_of

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable

    from pacc.schemas.events import RelatedResource
    from pacc.store import Store

    Row: TypeAlias = sqlite3.Row | dict[str, Any]

FLOW_RUN = "pacc.flow-run."
TASK_RUN = "pacc.task-run."

_WITHIN = FOLLOWS_WITHIN // timedelta(microseconds=1)
_LONGEST_MESSAGE = 100_000
_lenient = json.JSONDecoder(
    strict=False
).decode  # what a trigger of an older schema put together may hold control characters


def events_of(store: Store, rows: Iterable[Row]) -> list[ReceivedEvent]:
    """Return the events that rows stand for, in their order.

    Args:
        store: where their runs are.
        rows: rows of `event`, all columns.
    """
    rows = list(rows)
    states = [row["resource_id"] for row in rows if row["version"] is not None]
    runs = Runs(store, states) if states else None
    return [_told(row) if row["version"] is None or runs is None else runs.event(row) for row in rows]


def id_of(row: Row) -> str:
    """Return the id of the event in a row, which follows from the row where it is not stored."""
    if row["id"] is not None:
        return str(row["id"])
    if row["version"] is not None:
        return derived_id(row["resource_id"][len(FLOW_RUN) :], row["version"])
    return derived_id(first_id(row["occurred"]), row["seq"])


def _told(row: Row) -> ReceivedEvent:
    if row["facts"] is None:
        labels = _lenient(row["resource"]) if row["resource"] else {}
        related = _lenient(row["related"]) if row["related"] else []
        payload = _lenient(row["payload"]) if row["payload"] else {}
    else:
        labels, related, payload = in_words(row["event"], row["resource_id"], row["facts"])
    return ReceivedEvent(
        id=UUID(id_of(row)),
        seq=row["seq"],
        occurred=clock.to_datetime(row["occurred"]),
        received=clock.to_datetime(row["received"] or row["occurred"]),
        event=row["event"],
        resource=Resource({"pacc.resource.id": row["resource_id"], **labels}),
        related=related,
        payload=payload,
        follows=UUID(row["follows"]) if row["follows"] else None,
    )


class Runs:
    """The runs whose states a batch of rows stands for.

    Args:
        store: where they are.
        resources: the ids of their resources.
    """

    def __init__(self, store: Store, resources: Iterable[str]) -> None:
        wanted = set(resources)
        tasks = [each[len(TASK_RUN) :] for each in wanted if each.startswith(TASK_RUN)]
        self._tasks = _by_id(store, "events.task_runs", tasks)
        flows = {each[len(FLOW_RUN) :] for each in wanted if each.startswith(FLOW_RUN)}
        flows |= {row["flow_run_id"] for row in self._tasks.values() if row["flow_run_id"]}
        self._flows = _by_id(store, "events.flow_runs", flows)
        self._lines: dict[str, list[str]] = {}
        self._related: dict[str, list[RelatedResource]] = {}

    def event(self, row: Row) -> ReceivedEvent:
        """Return the event of a run's state."""
        resource_id, version = row["resource_id"], row["version"]
        run_id = resource_id[len(FLOW_RUN) :]
        is_task = resource_id.startswith(TASK_RUN)
        run = (self._tasks if is_task else self._flows).get(run_id)
        before, line = self._states(run, version)
        labels = {
            "pacc.resource.id": resource_id,
            "pacc.state-name": row["event"][len(FLOW_RUN) :],
            "pacc.state-timestamp": clock.to_datetime(row["occurred"]).isoformat(),
        }
        if run is not None:
            labels["pacc.resource.name"] = run["name"]
        if line:
            labels["pacc.run-count"] = str(line["n"])
            labels["pacc.state-type"] = line["type"]
            labels["pacc.state-message"] = (line.get("message") or "")[:_LONGEST_MESSAGE]
        if is_task:
            labels["pacc.orchestration"] = "client"
        follows = before and abs(row["occurred"] - before["t"]) <= _WITHIN
        return ReceivedEvent(
            id=UUID(derived_id(run_id, version)),
            seq=row["seq"],
            occurred=clock.to_datetime(row["occurred"]),
            received=clock.to_datetime(row["received"] or row["occurred"]),
            event=row["event"],
            resource=Resource(labels),
            related=self._involved(run, is_task=is_task),
            payload=_payload(before, line),
            follows=UUID(derived_id(run_id, version - 1)) if follows else None,
        )

    def _states(self, run: Row | None, version: int) -> tuple[Any, Any]:
        """Return the line of history before a version, and that of the version; `None` where there is none."""
        if run is None:
            return None, None
        lines = self._lines.get(run["id"])
        if lines is None:
            lines = self._lines[run["id"]] = run["history"].split("\n")
        present = json.loads(lines[version - 1]) if version <= len(lines) else None
        return (json.loads(lines[version - 2]) if 1 < version <= len(lines) else None), present

    def _involved(self, run: Row | None, *, is_task: bool) -> list[RelatedResource]:
        if run is None:
            return []
        found = self._related.get(run["id"])
        if found is None:
            found = self._related[run["id"]] = self._involved_in_task(run) if is_task else involved_in(run)
        return found

    def _involved_in_task(self, run: Row) -> list[RelatedResource]:
        related = []
        around = self._flows.get(run["flow_run_id"] or "")
        if around is not None:
            related.append(a_related("flow-run", around["id"], around["name"]))
            related += involved_in(around)
        tags = {each.id for each in related if each.role == "tag"}
        return related + [each for each in tags_of(json.loads(run["tags"])) if each.id not in tags]


def involved_in(run: Row) -> list[RelatedResource]:
    """Return what a flow run belongs to, from its row of `events.flow_runs`."""
    related = [a_related("flow", run["flow_id"], run["flow_name"])]
    if run["deployment_id"]:
        related.append(a_related("deployment", run["deployment_id"], run["deployment_name"]))
    if run["work_queue_id"]:
        related.append(a_related("work-queue", run["work_queue_id"], run["work_queue_name"]))
    if run["work_pool_id"]:
        pool = a_related(
            "work-pool", run["work_pool_id"], run["work_pool_name"], work_pool__type=run["work_pool_type"]
        )
        related.append(pool)
    if run["parent_task_run_id"]:
        related.append(a_related("task-run", run["parent_task_run_id"]))
    maker: dict[str, Any] = json.loads(run["created_by"]) if run["created_by"] else {}
    if maker.get("id") and maker.get("type") in {"DEPLOYMENT", "AUTOMATION"}:
        kind = maker["type"].lower()
        related.append(a_related(kind, maker["id"], maker.get("display_value"), role="creator"))
    return related + tags_of(json.loads(run["tags"]))


def _payload(before: dict[str, Any] | None, line: dict[str, Any] | None) -> dict[str, Any]:
    if line is None:
        return {}
    initial = None if before is None else _state(before)
    return {
        "intended": {"from": before and before["type"], "to": line["type"]},
        "initial_state": initial,
        "validated_state": _state(line),
    }


def _state(line: dict[str, Any]) -> dict[str, Any]:
    told = {"type": line["type"], "name": line["name"], "message": line.get("message") or ""}
    if line.get("details"):
        told["state_details"] = line["details"]
    return told


def _by_id(store: Store, statement: str, ids: Iterable[str]) -> dict[str, Row]:
    wanted = sorted(ids)
    if not wanted:
        return {}
    return {row["id"]: row for row in store.read(statement, {"ids": dumps(wanted)})}
