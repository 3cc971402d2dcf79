"""The graph of a real flow run: what ran in it, who called whom, which result went where."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest

from pacc import flow, task
from pacc.exceptions import ObjectNotFound
from pacc.schemas.concurrency import TAG_PREFIX
from pacc.services import concurrency_limits, graphs


@task
def fetch(city, delay=0):
    return {"city": city}


@task
def merge(rows):
    return [*rows]


@flow
def inner(place):
    return fetch(place)


def drawn(graph):
    """Names instead of ids: (what, inside what), and (source, target, parameter)."""
    name = {node.id: node.subject for node in graph.nodes}
    return (
        [(node.subject, name.get(node.inside)) for node in graph.nodes],
        [(name[edge.source], name[edge.target], edge.parameter) for edge in graph.edges],
    )


def graph_of(recorded, flow_name=None):
    runs = recorded.flow_runs()
    return graphs.read(recorded.store, runs[0].id)


def test_every_call_is_a_node_in_the_order_of_the_calls(recorded):
    @flow
    def etl():
        merge([fetch("Kiel"), fetch("Lagos")])

    etl()
    nodes, edges = drawn(graph_of(recorded))
    assert nodes == [("etl", None), ("fetch", "etl"), ("fetch", "etl"), ("merge", "etl")]
    assert edges == [("fetch", "merge", "rows"), ("fetch", "merge", "rows")]


def test_a_nested_flow_and_the_task_run_that_stands_for_it_are_one_node(recorded):
    @flow
    def etl():
        place = fetch("Kiel")
        merge([inner(place)])

    etl()
    graph = graph_of(recorded)
    nodes, edges = drawn(graph)
    assert nodes == [("etl", None), ("fetch", "etl"), ("inner", "etl"), ("fetch", "inner"), ("merge", "etl")]
    assert edges == [("fetch", "inner", "place"), ("inner", "merge", "rows")]
    [stood_for] = [node.task_run_id for node in graph.nodes if node.subject == "inner"]
    assert stood_for in {run.id for run in recorded.task_runs("inner")}


def test_states_as_arguments_are_edges_too(recorded):
    @flow
    def etl():
        merge([fetch("Kiel", return_state=True)], wait_for=[inner("Oslo", return_state=True)])

    etl()
    _, edges = drawn(graph_of(recorded))
    assert sorted(edges) == [("fetch", "merge", "rows"), ("inner", "merge", "wait_for")]


def test_a_task_called_by_a_task_is_inside_it(recorded):
    @task
    def outer():
        fetch("Kiel")
        return inner("Kiel")

    flow(lambda: outer(), name="etl")()
    nodes, _ = drawn(graph_of(recorded))
    assert nodes == [
        ("etl", None),
        ("outer", "etl"),
        ("fetch", "outer"),
        ("inner", "outer"),
        ("fetch", "inner"),
    ]


def test_runs_of_other_flow_runs_are_not_in_it(recorded):
    first = flow(lambda: fetch("Kiel"), name="first")
    first()
    flow(lambda: fetch("Lagos"), name="second")()
    fetch("Oslo")
    nodes, _ = drawn(graph_of(recorded))
    assert nodes == [("first", None), ("fetch", "first")]


def test_a_nested_flow_run_has_a_graph_of_its_own(recorded):
    flow(lambda: inner(fetch("Kiel")), name="etl")()
    nested = next(run for run in recorded.flow_runs() if run.parent_flow_run_id)
    nodes, edges = drawn(graphs.read(recorded.store, nested.id))
    assert nodes == [("inner", None), ("fetch", "inner")]
    assert edges == []


def test_failures_are_there_with_their_states(recorded):
    failing = task(name="failing")(lambda: 1 / 0)
    flow(lambda: failing(), name="etl")(return_state=True)
    graph = graph_of(recorded)
    assert [(node.state_type, node.state_name) for node in graph.nodes] == [("FAILED", "Failed")] * 2


def test_a_chosen_name_of_a_run_does_not_hide_its_task(recorded):
    named = task(task_run_name="to {city}")(fetch.fn)
    flow(lambda: named("Kiel"), name="etl")()
    node = graph_of(recorded).nodes[-1]
    assert (node.name, node.subject) == ("to Kiel", "fetch")


def test_a_run_that_is_not_there_has_none(recorded):
    with pytest.raises(ObjectNotFound):
        graphs.read(recorded.store, "01a1fdf0-5ca1-7221-b2dd-bf3e54a49a6e")


def test_a_graph_of_a_thousand_task_runs_holds_them_all(recorded):
    flow(lambda: merge([fetch(str(number)) for number in range(1000)]), name="etl")()
    graph = graph_of(recorded)
    assert len(graph.nodes) == 1002
    assert {edge.parameter for edge in graph.edges} == {"rows"}


def test_futures_are_followed(recorded):
    @flow
    def etl():
        rows = fetch.map(["Kiel", "Lagos"])
        merge.submit(rows, wait_for=[fetch.submit("Oslo")]).wait()

    etl()
    nodes, edges = drawn(graph_of(recorded))
    assert len(nodes) == 5
    assert sorted(edges) == [
        ("fetch", "merge", "rows"),
        ("fetch", "merge", "rows"),
        ("fetch", "merge", "wait_for"),
    ]


def test_a_run_tells_when_it_waited_for_a_slot_and_for_its_next_try(recorded):
    tries = []

    @task(retries=1, retry_delay_seconds=0.01, tags=["db"])
    def load():
        tries.append(1)
        if len(tries) == 1:
            raise RuntimeError

    @task(tags=["db"])
    def hold():
        time.sleep(0.05)

    @flow
    def etl():
        held = hold.submit()
        load.submit().wait()
        held.wait()

    concurrency_limits.put(recorded.store, f"{TAG_PREFIX}db", 1)
    etl()
    nodes = {node.subject: node for node in graph_of(recorded).nodes}
    assert nodes["etl"].waits == ()
    (wait,) = [each for each in nodes["load"].waits if each.kind == "retry"]
    assert wait.ended - wait.began >= timedelta(seconds=0.01)
    first = min(nodes["load"].waits + nodes["hold"].waits, key=lambda each: each.began)
    assert first.kind == "slot"
