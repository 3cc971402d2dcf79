"""Rows become records: every column has its place, and states survive the way through a row."""

from __future__ import annotations

import json
import sqlite3
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

import pacc.store
from pacc._internal.jsontext import dumps
from pacc._internal.tagtext import tag_text, tags_text
from pacc.schemas.flow_runs import FlowRunPolicy
from pacc.schemas.states import StateType
from pacc.store import deployments, flow_runs, flows, states, task_runs, variables, work_pools
from pacc.store.columns import estimated_run_time, lateness


def schema_columns(table):
    connection = sqlite3.connect(":memory:")
    connection.executescript((Path(pacc.store.__file__).parent / "schema.sql").read_text("utf-8"))
    names = tuple(row[1] for row in connection.execute(f"PRAGMA table_info({table})"))
    connection.close()
    return names


@pytest.mark.parametrize(
    ("table", "module"),
    [
        ("flow", flows),
        ("flow_run", flow_runs),
        ("task_run", task_runs),
        ("variable", variables),
        ("deployment", deployments),
    ],
)
def test_columns_are_those_of_the_schema_in_its_order(table, module):
    assert schema_columns(table) == module.COLUMNS


def test_columns_of_schedules_are_those_of_the_schema_in_its_order():
    assert schema_columns("deployment_schedule") == deployments.SCHEDULE_COLUMNS


def test_columns_of_work_pools_are_those_of_the_schema_in_its_order():
    assert schema_columns("work_pool") == work_pools.POOL_COLUMNS
    assert schema_columns("work_queue") == work_pools.QUEUE_COLUMNS
    assert schema_columns("worker") == work_pools.WORKER_COLUMNS


@pytest.mark.parametrize(("table", "module"), [("flow_run", flow_runs), ("task_run", task_runs)])
def test_a_column_that_a_later_release_added_does_no_harm(table, module, rows):
    row = getattr(rows, table)(str(UUID(int=1)), version=2)
    if table == "flow_run":
        row["flow_id"] = str(UUID(int=2))
    else:
        row["flow_run_id"] = None
    record = module.from_row((*row.values(), "of a later release"))
    assert (record.id, record.state_type) == (UUID(int=1), StateType.RUNNING)


@given(st.lists(st.text(max_size=8), max_size=4), st.text(max_size=8))
def test_a_tag_stands_in_the_text_exactly_where_it_is_one(tags, tag):
    text = tags_text(tags)
    assert json.loads(text) == tags
    assert (tag_text(tag) in text) == (tag in tags)


lines = st.fixed_dictionaries(
    {"t": st.integers(0, 10**15), "type": st.sampled_from(list(StateType)), "name": st.text(max_size=5)},
    optional={"message": st.text(max_size=20), "details": st.just({"pause_key": "k"})},
)


@given(st.lists(lines, min_size=1, max_size=5))
def test_a_history_comes_back_as_it_was_told(told):
    history = "\n".join(map(dumps, told))
    found = states.past(history, flow_run_id=str(UUID(int=7)))
    assert [(state.time, state.type, state.name, state.message) for state in found] == [
        (line["t"], line["type"], line["name"], line.get("message")) for line in told
    ]
    assert len({state.id for state in found}) == len(told)


@given(
    st.builds(
        FlowRunPolicy,
        retries=st.none() | st.integers(0, 9),
        retry_delay=st.none() | st.integers(0, 9),
        pause_keys=st.frozensets(st.text(max_size=3)),
        resuming=st.booleans(),
        retry_type=st.sampled_from([None, "in_process", "reschedule"]),
    )
)
def test_a_policy_comes_back_as_it_was_kept(policy):
    back = flow_runs.policy(flow_runs.policy_text(policy))
    assert back == policy


times = st.none() | st.integers(0, 100)


@given(times, times, times, st.integers(0, 100))
def test_lateness_is_never_negative_and_ends_with_the_start(expected, started, ended, now):
    late = lateness(expected, started, ended, now)
    assert late >= timedelta(0)
    if expected is not None and started is not None:
        assert late == timedelta(microseconds=max(0, started - expected))
        assert late == lateness(expected, started, ended, now + 50)


def test_a_clock_set_back_takes_nothing_from_a_running_time():
    assert estimated_run_time(5, "RUNNING", since=100, now=90) == timedelta(microseconds=5)
    assert estimated_run_time(5, "COMPLETED", since=100, now=190) == timedelta(microseconds=5)
