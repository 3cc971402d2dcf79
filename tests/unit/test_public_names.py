"""What `from pacc import ...` offers, and how little it costs."""

from __future__ import annotations

import json

import pytest

import pacc

HEAVY = ["asyncio", "coolname", "pydantic", "rich", "textual", "tomlkit", "typer", "yaml"]

LOADED = """
import json, sys
{code}
print(json.dumps([name for name in {heavy} if name in sys.modules]))
"""


def test_public_names_are_sorted_and_said_once():
    assert pacc.__all__ == sorted(set(pacc.__all__))


@pytest.mark.parametrize("name", pacc.__all__)
def test_a_public_name_leads_somewhere(name):
    assert getattr(pacc, name) is not None
    assert name in dir(pacc)


def test_a_name_that_does_not_exist_is_an_attribute_error():
    with pytest.raises(AttributeError, match="'pacc' has no attribute 'floe'"):
        _ = pacc.floe


@pytest.mark.parametrize(
    "code",
    [
        "import pacc",
        "from pacc import flow, task",
        "from pacc import flow, task\n@flow\ndef f(): return task(lambda: 1)\nf",
    ],
)
def test_declaring_flows_loads_nothing_heavy(run_python, code):
    ended = run_python(LOADED.format(code=code, heavy=HEAVY))
    assert ended.code == 0, ended.output
    assert json.loads(ended.stdout) == []


def test_an_untyped_flow_runs_without_anything_heavy(run_python):
    code = "from pacc import flow, task\n@task\ndef one(x): return x\n@flow\ndef f(): return one(1)\nf()"
    ended = run_python(
        LOADED.format(code=code, heavy=["pydantic", "rich", "textual", "tomlkit", "typer", "yaml"])
    )
    assert ended.code == 0, ended.output
    assert json.loads(ended.stdout) == []


def test_importing_leaves_no_trace(run_python, pacc_home):
    ended = run_python("from pacc import flow, task")
    assert (ended.code, ended.output, pacc_home.exists()) == (0, "", False)
