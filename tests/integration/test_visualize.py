"""A flow is drawn before it runs: its code is executed, its tasks are not, and nothing is recorded."""

from __future__ import annotations

import asyncio
import stat

import pytest

from pacc import flow, get_run_logger, task
from pacc.exceptions import FlowVisualizationError, ParameterBindError

CALLED = []


@task
def fetch(city):
    CALLED.append(city)
    return {"city": city}


@task
def merge(rows):
    CALLED.append(rows)
    return rows


@flow
def inner(place):
    return fetch(place)


@flow
def etl(cities=("Kiel", "Lagos")):
    rows = [fetch(city) for city in cities]
    merged = merge(rows)
    return inner(merged)


@pytest.fixture(autouse=True)
def _without_graphviz(monkeypatch, tmp_path):
    CALLED.clear()
    (tmp_path / "bin").mkdir()
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.chdir(tmp_path)


def arrows(flow, *args):
    """The calls and the arrows of a flow's Mermaid picture, by name."""
    lines = [line.strip() for line in flow.generate_mermaid_graph(*args).splitlines()[1:]]
    names = dict(line.rstrip("]").split("[") for line in lines if "[" in line)
    return [tuple(names[end].strip('"') for end in line.split(" --> ")) for line in lines if "-->" in line], [
        name.strip('"') for name in names.values()
    ]


def test_what_gets_a_result_comes_after_what_gave_it():
    drawn, names = arrows(etl)
    assert names == ["fetch-0", "fetch-1", "merge-0", "inner-0"]
    assert drawn == [("fetch-0", "merge-0"), ("fetch-1", "merge-0"), ("merge-0", "inner-0")]


def test_no_task_is_run_and_nothing_is_recorded(pacc_home):
    etl.visualize()
    assert CALLED == []
    assert not pacc_home.exists()


def test_without_graphviz_a_tree_is_printed(capsys):
    assert etl.visualize(["Oslo"]) is None
    assert capsys.readouterr().out == "etl\n└── fetch-0\n    └── merge-0\n        └── inner-0\n"


def test_a_call_with_several_sources_names_the_others(capsys):
    etl.visualize()
    assert "merge-0  ← fetch-0" in capsys.readouterr().out


def test_arguments_decide_what_is_drawn():
    assert arrows(etl, ["Oslo"])[1] == ["fetch-0", "merge-0", "inner-0"]
    with pytest.raises(ParameterBindError):
        etl.visualize(unknown=1)


def test_a_task_s_viz_return_value_stands_for_its_result():
    pages = task(lambda: 1 / 0, name="pages", viz_return_value=["a", "b", "c"])
    drawn, names = arrows(flow(lambda: [fetch(page) for page in pages()], name="book"))
    assert names == ["pages-0", "fetch-0", "fetch-1", "fetch-2"]
    assert drawn == [("pages-0", f"fetch-{number}") for number in range(3)]


def test_a_flow_that_looks_into_a_result_is_told_what_to_do():
    with pytest.raises(FlowVisualizationError, match=r"'looking' cannot be drawn.*TypeError") as caught:
        flow(lambda: fetch("Kiel")["city"], name="looking").visualize()
    assert "viz_return_value" in caught.value.hint


@pytest.mark.parametrize("call", [lambda: fetch.submit("Kiel"), lambda: fetch.map(["Kiel"])])
def test_submitted_and_mapped_tasks_are_not_drawn_and_not_run(call):
    with pytest.raises(FlowVisualizationError, match=r"'fetch' is .*, and that cannot be drawn") as caught:
        flow(call, name="submitting").visualize()
    assert "pacc flow-run graph" in caught.value.hint
    assert CALLED == []


def test_inside_a_flow_run_submitted_tasks_are_not_run_either(recorded):
    submitting = flow(lambda: fetch.submit("Kiel"), name="submitting")
    with pytest.raises(FlowVisualizationError):
        flow(lambda: submitting.visualize(), name="around")()
    assert recorded.task_runs() == []


def test_a_flow_is_drawn_inside_another_flow_run(recorded):
    @flow
    def around():
        return etl.generate_mermaid_graph()

    assert "merge-0" in around()
    assert [run.name for run in recorded.task_runs()] == []
    assert CALLED == []


def test_states_and_waiting_are_followed():
    @flow
    def waiting():
        first = fetch("Kiel", return_state=True)
        second = fetch(first)
        merge([], wait_for=[second])

    assert arrows(waiting)[0] == [("fetch-0", "fetch-1"), ("fetch-1", "merge-0")]


def test_flows_and_tasks_of_the_other_colour():
    @task
    async def download(city):
        raise AssertionError(city)

    @flow
    async def downloads():
        get_run_logger().info("not said anywhere")
        rows = await asyncio.gather(download("Kiel"), download("Lagos"))
        return merge(list(rows))

    assert arrows(downloads)[0] == [("download-0", "merge-0"), ("download-1", "merge-0")]
    assert "merge-0" in asyncio.run(downloads.agenerate_mermaid_graph())
    assert asyncio.run(downloads.avisualize()) is None


def test_generators_are_gone_through():
    @task
    def numbers():
        yield from (1, 2)

    @flow
    def generated():
        for number in numbers():
            yield merge(number)

    assert arrows(generated)[0] == [("numbers-0", "merge-0")]


def test_a_hostile_name_stays_a_name():
    hostile = task(lambda: None, name='x"] --> n9["\n%%{init}%%')
    text = flow(lambda: hostile(), name="etl").generate_mermaid_graph()
    assert text == 'flowchart LR\n  n0["x#34;#93; --#62; n9#91;#34;#92;n#37;#37;#123;init#125;#37;#37;-0"]\n'


def test_a_copy_keeps_the_stand_in():
    kept = task(lambda: None, viz_return_value=[1]).with_options(name="other")
    assert kept.viz_return_value == [1]


# ----------------------------------------------------------------------------------------- with Graphviz


def install_dot(tmp_path, script):
    program = tmp_path / "bin" / "dot"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)


def test_where_graphviz_is_installed_it_draws_an_image(tmp_path, capsys):
    install_dot(tmp_path, '[ "$1" = -Tpng ] && [ "$2" = -o ] && exec /bin/cat > "$3"')
    assert etl.visualize() == tmp_path / "etl.png"
    drawn = (tmp_path / "etl.png").read_text()
    assert drawn.startswith("digraph {")
    assert "  n0 -> n2;" in drawn
    assert capsys.readouterr().out == ""


def test_what_graphviz_complains_about_is_said(tmp_path):
    install_dot(tmp_path, "echo 'no fonts' >&2; exit 1")
    with pytest.raises(FlowVisualizationError, match="could not draw the flow 'etl': no fonts"):
        etl.visualize()
