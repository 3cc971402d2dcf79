"""The log is folded back in time, and never while a reader would lose what it reads."""

from __future__ import annotations

import logging
import os
import sqlite3

from pacc.store.checkpoint import CheckpointPlan
from pacc.store.connection import Reader


def test_it_is_time_after_so_many_commits():
    plan = CheckpointPlan(commits=3, size=1_000)
    assert [plan.due(10) for _ in range(3)] == [False, False, True]
    plan.tried(10, complete=True)
    assert not plan.due(10)


def test_it_is_time_when_the_log_is_big():
    plan = CheckpointPlan(commits=100, size=1_000)
    assert not plan.due(1_000)
    assert plan.due(1_001)


def test_where_a_reader_keeps_the_log_it_is_not_tried_after_every_commit():
    plan = CheckpointPlan(commits=100, size=1_000)
    plan.tried(5_000, complete=False)
    assert not plan.due(5_500)
    assert plan.due(6_001)
    plan.tried(6_001, complete=True)
    assert plan.due(1_001)


def test_the_log_stays_small_under_many_writes(new_store, rows):
    store = new_store(checkpoint_bytes=200_000, synchronous="NORMAL")
    store.write("flows.upsert", rows.FLOW)
    for number in range(400):
        store.write("flow_runs.insert", rows.flow_run(f"run {number}", parameters=f'"{"x" * 2_000}"'))
    assert os.stat(f"{store.path}-wal").st_size < 400_000
    assert store.read_sql("SELECT count(*) FROM flow_run")[0][0] == 400


def test_a_long_reader_delays_folding_but_loses_nothing(new_store, rows):
    store = new_store(checkpoint_commits=20)
    store.write("flows.upsert", rows.FLOW)
    lent = store._readers.take()
    reader = lent.connected()
    reader.execute("BEGIN")
    assert reader.execute("SELECT count(*) FROM flow_run").fetchone()[0] == 0
    for number in range(100):
        store.write("flow_runs.insert", rows.flow_run(f"run {number}"))
    assert reader.execute("SELECT count(*) FROM flow_run").fetchone()[0] == 0
    reader.execute("ROLLBACK")
    store._readers.give(lent)
    for number in range(100, 200):
        store.write("flow_runs.insert", rows.flow_run(f"run {number}"))
    assert store.read_sql("SELECT count(*) FROM flow_run")[0][0] == 200


def test_a_log_that_cannot_be_folded_back_is_told_once_and_fails_no_write(
    new_store, rows, monkeypatch, caplog
):
    store = new_store(checkpoint_commits=1)
    store.write("flows.upsert", rows.FLOW)

    def broken(self):
        raise sqlite3.OperationalError("disk I/O error")

    monkeypatch.setattr(logging.getLogger("pacc"), "propagate", True)
    with monkeypatch.context() as breaking:
        breaking.setattr(Reader, "connected", broken)
        for number in range(3):
            store.write("flow_runs.insert", rows.flow_run(f"run {number}"))
    told = {id(record): record.getMessage() for record in caplog.records}  # one record may be heard twice
    assert [message.count("disk I/O error") for message in told.values()] == [1]
    assert store.read_sql("SELECT count(*) FROM flow_run")[0][0] == 3
