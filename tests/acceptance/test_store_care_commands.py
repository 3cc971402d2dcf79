"""`pacc db stats`, `vacuum`, `check` and `prune`: how big the store is, room given back, old runs deleted."""

from __future__ import annotations

import json

import pytest

from pacc import flow, task
from pacc.engine import place
from pacc.services import flow_runs, store_care


@task(persist_result=True)
def kept(number):
    return "x" * number


@flow
def etl(number=1):
    return [kept(20_000 + each) for each in range(number)]


@pytest.fixture
def store(pacc_home):
    return place.current().store


def stats(pacc_here):
    ended = pacc_here("db", "stats", "-o", "json")
    assert ended.code == 0, ended.output
    return json.loads(ended.stdout)


def test_stats_count_what_the_store_holds(store, pacc_here):
    etl(3)
    told = stats(pacc_here)
    assert told["flow_runs"] == {"COMPLETED": 1}
    assert told["rows"]["task runs"] == 3
    assert told["logs"] == 1
    assert told["results_size"] > 3 * 20_000
    assert told["size"] > 0
    shown = pacc_here("db", "stats").stdout
    assert "1: 1 completed" in shown
    assert "Oldest run" in shown


def test_pruning_deletes_old_runs_with_all_that_belongs_to_them_and_vacuum_gives_the_room_back(
    store, pacc_here
):
    for _ in range(3):
        etl(20)
    before = stats(pacc_here)
    assert pacc_here("db", "prune", "--yes").code == 0
    assert stats(pacc_here)["flow_runs"] == {"COMPLETED": 3}, "they are not old"
    dry = pacc_here("db", "prune", "--before", "0 s ago", "--dry-run")
    assert "3 flow runs" in dry.stdout, dry.output
    ended = pacc_here("db", "prune", "--before", "0 s ago", "--yes")
    assert "Deleted 3 flow runs, 60 task runs" in ended.stderr, ended.output
    after = stats(pacc_here)
    assert (after["flow_runs"], after["logs"], after["rows"]["kept results"]) == ({}, 0, 0)
    assert flow_runs.select(store) == []
    ended = pacc_here("db", "vacuum")
    assert ended.code == 0, ended.output
    assert stats(pacc_here)["unused"] == 0
    assert before["size"] >= stats(pacc_here)["size"]


def test_vacuum_gives_back_in_steps_and_says_how_far_it_is(store):
    for number in range(200):
        store.write("flows.upsert", {"id": f"{number:036d}", "name": "n" * 4000 + str(number), "created": 1,
                                     "updated": 1, "tags": "[]", "labels": "{}"})  # fmt: skip
    for number in range(200):
        store.write("flows.delete", {"id": f"{number:036d}"})
    told = []
    given = store_care.vacuum(store, lambda done, total: told.append((done, total)))
    assert given > 100_000  # the rest holds the events that tell of the deletions
    assert told[0][0] == 0
    assert told[-1][0] == given


def test_a_check_reads_the_whole_store(store, pacc_here, pacc_home):
    etl()
    ended = pacc_here("db", "check")
    assert (ended.code, "every page is sound" in ended.stdout) == (0, True), ended.output
    assert json.loads(pacc_here("db", "check", "-o", "json").stdout)[0]["level"] == "ok"


def test_a_damaged_store_fails_the_check(pacc_home, pacc_here):
    pacc_home.mkdir()
    (pacc_home / "pacc.db").write_bytes(b"SQLite format 3\0" + b"\1" * 5000)
    assert pacc_here("db", "check").code == 3


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["prune", "--before", "whenever"], '"whenever" is no time'),
        (["prune", "--before", "5000 years ago"], "--before"),
    ],
)
def test_a_mistake_is_answered_with_a_sentence(store, pacc_here, words, said):
    ended = pacc_here("db", *words)
    assert ended.code == 2
    assert said in ended.stderr
    assert "Traceback" not in ended.output
