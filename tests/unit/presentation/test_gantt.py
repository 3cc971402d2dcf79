"""A timeline drawn: bars where runs ran, shades where they waited."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID
from xml.etree import ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st

from pacc.presentation import gantt, timelines
from pacc.presentation.timelines import Row, Stretch
from pacc.schemas.graphs import FlowRunGraph, GraphNode, Wait

BEGAN = datetime(2026, 11, 20, 14, 1, tzinfo=UTC)
SECONDS = st.floats(min_value=0, max_value=100)


def row(*spans, waits=(), number=1, **more):
    return Row(
        id="1", kind="task-run", guide="", label="load", sign="✓", color="green", spans=spans, number=number,
        waits=tuple(Stretch(*each) for each in waits), **more,
    )  # fmt: skip


def drawn(of, cells=10, now=10.0, **options):
    return "".join(cell.text for cell in gantt.bar(of, (0.0, 10.0), cells, now, **options))


def test_a_wait_is_a_shade_and_what_ran_is_a_bar():
    waited = row((2.0, 9.0), waits=[("slot", 0.0, 2.0), ("retry", 5.0, 7.0)])
    assert drawn(waited) == "░░███▒▒██"
    assert drawn(waited, glyphs=False) == "..###::##"
    assert [cell.color for cell in gantt.bar(waited, (0.0, 10.0), 10, 10.0)] == [
        "bright_black",
        "green",
        "yellow",
        "green",
    ]


def test_what_waits_or_runs_still_goes_on_to_the_present():
    assert drawn(row(waits=[("slot", 1.0, None)]), now=6.0) == " ░░░░░"
    assert drawn(row((2.0, None)), now=6.0) == "  ████"
    assert drawn(row((1.0, None), waits=[("retry", 3.0, None)]), now=6.0) == " ██▒▒▒"


def test_a_cached_run_is_a_point_however_long_it_took():
    assert drawn(row((2.0, 9.0), cached=True)) == "  ◆"


def test_many_runs_are_one_strip():
    assert drawn(row((0.0, 5.0), (0.0, 9.9), number=2), cells=4) == "██▄▄"


@given(
    st.tuples(SECONDS, SECONDS),
    st.lists(st.tuples(SECONDS, SECONDS), max_size=3),
    st.integers(min_value=1, max_value=200),
    st.booleans(),
)
def test_nothing_is_drawn_beyond_the_line(span, waits, cells, glyphs):
    one = row(tuple(sorted(span)), waits=[("retry", *sorted(each)) for each in waits])
    text = "".join(cell.text for cell in gantt.bar(one, (0.0, 50.0), cells, 60.0, glyphs=glyphs))
    assert len(text) <= cells
    assert glyphs or text.isascii()


def graph(name="load-1", waits=()):
    nodes = [
        GraphNode(
            id=UUID(int=number), kind=kind, name=named, subject=subject,
            inside=None if number == 0 else UUID(int=0), state_type="COMPLETED", state_name="Completed",
            start_time=BEGAN + timedelta(seconds=number), end_time=BEGAN + timedelta(seconds=20),
            total_run_time=timedelta(0), waits=waits if number else (),
        )
        for number, (kind, named, subject) in enumerate(
            [("flow-run", "otter", "etl"), ("task-run", name, "load")]
        )
    ]  # fmt: skip
    return FlowRunGraph(root=UUID(int=0), nodes=tuple(nodes), edges=())


def test_a_chart_has_a_ruler_a_line_for_each_run_and_what_its_shades_mean():
    wait = Wait(kind="slot", began=BEGAN, ended=BEGAN + timedelta(seconds=1))
    rows = timelines.rows(graph(waits=(wait,)))
    lines = ["".join(cell.text for cell in line) for line in gantt.chart(rows, 60, BEGAN)]
    assert len(lines) == 4
    assert "14:01:10" in lines[0]
    assert lines[1].startswith("✓ etl otter")
    assert lines[2].startswith("└ ✓ load-1")
    assert "░" in lines[2]
    assert lines[3].strip() == "░ waits to begin"
    assert all(len(line) <= 60 for line in lines)


def test_a_picture_is_well_formed_whatever_a_run_is_called():
    rows = timelines.rows(graph(name='<a href="x">&\x1b[31m'))
    picture = ET.fromstring("\n".join(gantt.svg(rows, BEGAN, title="<b>")))
    texts = [each.text or "" for each in picture.iter()]
    assert "<b>" in texts
    assert any('<a href="x">&\\x1b[31m' in text for text in texts)
