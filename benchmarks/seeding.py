"""Fills a store with many flow runs in seconds, so that listings can be measured on a store that has seen years."""

from __future__ import annotations

import json
import os
import sqlite3
import time
from pathlib import Path

from measuring import PACC, run_script

ONE_RUN = """
from @subject@ import flow, task

@task
def load(number):
    return number

@flow
def etl(number):
    return load(number)

etl(1)
"""

BATCH = 10_000
DAY = 86_400_000_000
WORDS = ("brave", "calm", "dusty", "mild", "noisy", "quick")
ENDS = (("COMPLETED", "Completed"),) * 8 + (("FAILED", "Failed"), ("CRASHED", "Crashed"))


def uuid7(microseconds: int, number: int) -> str:
    """Return an id as pacc makes them: sorted by time, then by number."""
    text = f"{microseconds // 1000:012x}7{number & 0xFFF:03x}8{number:015x}"
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:32]))


def flow_run_row(template: dict[str, object], number: int, moment: int) -> dict[str, object]:
    """Return the row of a run that took a second and ended, most of them well."""
    kind, name = ENDS[number % len(ENDS)]
    began, ended = moment, moment + 1_000_000
    history = [
        {"t": began, "type": "PENDING", "name": "Pending", "n": 0, "a": 1},
        {"t": began, "type": "RUNNING", "name": "Running", "n": 1, "a": 1},
        {"t": ended, "type": kind, "name": name, "n": 1, "a": 1},
    ]
    return template | {
        "id": (identity := uuid7(moment, number)),
        "name": f"{WORDS[number % len(WORDS)]}-run-{number}",
        "created": began,
        "updated": ended,
        "state_type": kind,
        "state_name": name,
        "state_message": None if kind == "COMPLETED" else "Flow run encountered an exception: ValueError: no",
        "state_time": ended,
        "history": "\n".join(json.dumps(move) for move in history),
        "expected_start_time": began,
        "start_time": began,
        "end_time": ended,
        "total_run_time": ended - began,
        "root_flow_run_id": identity if template["root_flow_run_id"] else None,
        "parameters": json.dumps({"number": number}),
    }


def seed_flow_runs(home: Path, count: int) -> None:
    """Make a store with `count` ended flow runs over the last thirty days, shaped after one that really ran."""
    run_script(PACC, ONE_RUN, home)
    connection = sqlite3.connect(home / "pacc.db")
    connection.row_factory = sqlite3.Row
    template = dict(connection.execute("SELECT * FROM flow_run").fetchone())
    columns = ", ".join(template)
    places = ", ".join(f":{name}" for name in template)
    first = time.time_ns() // 1000 - 30 * DAY
    step = 30 * DAY // max(count, 1)
    for start in range(1, count, BATCH):
        rows = [
            flow_run_row(template, number, first + number * step)
            for number in range(start, min(start + BATCH, count))
        ]
        with connection:
            connection.executemany(f"INSERT INTO flow_run ({columns}) VALUES ({places})", rows)  # noqa: S608
    connection.close()


if __name__ == "__main__":
    seed_flow_runs(Path(os.environ["PACC_HOME"]), 100_000)
