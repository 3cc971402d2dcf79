"""`pacc global-concurrency-limit` and `pacc concurrency-limit`: limits made, looked at, changed, removed."""

from __future__ import annotations

import json

import pytest

from pacc.concurrency.sync import concurrency
from pacc.services import concurrency_limits as limits
from pacc.store import open_store


@pytest.fixture
def store(pacc_home):
    return open_store(pacc_home)


def told(pacc_here, *words):
    ended = pacc_here(*words)
    assert ended.code == 0, ended.output
    return ended


def test_a_limit_is_made_listed_changed_and_deleted(pacc_here, store):
    told(pacc_here, "gcl", "create", "database", "--limit", "3", "--slot-decay-per-second", "0.5")
    listed = told(pacc_here, "gcl", "ls", "-o", "plain").stdout.split("\t")
    assert listed[:5] == ["database", "3", "0", "0.5", "yes"]
    told(pacc_here, "gcl", "update", "database", "--limit", "5", "--slot-decay-per-second", "0")
    told(pacc_here, "gcl", "disable", "database")
    found = json.loads(told(pacc_here, "gcl", "inspect", "database", "-o", "json").stdout)
    assert (found["limit"], found["active"], found["slots"]) == (5, False, [])
    told(pacc_here, "gcl", "enable", "database")
    assert limits.read(store, "database").active
    told(pacc_here, "global-concurrency-limit", "delete", "database", "--yes")
    assert limits.select(store) == []


def test_a_limit_is_written_into_a_file(pacc_here, store, tmp_path):
    limits.put(store, "database", 2)
    told(pacc_here, "gcl", "inspect", "database", "--file", str(tmp_path / "limit.json"))
    assert json.loads((tmp_path / "limit.json").read_text())["limit"] == 2
    assert pacc_here("gcl", "inspect", "database", "-f", "/nowhere/limit.json").code == 1


def test_inspect_says_who_holds_the_slots(pacc_here, store):
    limits.put(store, "database", 2)
    with concurrency("database", occupy=2):
        shown = told(pacc_here, "gcl", "inspect", "database").stdout
        assert "somebody outside of runs: 2 slots" in shown
        told(pacc_here, "gcl", "update", "database", "--active-slots", "1")
        assert limits.read(store, "database").active_slots == 1


def test_the_limit_of_a_tag_is_made_listed_reset_and_deleted(pacc_here, store):
    told(pacc_here, "concurrency-limit", "create", "etl", "2")
    told(pacc_here, "concurrency-limit", "create", "etl", "4")
    assert told(pacc_here, "concurrency-limit", "ls", "-o", "plain").stdout.split("\t")[:3] == [
        "etl",
        "4",
        "0",
    ]
    assert told(pacc_here, "gcl", "ls", "-o", "json").stdout.strip() == "[]"
    limits.update(store, "tag:etl", active_slots=4)
    told(pacc_here, "concurrency-limit", "reset", "etl")
    assert limits.read(store, "tag:etl").active_slots == 0
    told(pacc_here, "concurrency-limit", "delete", "etl", "--yes")
    assert limits.select(store, tags=True) == []


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["gcl", "inspect", "databse"], 1, 'Did you mean "database"?'),
        (["gcl", "create", "database", "--limit", "3"], 1, "exists already"),
        (["gcl", "create", "a/b", "--limit", "3"], 1, "is no name"),
        (["gcl", "create", "x", "--limit", "-3"], 2, "--limit"),
        (["gcl", "update", "database"], 2, "nothing to change"),
        (["gcl", "update", "database", "--enable", "--disable"], 2, "at once"),
        (["concurrency-limit", "inspect", "nothing"], 1, 'no concurrency limit for the tag "nothing"'),
        (["concurrency-limit", "create", "etl", "many"], 2, "many"),
        (
            ["concurrency-limit", "delete", "nothing", "--yes"],
            1,
            'no concurrency limit for the tag "nothing"',
        ),
    ],
)
def test_a_mistake_is_answered_with_a_sentence(pacc_here, store, words, code, said):
    limits.put(store, "database", 1)
    ended = pacc_here(*words)
    assert ended.code == code
    assert said in ended.stderr
    assert "Traceback" not in ended.output
