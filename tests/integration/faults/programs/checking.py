"""What must be true of every store after any fault: no row half written, no history that could not have happened."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

from pacc._internal.clock import to_datetime
from pacc.exceptions import IllegalTransition
from pacc.orchestration import transitions
from pacc.schemas.states import TERMINAL_STATES, StateType

OPEN = "state_type NOT IN ('COMPLETED', 'FAILED', 'CANCELLED', 'CRASHED') AND state_name <> 'NotReady'"


def connected(home):
    """A connection to a store past pacc, to be closed."""
    connection = sqlite3.connect(f"file:{Path(home) / 'pacc.db'}?mode=rw", uri=True)
    connection.row_factory = sqlite3.Row
    return closing(connection)


def rows(home, table, condition="1"):
    """Rows of a table as dictionaries, read on a connection of their own."""
    with connected(home) as connection:
        return rows_by(connection, table, condition)


def rows_by(connection, table, condition="1"):
    """The same by a connection that is open."""
    found = connection.execute(f"SELECT * FROM {table} WHERE {condition} ORDER BY id")
    return [dict(row) for row in found]


def open_runs(home):
    """The names of the runs that have not ended."""
    return [row["name"] for table in ("flow_run", "task_run") for row in rows(home, table, OPEN)]


def faults(home):
    """Everything that is wrong with a store, in sentences; an empty list is what tests want."""
    with connected(home) as connection:
        checked = connection.execute("PRAGMA integrity_check")
        found = [f"integrity: {row[0]}" for row in checked if row[0] != "ok"]
        found += [f"foreign key: {tuple(row)}" for row in connection.execute("PRAGMA foreign_key_check")]
        for table in ("flow_run", "task_run"):
            for row in rows_by(connection, table):
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
