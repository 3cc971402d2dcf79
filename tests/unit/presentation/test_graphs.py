"""Graphs of flow runs as trees and in other languages, whatever people call their flows."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pacc.presentation.graphs import dot, graph_table, mermaid, picture, tree
from pacc.schemas.graphs import FlowRunGraph, GraphEdge, GraphNode

START = datetime(2026, 11, 21, 12, tzinfo=UTC)


def ident(number):
    return UUID(int=number)


def node(number, name, inside=0, *, kind="task-run", state="COMPLETED", subject=None, state_name=None):
    return GraphNode(
        id=ident(number),
        kind=kind,
        name=name,
        subject=subject or name.partition("-")[0],
        inside=None if inside is None else ident(inside),
        state_type=state,
        state_name=state_name or state.capitalize(),
        start_time=START,
        end_time=START + timedelta(seconds=number),
        total_run_time=timedelta(seconds=number),
    )


def edge(source, target, parameter="x"):
    return GraphEdge(source=ident(source), target=ident(target), parameter=parameter)


def graph(*nodes, edges=(), name="brave-otter"):
    root = node(0, name, None, kind="flow-run", subject="etl")
    return FlowRunGraph(root=root.id, nodes=(root, *nodes), edges=tuple(edges))


def lines(*nodes, edges=(), fold_at=8, **options):
    return list(tree(picture(graph(*nodes, edges=edges), fold_at), **options))


def test_a_flow_that_called_nothing_is_one_line():
    assert lines() == ["✓  brave-otter (etl)  0ms"]


def test_who_called_whom_is_shown_by_indentation():
    assert lines(node(1, "extract-1a2"), node(2, "parse-3b4", 1), node(3, "load-5c6")) == [
        "✓  brave-otter (etl)  0ms",
        "├ ✓  extract-1a2  1.0s",
        "│ └ ✓  parse-3b4  2.0s",
        "└ ✓  load-5c6  3.0s",
    ]


def test_where_arguments_came_from_stands_behind_an_arrow():
    shown = lines(node(1, "a-1"), node(2, "b-2"), edges=[edge(1, 2, "rows"), edge(1, 2, "more")])
    assert shown[-1] == "└ ✓  b-2  2.0s  ← rows, more: a-1"


def test_many_sources_are_counted():
    sources = [node(number, f"{number}-x", subject=f"task {number}") for number in range(1, 7)]
    shown = lines(*sources, node(9, "sum-1"), edges=[edge(number, 9) for number in range(1, 7)])
    assert shown[-1].endswith("← x: 1-x; x: 2-x; x: 3-x; 3 more")


def test_a_state_is_told_where_its_mark_does_not_say_it():
    shown = lines(
        node(1, "a-1", state="FAILED", state_name="TimedOut"),
        node(2, "b-2", state_name="Cached"),
        node(3, "c-3"),
    )
    assert [line[2:] for line in shown[1:]] == [
        "✗  a-1  TimedOut  1.0s",
        "=  b-2  Cached  2.0s",
        "✓  c-3  3.0s",
    ]


def test_many_runs_of_one_task_are_one_line_with_a_tally():
    mapped = [node(n, f"fetch-{n}", state="FAILED" if n == 5 else "COMPLETED") for n in range(1, 11)]
    shown = lines(*mapped, node(20, "merge-1"), edges=[edge(n, 20, "rows") for n in range(1, 11)])
    assert shown == [
        "✓  brave-otter (etl)  0ms",
        "├ ✗  fetch ×10  Completed 9, Failed 1  10.0s",
        "└ ✓  merge-1  20.0s  ← rows: fetch ×10",
    ]


def test_few_runs_of_one_task_are_drawn_one_by_one_and_so_are_many_when_asked():
    few = [node(n, f"fetch-{n}") for n in range(1, 9)]
    assert len(lines(*few)) == 9
    assert len(lines(*few, node(10, "fetch-10"))) == 2
    assert len(lines(*few, node(10, "fetch-10"), fold_at=None)) == 10


def test_what_folded_runs_called_is_folded_inside_them():
    outer = [node(n, f"outer-{n}") for n in range(1, 21)]
    inner = [node(100 + n, f"inner-{n}", n) for n in range(1, 21)]
    assert lines(*outer, *inner)[1:] == ["└ ✓  outer ×20  20.0s", "  └ ✓  inner ×20  2m00"]


def test_only_ascii_where_nothing_else_can_be_drawn():
    shown = lines(
        *[node(n, f"a-{n}") for n in range(1, 11)], node(20, "b-1"), edges=[edge(1, 20)], glyphs=False
    )
    assert all(line.isascii() for line in shown)
    assert shown[-1] == "`- v  b-1  20.0s  <- x: a x10"


def test_edges_to_runs_that_are_not_drawn_are_left_out():
    assert lines(node(1, "a-1"), edges=[edge(77, 1), edge(1, 78)])[-1] == "└ ✓  a-1  1.0s"


def test_plain_rows_hold_every_run_and_its_sources():
    table = graph_table(graph(node(1, "a-1"), node(2, "b-2"), edges=[edge(1, 2, "rows")]))
    assert [cell.text for cell in table.rows[2]] == [
        str(ident(2)),
        str(ident(0)),
        "task-run",
        "b-2",
        "Completed",
        f"rows={ident(1)}",
    ]


# --------------------------------------------------------------------------------- languages of others

NESTED = (node(1, "extract-1a2"), node(2, "parse-3b4", 1), node(3, "load-5c6"))


def test_dot_draws_nested_runs_in_a_frame():
    assert list(dot(picture(graph(*NESTED, edges=[edge(1, 3, "rows")]))))[2:] == [
        '  n0 [label="brave-otter (etl)\\nCompleted 0ms", fillcolor="#d5f0d8"];',
        '  subgraph cluster_1 { label=""; color="#999999"; style=rounded;',
        '    n1 [label="extract-1a2\\nCompleted 1.0s", fillcolor="#d5f0d8"];',
        '    n3 [label="parse-3b4\\nCompleted 2.0s", fillcolor="#d5f0d8"];',
        "  }",
        '  n2 [label="load-5c6\\nCompleted 3.0s", fillcolor="#d5f0d8"];',
        '  n1 -> n2 [label="rows"];',
        "}",
    ]


def test_mermaid_draws_nested_runs_in_a_frame():
    assert list(mermaid(picture(graph(*NESTED, edges=[edge(1, 3, "rows")])))) == [
        "flowchart LR",
        '  n0["brave-otter #40;etl#41;<br/>Completed 0ms"]:::completed',
        '  subgraph g1[" "]',
        '    n1["extract-1a2<br/>Completed 1.0s"]:::completed',
        '    n3["parse-3b4<br/>Completed 2.0s"]:::completed',
        "  end",
        '  n2["load-5c6<br/>Completed 3.0s"]:::completed',
        '  n1 -->|"rows"| n2',
        "  classDef completed fill:#d5f0d8,stroke:#666,color:#111",
    ]


HOSTILE = [
    'quoted"]; n9 [label="',
    "back\\slash\\",
    'ends with \\"',
    "line\nbreak",
    "\x1b[31mred\x1b[0m",
    "<script>alert(1)</script>",
    "%%{init: {}}%%",
    "`code` **bold**",
    "#quot; &amp; ;",
    "end",
    "\u202egnp.exe",
    "{number}",
]
DOT_LINE = re.compile(
    r'\s*(digraph \{|rankdir=.*|\}|subgraph cluster_\d+ \{ label=""; color="#999999"; style=rounded;'
    r'|n\d+ \[label="(?:[^"\\\n]|\\.)*", fillcolor="#\w+"\];|n\d+ -> n\d+ \[label="(?:[^"\\\n]|\\.)*"\];)'
)
MERMAID_TEXT = r'"(?:[\w .,:×-]|#\d+;|<br/>)*"'
MERMAID_LINE = re.compile(
    rf'\s*(flowchart LR|end|subgraph g\d+\[" "\]|n\d+\[{MERMAID_TEXT}\]:::\w+|n\d+ -->\|{MERMAID_TEXT}\| n\d+'
    r"|classDef \w+ fill:#\w+,stroke:#666,color:#111)"
)


def hostile_picture(name):
    return picture(
        graph(node(1, name), node(2, "b-1", 1, state_name=name), edges=[edge(1, 2, name)], name=name)
    )


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_stays_a_name(name):
    drawn = hostile_picture(name)
    assert all(DOT_LINE.fullmatch(line) for line in dot(drawn))
    assert all(MERMAID_LINE.fullmatch(line) for line in mermaid(drawn))
    assert len(list(tree(drawn))) == 3
    assert "\x1b" not in "".join(tree(drawn))


@given(st.text(min_size=1))
def test_no_name_breaks_out(name):
    drawn = hostile_picture(name)
    assert all(DOT_LINE.fullmatch(line) for line in dot(drawn))
    assert all(MERMAID_LINE.fullmatch(line) for line in mermaid(drawn))


def test_dot_reads_back_what_was_written():
    [written] = [line for line in dot(picture(graph(name='a "b" \\ c'))) if "n0" in line]
    label = re.search(r'label="((?:[^"\\]|\\.)*)"', written)[1]
    assert label.split("\\n")[0].replace('\\"', '"').replace("\\\\", "\\") == 'a "b" \\ c (etl)'
