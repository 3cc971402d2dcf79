"""What stands beside a run's timeline."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

from pacc.presentation import panes
from pacc.schemas.artifacts import Artifact
from pacc.schemas.graphs import FlowRunGraph, GraphEdge, GraphNode
from pacc.schemas.results import KeptResult
from pacc.states import AwaitingRetry, Completed, Running

NOW = datetime(2026, 11, 20, 14, tzinfo=UTC)


def text(lines):
    return ["".join(cell.text for cell in line.cells) for line in lines]


def test_parameters_say_which_were_given_for_this_run():
    lines = panes.parameter_lines({"date": "x", "limit": 3, "to\x1b": [1]}, {"date": "x", "limit": 5})
    assert text(lines) == ['date    "x"', "limit   3  given", "to\\x1b  [1]  given"]
    assert lines[2].whole == ("to\\x1b", "[", "  1", "]")
    assert text(panes.parameter_lines({})) == ["no parameters"]
    assert "given" not in text(panes.parameter_lines({"a": 1}))[0]


def test_states_say_how_long_each_lasted():
    history = [
        Running(timestamp=NOW - timedelta(seconds=9)),
        AwaitingRetry(
            timestamp=NOW - timedelta(seconds=7), message="Task run encountered an exception: X: y\nz"
        ),
    ]
    first, second = text(panes.state_lines(history, NOW))
    assert first.endswith(".000  ► Running  2.0s")
    assert second.endswith("↻ AwaitingRetry  X: y")


def test_an_artifact_is_its_key_its_kind_and_its_beginning():
    made = Artifact(
        id=UUID(int=1), created=NOW, updated=NOW, key="report", type="markdown", data="\n# Head\nmore"
    )
    (line,) = panes.artifact_lines([made])
    assert text([line]) == ["report  markdown  # Head"]
    assert line.whole[-1] == "more"
    assert text(panes.artifact_lines([])) == ["no artifacts"]


def test_a_kept_result_names_the_command_that_shows_it():
    kept = KeptResult(
        key="k1", storage="/s", size=2048, digest="", serializer={"type": "pickle"}, created=NOW
    )
    lines = text(panes.result_lines(Completed(), [kept], NOW))
    assert lines[-1] == "$ pacc result inspect k1"
    assert text(panes.result_lines(Completed(), [], NOW)) == ["no result is kept"]


def test_dependencies_lead_to_the_runs_they_name():
    nodes = [
        GraphNode(
            id=UUID(int=n), kind="task-run" if n else "flow-run", name=name, subject=name,
            inside=UUID(int=0) if n else None, state_type="COMPLETED", state_name="Completed",
            total_run_time=timedelta(0),
        )
        for n, name in enumerate(["etl", "fetch", "load"])
    ]  # fmt: skip
    edge = GraphEdge(source=UUID(int=1), target=UUID(int=2), parameter="rows")
    graph = FlowRunGraph(root=UUID(int=0), nodes=tuple(nodes), edges=(edge,))
    lines = panes.dependency_lines(graph, str(UUID(int=2)))
    assert text(lines) == ["called by ✓ etl", "from      ✓ fetch  as rows"]
    assert lines[1].run == ("task-run", str(UUID(int=1)))
    assert text(panes.dependency_lines(graph, "gone")) == ["not in this graph"]
