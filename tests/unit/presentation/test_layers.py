"""The graph of a run drawn in cells."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from pacc.presentation import layers
from pacc.schemas.graphs import FlowRunGraph, GraphEdge, GraphNode

BEGAN = datetime(2026, 11, 20, tzinfo=UTC)


def graph(names, edges):
    """A flow run whose task runs are called that, and got results from each other."""
    nodes = [
        GraphNode(
            id=UUID(int=number), kind="task-run" if number else "flow-run", name=name, subject=name,
            inside=UUID(int=0) if number else None, state_type="COMPLETED", state_name="Completed",
            start_time=BEGAN, end_time=BEGAN, total_run_time=timedelta(0),
        )
        for number, name in enumerate(["etl", *names])
    ]  # fmt: skip
    arrows = [GraphEdge(source=UUID(int=a), target=UUID(int=b), parameter="x") for a, b in edges]
    return FlowRunGraph(root=UUID(int=0), nodes=tuple(nodes), edges=tuple(arrows))


def text(drawn):
    return ["".join(cell.text for cell in box.cells).rstrip() for box in drawn]


def test_what_got_a_result_stands_right_of_and_below_what_it_got_it_from():
    drawn = layers.drawn(graph(["a", "b", "c", "d"], [(1, 3), (2, 3), (3, 4)]))
    assert text(drawn) == [
        "✓ a ╮",
        "✓ b ┼╮",
        "    ╰┼───▸✓ c ╮",
        "              ╰────▸✓ d",
    ]
    assert [box.id for box in drawn] == [str(UUID(int=number)) for number in (1, 2, 3, 4)]


def test_a_long_name_keeps_its_end_and_how_many_it_stands_for():
    assert text(layers.drawn(graph(["a-task-with-a-very-long-name-596"], []))) == ["✓ a-task-with-a-ver…-596"]
    same = graph(["a-task-with-a-very-long-name"] * 64, [])
    assert text(layers.drawn(same, fold_at=2)) == ["✓ a-task-with-a-ver… ×64"]


def test_it_is_ascii_where_nothing_else_can_be_drawn():
    drawn = layers.drawn(graph(["a", "b"], [(1, 2)]), glyphs=False)
    assert text(drawn) == ["v a .", "    `---->v b"]


def test_of_a_very_large_graph_the_neighbourhood_of_a_run_is_drawn():
    size = 3 * layers.MOST_BOXES
    large = graph([f"t{n}" for n in range(size)], [(n, n + 1) for n in range(1, size)])
    drawn = layers.drawn(large, around=str(UUID(int=400)))
    assert len(drawn) == layers.MOST_BOXES
    assert str(UUID(int=400)) in {box.id for box in drawn}


@given(
    st.integers(min_value=1, max_value=12).flatmap(
        lambda size: st.tuples(
            st.just(size),
            st.sets(
                st.tuples(st.integers(1, size), st.integers(1, size)).filter(lambda edge: edge[0] != edge[1])
            ),
        )
    ),
    st.booleans(),
)
def test_every_run_has_a_row_whatever_hangs_together(shape, glyphs):
    size, edges = shape
    drawn = layers.drawn(graph([f"t{n}" for n in range(size)], sorted(edges)), fold_at=None, glyphs=glyphs)
    assert len(drawn) == size
    assert glyphs or all(line.isascii() for line in text(drawn))
