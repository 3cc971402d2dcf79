"""`pacc result`: what runs returned and pacc kept, listed, shown and deleted."""

from __future__ import annotations

import json

import pytest

from pacc.services import results
from pacc.store import open_store

PROGRAM = """
from datetime import timedelta
from pacc import flow, task
from pacc.cache_policies import INPUTS

@task(cache_key_fn=lambda *_: "doubled", cache_expiration=timedelta(hours=2))
def double(x):
    return {"double": 2 * x}

@flow(persist_result=True, name="keeper", flow_run_name="keeper run")
def keeper():
    double(21)
    return "kept by the flow"

keeper()
"""


@pytest.fixture
def kept(run_python):
    """Two results: one of a task under the key `doubled`, one of its flow."""
    ended = run_python(PROGRAM)
    assert ended.code == 0, ended.output


def test_listings_show_the_newest_first(kept, pacc_here):
    shown = pacc_here("result", "ls", "-o", "plain")
    rows = [line.split("\t") for line in shown.stdout.splitlines()]
    assert rows[0][1] == "keeper run"
    assert rows[1][0] == "doubled"
    assert rows[1][2] == "pickle"
    assert rows[1][5] == "in 1 hour"
    told = json.loads(pacc_here("result", "ls", "-o", "json").stdout)
    assert told[1]["key"] == "doubled"
    assert set(told[1]) >= {"storage", "size", "digest", "serializer", "created", "task_run_id"}


def test_listings_can_be_of_one_run(kept, pacc_here):
    assert len(json.loads(pacc_here("result", "ls", "--flow-run", "keeper run", "-o", "json").stdout)) == 2
    assert pacc_here("result", "ls", "--flow-run", "nobody").code != 0


def test_an_empty_listing_says_so(pacc_here):
    shown = pacc_here("result", "ls")
    assert (shown.code, "no kept results" in shown.output) == (0, True)


def test_one_is_shown_in_full_by_the_beginning_of_its_key(kept, pacc_here, pacc_home):
    shown = pacc_here("result", "inspect", "doub").stdout
    assert "double-" in shown
    assert str(pacc_home / "storage" / "doubled") in shown
    assert "{'double': 42}" not in shown
    assert "{'double': 42}" in pacc_here("result", "inspect", "doubled", "--value").stdout
    told = json.loads(pacc_here("result", "inspect", "doubled", "--value", "-o", "json").stdout)
    assert told == {"key": "doubled", "value": "{'double': 42}"}


def test_a_flow_s_value_is_shown_too(kept, pacc_here):
    key = json.loads(pacc_here("result", "ls", "-o", "json").stdout)[0]["key"]
    assert "'kept by the flow'" in pacc_here("result", "inspect", key, "--value").stdout


def test_a_value_that_was_changed_is_not_loaded(kept, pacc_here, pacc_home):
    file = pacc_home / "storage" / "doubled"
    file.write_text(file.read_text() + " ")
    shown = pacc_here("result", "inspect", "doubled", "--value")
    assert shown.code == 1
    assert "changed since it was written" in shown.stderr
    assert "Traceback" not in shown.output


def test_deleting_removes_the_file_and_the_note(kept, pacc_here, pacc_home):
    ended = pacc_here("result", "delete", "doubled", "--yes")
    assert (ended.code, "Deleted the result" in ended.output) == (0, True)
    assert not (pacc_home / "storage" / "doubled").exists()
    store = open_store(pacc_home)
    assert len(results.select(store)) == 1
    store.close()


def test_deleting_one_whose_file_is_gone_works(kept, pacc_here, pacc_home):
    (pacc_home / "storage" / "doubled").unlink()
    assert pacc_here("result", "delete", "doubled", "--yes").code == 0


@pytest.mark.parametrize("command", ["inspect", "delete"])
def test_one_that_is_not_there_is_said(pacc_here, command):
    ended = pacc_here("result", command, "nothing")
    assert ended.code in (1, 4)
    assert 'no kept result "nothing"' in ended.stderr


def test_why_a_run_was_or_was_not_cached_is_shown(kept, pacc_here):
    assert "nothing is kept under its key" in pacc_here("task-run", "inspect", "@last").stdout
