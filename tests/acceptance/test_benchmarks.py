"""The benchmarks run, with counts so small that their numbers mean nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"
SMALL = {
    "background_tasks": ["--tasks", "20", "--workers", "2", "--wakes", "2", "--idle", "1"],
    "start_up": ["--runs", "50"],
    "help_pages": ["--most", "2"],
    "listings_100k": ["--runs", "50"],
    "dashboard": ["--runs", "50", "--bars", "60", "--megabytes", "1"],
    "commands_1m": [
        "--runs",
        "20",
        "--tasks-each",
        "2",
        "--deployments",
        "2",
        "--lines",
        "50",
        "--most",
        "1",
    ],
    "events_and_automations": [
        "--events",
        "200",
        "--many",
        "1000",
        "--automations",
        "5",
        "--answers",
        "2",
        "--deadlines",
        "2",
        "--within",
        "1",
    ],
    "webhooks": ["--rate", "20", "--seconds", "1", "--most", "20"],
    "first_flow": [],
    "tasks_10k": ["--tasks", "20", "--many", "40"],
    "submit_10k": ["--tasks", "20", "--gathered", "5"],
    "nested_1k": ["--flows", "5"],
    "log_lines_10k": ["--lines", "50"],
    "results_and_caching": ["--results", "5", "--hits", "10"],
    "concurrency_limits": ["--processes", "3", "--each", "2"],
    "schedules": ["--times", "50"],
    "housekeeping": ["--schedules", "10", "--idle", "1", "--ticks", "5"],
    "variables_and_blocks": ["--reads", "5", "--blocks", "3"],
    "checkpoints": ["--tasks", "20"],
    "deployment_latency": ["--runs", "1"],
    "thousand_runs": ["--at-once", "3", "--seconds", "1", "--trivial", "4", "--by-worker", "4"],
    "idle_serve": ["--deployments", "3", "--settle", "1", "--seconds", "1", "--wakes", "1"],
    "contention_64": ["--processes", "3", "--flows", "2"],
}
SCRIPTS = sorted({path.stem for path in BENCHMARKS.glob("*.py")} - {"measuring", "seeding"})


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_benchmark_prints_its_figures(run_python, tmp_path, name):
    home = {"TMPDIR": str(tmp_path)}
    ended = run_python(BENCHMARKS / f"{name}.py", "--rounds", "1", *SMALL[name], timeout=100, env=home)
    assert ended.code == 0, ended.output
    assert len(ended.stdout.splitlines()) >= 2
