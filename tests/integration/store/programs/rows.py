"""Rows as the engine would bring them, for the store's tests and for the programs they start."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pacc.store

BEGIN = 1_790_000_000_000_000
STATES = (("PENDING", "Pending"), ("RUNNING", "Running"), ("COMPLETED", "Completed"))
FLOW = {"id": "flow-1", "name": "etl", "created": BEGIN, "updated": BEGIN, "tags": "[]", "labels": "{}"}


def columns(table):
    """The columns of a table, in the schema's order."""
    connection = sqlite3.connect(":memory:")
    connection.executescript((Path(pacc.store.__file__).parent / "schema.sql").read_text("utf-8"))
    names = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
    connection.close()
    return names


FLOW_RUN_COLUMNS = columns("flow_run")
TASK_RUN_COLUMNS = columns("task_run")


def line(version):
    """The history's line of that transition."""
    kind, name = STATES[version - 1]
    return json.dumps({"t": BEGIN + version, "type": kind, "name": name, "n": 1, "a": 1})


def common(run_id, version):
    kind, name = STATES[version - 1]
    return {
        "id": run_id,
        "name": f"run {run_id}",
        "created": BEGIN,
        "state_type": kind,
        "state_name": name,
        "state_time": BEGIN + version,
        "version": version,
        "attempt": 1,
        "run_count": 1,
        "history": "\n".join(line(number) for number in range(1, version + 1)),
        "tags": "[]",
        "total_run_time": 0,
    }


def flow_run(run_id, version=1, **changes):
    """A flow run's row by column names."""
    filled = {"flow_id": "flow-1", "updated": BEGIN, "parameters": "{}", "auto_scheduled": 0}
    return {**dict.fromkeys(FLOW_RUN_COLUMNS), **common(run_id, version), **filled, **changes}


def task_run(run_id, version=1, **changes):
    """A task run's row by column names."""
    filled = {
        "flow_run_id": "run-1",
        "task_key": "say",
        "dynamic_key": "0",
        "flow_run_run_count": 1,
        "task_inputs": "{}",
    }
    return {**dict.fromkeys(TASK_RUN_COLUMNS), **common(run_id, version), **filled, **changes}


def advance(run_id, version):
    """What `flow_runs.advance` needs to bring a run to that version."""
    kind, name = STATES[version - 1]
    return {
        "id": run_id,
        "name": f"run {run_id}",
        "parameters": "{}",
        "session": None,
        "process": None,
        "leaves": False,
        "claimed_by": None,
        "infrastructure_pid": None,
        "usage": None,
        "expected_version": version - 1,
        "expected_attempt": 1,
        "attempt": 1,
        "state_type": kind,
        "state_name": name,
        "state_message": None,
        "state_time": BEGIN + version,
        "state_details": None,
        "state_data": None,
        "run_count": 1,
        "next_scheduled_start_time": None,
        "start_time": BEGIN,
        "end_time": None,
        "total_run_time": 0,
        "updated": BEGIN,
        "line": line(version),
    }


class Source:
    """What the journal takes: something with a row."""

    def __init__(self, row):
        self.row = row

    def journal_row(self):
        return tuple(self.row.values())


def put_task_run(store, run_id, version=1, **changes):
    """Put a task run's row into the journal."""
    store.journal.put("task_runs.record_batch", run_id, Source(task_run(run_id, version, **changes)))


def put_flow_run(store, run_id, version=1, **changes):
    """Put a flow run's row into the journal."""
    store.journal.put("flow_runs.record_batch", run_id, Source(flow_run(run_id, version, **changes)))
