"""Many processes each run one-task flows on one store at once: every run must be there, nobody may read of a lock.

Usage: many_flows.py HOME PROCESSES FLOWS
"""

from __future__ import annotations

import sys
from pathlib import Path

import checking
import nursery

from pacc import flow, task


@task
def add(number):
    return number + 1


@flow
def one_task(number):
    return add(number)


def actor(flows):
    return sum(one_task(number) != number + 1 for number in range(flows))


def main(home, processes, flows):
    actors = [nursery.forked(actor, flows, home=home) for _ in range(processes)]
    wrong = [f"a process ended with {code}" for pid in actors if (code := nursery.finished(pid))]
    for table in ("flow_run", "task_run"):
        states = [row["state_name"] for row in checking.rows(home, table)]
        if states != ["Completed"] * (processes * flows):
            wrong.append(f"{len(states)} rows in {table}, {states.count('Completed')} completed")
    wrong += checking.faults(home)
    print("\n".join(wrong))
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])))
