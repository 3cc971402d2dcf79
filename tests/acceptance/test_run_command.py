"""`pacc run`: a flow of a file with its parameters as options, in a real process."""

from __future__ import annotations

import json

import pytest

from pacc.client.orchestration import get_client

FLOWS = '''
from datetime import date
from pacc import flow, task

@task
def fetch(city):
    return city

@flow(log_prints=True)
def weather(city: str, days: int = 1, dry_run: bool = False, since: date | None = None, tags: list[str] = []):
    """Say what the weather will be."""
    print(repr((fetch(city), days, dry_run, since, tags)))

@flow(log_prints=True)
async def at_leisure(number: int = 3):
    print("slowly", number)

@flow(log_prints=True)
def counted():
    for number in range(3):
        print("value", number)
        yield number

@flow
def failing():
    raise ValueError("no such city")
'''
ONE = "from pacc import flow\nfrom flows import weather\n\n@flow(log_prints=True)\ndef own():\n    print('the only one')\n"


@pytest.fixture
def run(pacc_process, tmp_path):
    (tmp_path / "flows.py").write_text(FLOWS)
    (tmp_path / "one.py").write_text(ONE)
    return lambda *words: pacc_process("run", *words, cwd=tmp_path)


def parameters():
    return get_client(sync_client=True).read_flow_runs()[0].parameters


def test_parameters_are_options_and_are_coerced_by_their_hints(run):
    words = ["--city", "5", "--days", "3", "--dry-run", "--since", "2026-11-20", "--tags", '["a", "b"]']
    ended = run("flows.py:weather", *words)
    assert ended.code == 0, ended.output
    assert "('5', 3, True, datetime.date(2026, 11, 20), ['a', 'b'])" in ended.stderr
    assert parameters()["days"] == 3


def test_parameters_are_given_by_name_or_as_json_too(run):
    ended = run(
        "flows.py:weather", "--params", '{"city": "Ulm", "days": 2}', "--param", "days=4", "--no-dry-run"
    )
    assert "('Ulm', 4, False, None, [])" in ended.stderr


def test_help_shows_the_options_that_the_parameters_make(run):
    shown = run("flows.py:weather", "--help").stdout
    assert "Say what the weather will be." in shown
    for word in ("--city STR", "Needed.", "--days INT", "By default 1.", "--dry-run / --no-dry-run"):
        assert word in shown


@pytest.mark.parametrize(
    ("target", "said"),
    [("flows.py:at_leisure", "slowly 3"), ("flows.py:counted", "value 2"), ("flows:counted", "value 2")],
)
def test_flows_of_every_kind_run(run, target, said):
    ended = run(target)
    assert ended.code == 0, ended.output
    assert said in ended.stderr


def test_a_file_of_one_flow_needs_no_name(run):
    assert "the only one" in run("one.py").stderr


def test_a_failure_is_the_exit_code(run):
    ended = run("flows.py:failing")
    assert ended.code == 1
    assert "no such city" in ended.stderr
    assert "See: pacc flow-run inspect @last" in ended.stderr


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["flows.py:weather"], 2, "--city is missing"),
        (["flows.py"], 1, "several flows"),
        (["flows.py:fetch"], 1, "not a flow"),
        (["flows.py:nothing"], 1, "no 'nothing'"),
        (["nowhere.py"], 1, "no file"),
        (["flows.py:weather", "--colour", "red"], 2, "--colour"),
        (["flows.py:weather", "--params", "{"], 2, "JSON object"),
        ([], 2, "TARGET"),
        (["--as-prefect", "nowhere.py"], 1, "no script"),
        (["--as-prefect"], 2, "TARGET"),
    ],
)
def test_a_mistake_is_answered_with_a_sentence(run, words, code, said):
    ended = run(*words)
    assert ended.code == code, ended.output
    assert said in ended.stderr
    assert "Traceback" not in ended.output


def test_a_value_of_the_wrong_type_fails_the_run(run):
    ended = run("flows.py:weather", "--city", "Ulm", "--days", "many")
    assert ended.code == 1
    assert json.dumps("many")[1:-1] in ended.stderr
