"""`pacc flow-run graph` shows what ran and how it hangs together."""

from __future__ import annotations

import json
import re

import pytest

SCRIPT = """
from pacc import flow, task

@task
def fetch(city):
    return {"city": city}

@task
def load(rows):
    return [*rows]

@flow(flow_run_name='night "run"')
def etl():
    load([fetch(str(number)) for number in range(10)])

etl()
"""


@pytest.fixture
def ran(run_python):
    ended = run_python(SCRIPT)
    assert ended.code == 0, ended.output


def test_a_tree_is_shown_first(ran, pacc_here):
    ended = pacc_here("flow-run", "graph", "@last", env={"PYTHONIOENCODING": "utf-8"})
    assert ended.code == 0, ended.output
    shown = re.sub(r"  [\d.]+m?s", "", ended.stdout)
    assert re.sub("load-...", "load-123", shown) == (
        '✓  night "run" (etl)\n├ ✓  fetch ×10\n└ ✓  load-123  ← rows: fetch ×10\n'
    )


def test_every_run_when_asked(ran, pacc_here):
    ended = pacc_here("flow-run", "graph", "@last", "--unfold")
    assert len(ended.stdout.splitlines()) == 12


def test_dot_and_mermaid_for_other_programs(ran, pacc_here):
    dot = pacc_here("flow-run", "graph", "@last", "--dot").stdout
    assert dot.startswith("digraph {")
    assert 'label="night \\"run\\" (etl)\\nCompleted' in dot
    mermaid = pacc_here("flow-run", "graph", "@last", "--mermaid").stdout
    assert mermaid.startswith("flowchart LR")
    assert 'n1 -->|"rows"| n2' in mermaid


def test_json_and_plain_hold_every_run(ran, pacc_here):
    graph = json.loads(pacc_here("flow-run", "graph", "@last", "-o", "json").stdout)
    assert [node["subject"] for node in graph["nodes"]] == ["etl", *["fetch"] * 10, "load"]
    assert len(graph["edges"]) == 10
    assert graph["edges"][0]["target"] == graph["nodes"][-1]["id"]
    plain = pacc_here("flow-run", "graph", "@last", "-o", "plain").stdout
    assert [len(line.split("\t")) for line in plain.splitlines()] == [6] * 12


@pytest.mark.parametrize("options", [("--dot", "--mermaid"), ("--dot", "-o", "json")])
def test_one_form_at_a_time(ran, pacc_here, options):
    ended = pacc_here("flow-run", "graph", "@last", *options)
    assert (ended.code, "exclude each other" in ended.stderr) == (2, True)


def test_a_run_that_is_not_there(pacc_here):
    ended = pacc_here("flow-run", "graph", "nobody")
    assert ended.code == 1
    assert 'no flow run "nobody"' in ended.stderr


def test_a_timeline_is_drawn_as_wide_as_asked_and_written_as_a_picture(ran, pacc_here, tmp_path):
    ended = pacc_here("flow-run", "timeline", "@last", "--width", "80", env={"PYTHONIOENCODING": "utf-8"})
    assert ended.code == 0, ended.output
    lines = ended.stdout.splitlines()
    assert re.match(r'✓ etl night "run" +[\d.]+m?s [█▐◆]', lines[1])
    assert all(len(line) <= 80 for line in lines)
    assert pacc_here("flow-run", "timeline", "@last", "--svg", "run.svg").code == 0
    assert (tmp_path / "run.svg").read_text().startswith("<svg")
    ended = pacc_here("flow-run", "timeline", "@last", "--svg", "run.svg", "-o", "json")
    assert (ended.code, "exclude each other" in ended.stderr) == (2, True)
