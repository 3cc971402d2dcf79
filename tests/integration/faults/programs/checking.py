"""What must be true of every store after any fault: no row half written, no history that could not have happened."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

from pacc._internal.clock import to_datetime
from pacc.exceptions import IllegalTransition
from pacc.orchestration import transitions
from pacc.schemas.states import TERMINAL_STATES, StateType

OPEN = "state_type NOT IN ('COMPLETED', 'FAILED', 'CANCELLED', 'CRASHED') AND state_name <> 'NotReady'"


def rows(home, table, condition="1"):
    """Rows of a table as dictionaries, read past pacc, on a connection of their own."""
    connection = sqlite3.connect(f"file:{Path(home) / 'pacc.db'}?mode=rw", uri=True)
    connection.row_factory = sqlite3.Row
    try:
        return [
            dict(row) for row in connection.execute(f"SELECT * FROM {table} WHERE {condition} ORDER BY id")
        ]
    finally:
        connection.close()


def open_runs(home):
    """The names of the runs that have not ended."""
    return [row["name"] for table in ("flow_run", "task_run") for row in rows(home, table, OPEN)]


def faults(home):
    """Everything that is wrong with a store, in sentences; an empty list is what tests want."""
    connection = sqlite3.connect(f"file:{Path(home) / 'pacc.db'}?mode=rw", uri=True)
    found = [f"integrity: {row[0]}" for row in connection.execute("PRAGMA integrity_check") if row[0] != "ok"]
    found += [f"foreign key: {row}" for row in connection.execute("PRAGMA foreign_key_check")]
    connection.close()
    for table in ("flow_run", "task_run"):
        for row in rows(home, table):
            found += [f"{table} {row['name']!r} {row['id']}: {fault}" for fault in faults_of(row)]
    return found


def faults_of(row):
    """What is wrong with one run: its last line of history is its state, and each line may follow the one before."""
    lines = [json.loads(line) for line in row["history"].split("\n")]
    if len(lines) != row["version"]:
        yield f"version {row['version']} with {len(lines)} transitions"
    yield from _differences(row, lines[-1])
    yield from _impossible_moves(lines)
    ended = row["state_type"] in TERMINAL_STATES
    if ended != (row["end_time"] is not None):
        yield f"{row['state_type']} with end time {row['end_time']}"
    if ended and row["end_time"] != row["state_time"]:
        yield "ended at another time than its last state began"


def _differences(row, last):
    expected = {
        "state_type": last["type"],
        "state_name": last["name"],
        "state_message": last.get("message"),
        "state_time": last["t"],
        "run_count": last["n"],
        "attempt": last.get("a", 1),
    }
    for column, value in expected.items():
        if row[column] != _spelled(value):
            yield f"{column} is {row[column]!r}, its history says {value!r}"
    details = json.loads(row["state_details"]) if row["state_details"] else None
    if details != last.get("details"):
        yield f"state_details are {details!r}, its history says {last.get('details')!r}"


def _spelled(value):
    """What a column holds of text that UTF-8 cannot; the history's JSON has escapes for it."""
    return value.encode("utf-8", "backslashreplace").decode() if isinstance(value, str) else value


def _impossible_moves(lines):
    before = None
    for line in lines:
        to_datetime(line["t"])
        again = before is not None and line.get("a", 1) == before.get("a", 1) + 1
        try:
            transitions.check(
                StateType(before["type"]) if before else None,
                StateType(line["type"]),
                old_name=before and before["name"],
                new_name=line["name"],
                retry=again,
            )
        except IllegalTransition as error:
            yield f"{error} (attempt {line.get('a', 1)})"
        if before is not None and not again and line.get("a", 1) != before.get("a", 1):
            yield f"attempt {line.get('a', 1)} after attempt {before.get('a', 1)}"
        before = line
