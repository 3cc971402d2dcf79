"""The graph of a flow run, put together from what its runs recorded about themselves."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from uuid import UUID

from pacc._internal.clock import to_datetime
from pacc.exceptions import ObjectNotFound
from pacc.schemas.graphs import FlowRunGraph, GraphEdge, GraphNode, Wait
from pacc.schemas.states import TERMINAL_STATES
from pacc.services.references import FLOW_RUN, canonical
from pacc.store.columns import duration, moment

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator

    from pacc.store import Store

_PARENTS = "__parents__"
"""Where a task run keeps the task run whose code called it, among its inputs."""
_WAITS = {"PENDING": "slot", "SCHEDULED": "slot", "PAUSED": "pause"}
_SHORTEST_WITH_A_WAIT = 3
"""So many line ends has the history of a run that paused or was tried again."""
_SHORT = 1000
"""Microseconds that are no wait worth telling."""


def read(store: Store, flow_run_id: UUID | str) -> FlowRunGraph:
    """Return the graph of a flow run, whether it is over or not.

    Ten thousand task runs take about a third of a second.

    Raises:
        ObjectNotFound: there is no such run.
    """
    store.journal.flush()
    root = canonical(FLOW_RUN, flow_run_id)
    flow_runs = store.read("graphs.flow_runs", {"id": root})
    if not flow_runs:
        raise ObjectNotFound(f'no flow run "{flow_run_id}"', hint=FLOW_RUN.listing)
    return _Assembly(root, flow_runs, store.read("graphs.task_runs", {"id": root})).graph()


class _Assembly:
    """The rows of one graph, by the ids that other rows call them by."""

    def __init__(self, root: str, flow_runs: list[sqlite3.Row], task_runs: list[sqlite3.Row]) -> None:
        self._root = root
        self._flow_runs = flow_runs
        self._task_runs = {row["id"]: row for row in task_runs}
        self._inputs = {row["id"]: _inputs(row) for row in task_runs}
        self._stands_for = {
            row["parent_task_run_id"]: row["id"]
            for row in flow_runs
            if row["id"] != root and row["parent_task_run_id"] in self._task_runs
        }
        """The nested flow run that each task run stands for."""
        nodes = {row["id"] for row in flow_runs} | self._task_runs.keys() - self._stands_for.keys()
        self._nodes = {identity: UUID(identity) for identity in nodes}

    def graph(self) -> FlowRunGraph:
        """Return the nodes in the order of the calls, and what connects them."""
        calls = [
            (row["parent_task_run_id"] or row["id"], row)
            for row in self._flow_runs
            if row["id"] != self._root
        ]
        calls += [(row["id"], row) for row in self._task_runs.values() if row["id"] not in self._stands_for]
        calls.sort(key=lambda call: call[0])
        root = next(row for row in self._flow_runs if row["id"] == self._root)
        return FlowRunGraph(
            root=self._nodes[self._root],
            nodes=(self._node(root, None), *(self._node(row, called) for called, row in calls)),
            edges=tuple(edge for called, row in calls for edge in self._edges(called, row["id"])),
        )

    def _node(self, row: sqlite3.Row, called: str | None) -> GraphNode:
        is_flow_run = "subject" in row.keys()  # noqa: SIM118 - a row is no mapping: `in` looks at its values
        stand_in = called if is_flow_run and called in self._task_runs else None
        return GraphNode(
            id=self._nodes[row["id"]],
            kind="flow-run" if is_flow_run else "task-run",
            name=row["name"],
            subject=row["subject"] if is_flow_run else _task_name(row),
            inside=None if called is None else self._nodes[self._around(called, row)],
            task_run_id=None if stand_in is None else UUID(stand_in),
            state_type=row["state_type"],
            state_name=row["state_name"],
            start_time=moment(row["start_time"]),
            end_time=moment(row["end_time"]),
            total_run_time=duration(row["total_run_time"]),
            waits=tuple(_waits(row, before_it_began=not is_flow_run)),
        )

    def _around(self, called: str, row: sqlite3.Row) -> str:
        """Return the node whose code made a call: the task run it names, or else the flow run it belongs to."""
        for parent in self._sources(called, _PARENTS):
            return parent
        around = (
            self._task_runs[called]["flow_run_id"] if called in self._task_runs else row["parent_flow_run_id"]
        )
        return around if around in self._nodes else self._root

    def _edges(self, called: str, target: str) -> Iterator[GraphEdge]:
        for parameter in self._inputs.get(called, ()):
            if parameter != _PARENTS:
                for source in self._sources(called, parameter):
                    if source != target:
                        yield GraphEdge(
                            source=self._nodes[source], target=self._nodes[target], parameter=parameter
                        )

    def _sources(self, called: str, parameter: str) -> Iterator[str]:
        """Yield the nodes that a call names as where a parameter came from; others of the store are passed over."""
        for entry in self._inputs.get(called, {}).get(parameter, ()):
            named = entry.get("id")  # what the client recorded may name no run
            identity = self._stands_for.get(named, named)
            if identity in self._nodes:
                yield identity


def _waits(row: sqlite3.Row, *, before_it_began: bool) -> Iterator[Wait]:
    """Yield when a run did not run, from its history; most histories are looked at no closer."""
    text, start = row["history"], row["start_time"]
    if text.count("\n") < _SHORTEST_WITH_A_WAIT and (
        not before_it_began or (start is not None and start - row["created"] < _SHORT)
    ):
        return
    lines = [json.loads(line) for line in text.split("\n")]
    ends: list[int | None] = [line["t"] for line in lines[1:]]
    has_begun = False
    for line, ended in zip(lines, [*ends, None], strict=True):
        kind = _WAITS.get(line["type"])
        has_begun = has_begun or kind is None
        if (kind == "slot" and has_begun) or (ended is not None and line["type"] in TERMINAL_STATES):
            kind = "retry"
        if kind is None or (kind == "slot" and not before_it_began):
            continue
        if ended is None or ended - line["t"] >= _SHORT:
            yield Wait(kind=kind, began=to_datetime(line["t"]), ended=moment(ended))


def _inputs(row: sqlite3.Row) -> dict[str, Any]:
    text = row["task_inputs"]
    return {} if text == "{}" else json.loads(text)


def _task_name(row: sqlite3.Row) -> str:
    """Return the task's name: it stands in the run's unless that was chosen, and then its function's is nearest."""
    suffix = f"-{row['dynamic_key'][:3]}"
    if row["name"].endswith(suffix):
        return str(row["name"][: -len(suffix)])
    return str(row["task_key"]).rpartition("-")[0] or str(row["name"])
