"""A run's graph as rows of a timeline."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

from pacc.presentation import timelines
from pacc.schemas.graphs import FlowRunGraph, GraphNode

BEGAN = datetime(2026, 11, 20, 14, 1, tzinfo=UTC)


def node(number, subject, *, inside=0, kind="task-run", state="COMPLETED", start=0.0, took=1.0):
    began = None if start is None else BEGAN + timedelta(seconds=start)
    return GraphNode(
        id=UUID(int=number), kind=kind, name=f"{subject}-{number}", subject=subject,
        inside=None if inside is None else UUID(int=inside), state_type=state, state_name=state.capitalize(),
        start_time=began, end_time=None if took is None or began is None else began + timedelta(seconds=took),
        total_run_time=timedelta(0),
    )  # fmt: skip


def graph(*nodes):
    root = node(0, "etl", inside=None, kind="flow-run", took=60)
    return FlowRunGraph(root=root.id, nodes=(root, *nodes), edges=())


def test_callers_stand_over_what_they_called():
    drawn = timelines.rows(graph(node(1, "load"), node(2, "tidy"), node(3, "part", inside=1)))
    assert [row.guide + row.label for row in drawn] == ["etl etl-0", "├ load-1", "│ └ part-3", "└ tidy-2"]


def test_many_runs_of_one_task_are_one_row_with_the_worst_of_their_states():
    many = [node(number, "fetch", state="FAILED" if number == 9 else "COMPLETED") for number in range(1, 61)]
    folded = timelines.rows(graph(*many))
    assert [(row.label, row.sign, row.number) for row in folded[1:]] == [("fetch ×60", "✗", 60)]
    assert len(timelines.rows(graph(*many), fold_at=None)) == 61
    assert all(row.label.isascii() for row in timelines.rows(graph(*many), glyphs=False))


def test_what_runs_ends_at_the_present_and_what_never_began_has_no_bar():
    now = (BEGAN + timedelta(seconds=90)).timestamp()
    _, running, waiting = timelines.rows(
        graph(
            node(1, "load", state="RUNNING", start=30, took=None),
            node(2, "tidy", state="PENDING", start=None),
        )
    )
    assert running.took(now) == "1m00"
    assert waiting.took(now) == ""
    assert timelines.bounds((running,), now) == (BEGAN.timestamp() + 30, now)


def test_the_ruler_tells_moments_of_the_clock_that_do_not_touch():
    left = BEGAN.timestamp()
    assert timelines.ruler(left, left + 60, 60, BEGAN).split() == [
        "14:01:00",
        "14:01:15",
        "14:01:30",
        "14:01:45",
    ]
    assert timelines.ruler(left, left + 7200, 60, BEGAN).split()[0] == "14:30"
    for seconds in (0.01, 1, 77, 4000, 10**6, 10**8):
        assert len(timelines.ruler(left, left + seconds, 40, BEGAN)) == 40


def test_lanes_are_as_many_as_runs_went_on_at_once():
    runs = [node(n, "fetch", start=start, took=2) for n, start in enumerate((0, 1, 2.5, 3.5, 9), 1)]
    now = (BEGAN + timedelta(seconds=60)).timestamp()
    lanes = timelines.lanes(graph(*runs, node(9, "never", start=None, took=None)), now)
    assert [[row.label for row in lane.runs] for lane in lanes] == [
        ["fetch-1", "fetch-3", "fetch-5"],
        ["fetch-2", "fetch-4"],
    ]
    assert lanes[0].label == "fetch"
    assert lanes[0].id in {row.id for row in lanes[0].runs}
