"""A store of its own for each test, and runs to put into it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pacc._internal import clock
from pacc._internal.ids import new_id
from pacc._internal.tagtext import tags_text
from pacc.services import flows
from pacc.store.database import Store
from pacc.store.flow_runs import COLUMNS as FLOW_RUN
from pacc.store.task_runs import COLUMNS as TASK_RUN


class Runs:
    """Puts runs into a store as the engine would, with any column set by name."""

    def __init__(self, store):
        self.store = store

    def flow_run(self, flow="etl", *, state="RUNNING", tags=(), **columns):
        """Insert a flow run and return its id."""
        row = {
            **dict.fromkeys(FLOW_RUN),
            **self.common(state, tags),
            "flow_id": str(flows.create(self.store, flow)),
        }
        row.update({"updated": row["created"], "parameters": "{}", "auto_scheduled": 0, **columns})
        self.store.write("flow_runs.insert", row)
        return row["id"]

    def task_run(self, flow_run_id=None, *, state="RUNNING", tags=(), **columns):
        """Put a task run into the journal and return its id; it is not committed yet."""
        row = {**dict.fromkeys(TASK_RUN), **self.common(state, tags), "flow_run_id": flow_run_id}
        row.update(
            task_key="fetch-1", dynamic_key=row["id"], flow_run_run_count=1, task_inputs="{}", **columns
        )
        self.store.journal.put("task_runs.record_batch", row["id"], Row(row))
        return row["id"]

    def common(self, state, tags):
        now = clock.now()
        told = [("PENDING", "Pending"), (state, state.capitalize())]
        lines = [{"t": now + n, "type": kind, "name": name, "n": n} for n, (kind, name) in enumerate(told)]
        return {
            "id": new_id(), "name": "noisy-raccoon", "created": now, "state_type": state,
            "state_name": state.capitalize(), "state_time": now + 1, "version": 2, "attempt": 1, "run_count": 1,
            "history": "\n".join(map(json.dumps, lines)), "tags": tags_text(tags), "total_run_time": 0,
            "expected_start_time": now,
        }  # fmt: skip


class Row:
    """A row on its way into the journal."""

    def __init__(self, row):
        self.row = tuple(row.values())

    def journal_row(self):
        return self.row


@pytest.fixture
def store(tmp_path):
    """An empty store."""
    made = Store(Path(tmp_path) / "home")
    yield made
    made.close()
    made.leave()


@pytest.fixture
def runs(store):
    """What puts runs into the store."""
    return Runs(store)
