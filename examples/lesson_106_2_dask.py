"""Lesson 106, a step further: the same tasks on a Dask cluster. Needs Dask: `pip install 'pacc[dask]'`.

The cluster is made for the flow run, on this machine; `DaskTaskRunner(address="tcp://...")` uses one that is there.
"""

from __future__ import annotations

from pacc import flow, get_run_logger, task
from pacc.integrations.dask import DaskTaskRunner


@task
def count_primes(start: int, stop: int) -> int:
    """Keep a processor of the cluster busy, and say so in the flow run's log."""
    primes = sum(
        all(number % divisor for divisor in range(2, int(number**0.5) + 1)) for number in range(start, stop)
    )
    get_run_logger().info("%d primes from %d to %d", primes, start, stop)
    return primes


@flow(log_prints=True, task_runner=DaskTaskRunner(cluster_kwargs={"n_workers": 2, "threads_per_worker": 1}))
def primes() -> int:
    """Count in four parts."""
    parts = [2, 2_500, 5_000, 7_500, 10_000]
    total = sum(count_primes.map(parts[:-1], parts[1:]).result())
    print(f"{total} primes below 10,000")
    return total


if __name__ == "__main__":  # the cluster's processes load this file too
    primes()
