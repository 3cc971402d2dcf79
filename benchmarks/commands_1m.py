"""Commands that read, and tabs on names, on a store that has seen years: processor time, for that is what a command costs."""

from __future__ import annotations

import os
from functools import partial
from typing import TYPE_CHECKING

from measuring import PACC, empty_home, middle, options, run, show
from seeding import seed_deployments, seed_flow_runs, seed_task_runs

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

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


def processor_ms(words: Sequence[str], environment: Mapping[str, str]) -> float:
    """Return the milliseconds of processor time of one command."""
    before = os.times()
    run(PACC.command(*words), environment)
    after = os.times()
    spent = after.children_user + after.children_system - before.children_user - before.children_system
    return spent * 1000


def main() -> None:
    """Print the figures."""
    asked = options(__doc__ or "", runs=100_000, tasks_each=10, deployments=1_000, most=100)
    with empty_home() as home:
        seed_flow_runs(home, asked.runs)
        seed_task_runs(home, asked.tasks_each)
        seed_deployments(home, asked.deployments)
        environment = PACC.environment(home, {})
        for line in COMMANDS.strip().splitlines()[: asked.most]:
            took = middle(partial(processor_ms, line.split(), environment), asked.rounds)
            show(f"pacc {line}", took, "ms", target="< 250")
        for line in TABS[: asked.most]:
            words = ["_complete", *line.split(" ", 1)]
            took = middle(partial(processor_ms, words, environment), asked.rounds)
            show(f"a tab on: {line}", took, "ms", target="< 120")


if __name__ == "__main__":
    main()
