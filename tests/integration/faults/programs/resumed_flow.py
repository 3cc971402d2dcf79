"""A flow that leaves a mark each time one of its tasks does its work, so that work done twice is seen."""

from __future__ import annotations

import os
from pathlib import Path

from pacc import flow, task


def mark(what):
    """Note that a piece of work was done, in a file that survives the process."""
    file = os.open(Path(os.environ["PACC_HOME"]).parent / "marks", os.O_CREAT | os.O_WRONLY | os.O_APPEND)
    os.write(file, f"{what}\n".encode())
    os.close(file)


@task(task_run_name="fetch {city}")
def fetch(city):
    mark(f"fetch {city}")
    return f"{city}: 21.5"


@task(task_run_name="measure {line}")
def measure(line):
    mark(f"measure {line}")
    return len(line)


@task(task_run_name="sum up {lines}")
def sum_up(lines):
    total = sum(measure(line) for line in lines)
    mark(f"sum up {lines}")
    return total


@flow
def report(total):
    return fetch(f"total {total}")


@flow
def pipeline():
    lines = [fetch("Ulm"), fetch("Oslo")]
    lines += fetch.map(["Rome", "Bonn"]).result()
    return report(sum_up(lines))
