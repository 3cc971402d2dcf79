"""Commands that read, and tabs on names, on a store that has seen years: processor time, for that is what a command costs."""

from __future__ import annotations

import subprocess
from functools import partial
from typing import TYPE_CHECKING

from measuring import PACC, children_ms, empty_home, middle, options, processor_ms, show
from seeding import seed_deployments, seed_flow_runs, seed_log, seed_task_runs

if TYPE_CHECKING:
    from collections.abc import Mapping

COMMANDS = """
flow ls
flow-run ls
flow-run ls -o json
flow-run ls --state Failed
flow-run ls --flow-name etl --limit 50
flow-run inspect calm-run-1
flow-run inspect @last
flow-run graph calm-run-1
flow-run logs calm-run-1
task-run ls
task-run ls --flow-run calm-run-1
task-run ls --state Completed
task-run inspect @last
deployment ls
deployment inspect etl/nightly-1
deployment schedule ls etl/nightly-1
deployment schedule next etl/nightly-1
why @last
why etl/nightly-1
events ls
artifact ls
variable ls
block ls
automation ls
work-pool ls
work-queue ls
gcl ls
concurrency-limit ls
notify ls
backfill ls
result ls
asset ls
webhook ls
shell ls
db stats
config view
profile ls
version
"""
TABS = ("flow-run ", "flow-run calm", "flow ", "deployment etl/", "task-run loa", "setting PACC_LOG")


def first_line_ms(run_id: str, environment: Mapping[str, str]) -> float:
    """Return the milliseconds of processor time of showing a log to a reader who leaves after its first line."""
    before = children_ms()
    command = PACC.command("flow-run", "logs", run_id)
    with subprocess.Popen(command, env=dict(environment), stdout=subprocess.PIPE) as process:
        if process.stdout is None or not process.stdout.readline():
            raise SystemExit("the log is empty")
        process.stdout.close()
    return children_ms() - before


def main() -> None:
    """Print the figures."""
    asked = options(__doc__ or "", runs=100_000, tasks_each=10, deployments=1_000, lines=1_000_000, most=100)
    with empty_home() as home:
        seed_flow_runs(home, asked.runs)
        seed_task_runs(home, asked.tasks_each)
        seed_deployments(home, asked.deployments)
        environment = PACC.environment(home, {})
        for line in COMMANDS.strip().splitlines()[: asked.most]:
            took = middle(partial(processor_ms, PACC.command(*line.split()), environment), asked.rounds)
            show(f"pacc {line}", took, "ms", target="< 250")
        for line in TABS[: asked.most]:
            words = PACC.command("_complete", *line.split(" ", 1))
            took = middle(partial(processor_ms, words, environment), asked.rounds)
            show(f"a tab on: {line}", took, "ms", target="< 120")
        run_id = seed_log(home, asked.lines)
        took = middle(partial(first_line_ms, run_id, environment), asked.rounds)
        show(f"pacc flow-run logs, {asked.lines:,} lines: the first", took, "ms", target="< 150")


if __name__ == "__main__":
    main()
