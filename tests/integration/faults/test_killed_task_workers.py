"""A background task is executed by one worker at a time, and goes to another when that one is killed, as often as its retries say."""

from __future__ import annotations

import time

import pytest

SOAK = [pytest.mark.soak, pytest.mark.timeout(3600)]
QUIET = {"PACC_LOGGING_LOGGERS_PACC_HANDLERS": ""}


@pytest.mark.parametrize(
    ("runs", "kills"), [(150, 20), pytest.param(3000, 200, marks=SOAK)], ids=lambda number: f"{number}"
)
def test_workers_killed_at_random_lose_nothing_and_start_nothing_too_often(
    run_program, tmp_path, runs, kills
):
    seed = time.time_ns() % 10_000
    said = run_program(
        "killed_task_workers.py", tmp_path / "home", 3, runs, kills, seed, timeout=150, env=QUIET
    )
    assert "completed" in said


@pytest.mark.parametrize("runs", [60, pytest.param(20_000, marks=SOAK)])
def test_sixteen_workers_on_one_queue_execute_each_run_once(run_program, tmp_path, runs):
    said = run_program("killed_task_workers.py", tmp_path / "home", 16, runs, 0, 1, timeout=300, env=QUIET)
    assert f"{runs} of {runs} completed" in said
