"""Fills a store with many flow runs in seconds, so that listings can be measured on a store that has seen years."""

from __future__ import annotations

import json
import os
import sqlite3
import time
from contextlib import closing
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


TASK_RUNS = """
INSERT INTO task_run ({columns})
WITH RECURSIVE number (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM number WHERE n < :each - 1)
SELECT {values} FROM flow_run, number, (SELECT * FROM task_run LIMIT 1) AS template
WHERE flow_run.name LIKE '%-run-%'
"""
"""So many task runs below each flow run that was seeded, like the one that is there, one after another."""


def seed_task_runs(home: Path, each: int) -> None:
    """Give each seeded flow run so many task runs."""
    with closing(sqlite3.connect(home / "pacc.db")) as connection, connection:
        columns = [row[1] for row in connection.execute("PRAGMA table_info(task_run)")]
        other = {
            "id": "substr(flow_run.id, 1, 15) || printf('%03x', number.n) || '-9' || substr(flow_run.id, 21)",
            "flow_run_id": "flow_run.id",
            "name": "'load-' || number.n",
            "dynamic_key": "number.n",
            "created": "flow_run.start_time + number.n",
            "state_time": "flow_run.end_time",
            "start_time": "flow_run.start_time",
            "end_time": "flow_run.end_time",
        }
        values = ", ".join(other.get(name, f"template.{name}") for name in columns)
        connection.execute(TASK_RUNS.format(columns=", ".join(columns), values=values), {"each": each})


def seed_deployments(home: Path, count: int) -> None:
    """Make so many deployments of the seeded flow, each with a schedule."""
    deploy = f"""
from pacc.schemas.deployments import DeploymentCreate, DeploymentScheduleCreate
from pacc.schemas.schedules import CronSchedule
from pacc.services import deployments
from pacc.settings import get_current_settings
from pacc.store import open_store

store = open_store(get_current_settings().home)
for number in range({count}):
    deployments.upsert(store, DeploymentCreate(
        name=f"nightly-{{number}}", flow_name="etl", entrypoint="etl.py:etl",
        schedules=[DeploymentScheduleCreate(schedule=CronSchedule(cron="0 3 * * *"))],
    ))
"""
    run_script(PACC, deploy, home)


def seed_log(home: Path, lines: int) -> str:
    """Give the run that really ran a log of so many lines, and return the run's id."""
    path = next((home / "logs").glob("*.jsonl"))
    line = {"t": time.time_ns() // 1000, "level": 20, "logger": "pacc.flow_runs", "message": "Nothing new"}
    text = json.dumps(line) + "\n"
    with path.open("w", encoding="utf-8") as file:
        for _ in range(0, lines, BATCH):
            file.write(text * min(BATCH, lines))
    return path.stem


if __name__ == "__main__":
    seed_flow_runs(Path(os.environ["PACC_HOME"]), 100_000)
