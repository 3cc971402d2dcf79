"""Lesson 103: a task whose inputs have not changed need not run again."""

from __future__ import annotations

from datetime import timedelta

from pacc import flow, task
from pacc.cache_policies import INPUTS, RUN_ID, TASK_SOURCE


@task(cache_policy=INPUTS, cache_expiration=timedelta(minutes=1), log_prints=True)
def add_42(x: int) -> int:
    """Be slow, so that caching is worth it."""
    print("Result is:", x + 42)
    return x + 42


@task(cache_policy=INPUTS - "verbose" + TASK_SOURCE + RUN_ID)
def square(x: int, verbose: bool = False) -> int:
    """Run once in each flow run for a number, however wordy; and again when this code changes."""
    return x * x


@flow(log_prints=True)
def numbers() -> None:
    """Ask twice for the same, and see which runs were answered from the cache."""
    for x in (8, 8, 33):
        add_42(x)
    first, second = square(3, return_state=True), square(3, verbose=True, return_state=True)
    print("The second square is", second.name, "because", second.state_details.cache_reason)
    print("Both are", {first.result(), second.result()})


if __name__ == "__main__":
    numbers()
    numbers()
