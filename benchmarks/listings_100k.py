"""Listings through the client on a store that has seen years: each reads what it shows, and not the whole table."""

from __future__ import annotations

from functools import partial

from measuring import PACC, empty_home, middle, numbers, options, run_script, show
from seeding import seed_flow_runs

SCRIPT = """
import json, time
from pacc import get_client
from pacc.client.schemas.filters import FlowFilter, FlowRunFilter
from pacc.client.schemas.sorting import FlowRunSort

running = FlowRunFilter(state={"type": {"any_": ["RUNNING", "PENDING"]}})
failed = FlowRunFilter(state={"type": {"any_": ["FAILED"]}})
etl = FlowFilter(name={"any_": ["etl"]})
absent = FlowRunFilter(tags={"all_": ["absent"]})

with get_client(sync_client=True) as client:
    asked = {
        "the newest 15": lambda: client.read_flow_runs(limit=15),
        "15 by expected start": lambda: client.read_flow_runs(
            limit=15, sort=FlowRunSort.EXPECTED_START_TIME_DESC
        ),
        "15 by start": lambda: client.read_flow_runs(limit=15, sort=FlowRunSort.START_TIME_DESC),
        "15 by name": lambda: client.read_flow_runs(limit=15, sort=FlowRunSort.NAME_ASC),
        "what is running": lambda: client.read_flow_runs(limit=15, flow_run_filter=running),
        "the newest 15 that failed": lambda: client.read_flow_runs(limit=15, flow_run_filter=failed),
        "flows": lambda: client.read_flows(limit=15),
        "how many failed": lambda: client.count_flow_runs(flow_run_filter=failed),
        "a tag that no run has": lambda: client.read_flow_runs(limit=15, flow_run_filter=absent),
        "one flow's newest 15, by its name": lambda: client.read_flow_runs(limit=15, flow_filter=etl),
        "1,000 records": lambda: client.read_flow_runs(limit=1000),
    }
    took = {}
    for name, ask in asked.items():
        ask()
        began = time.perf_counter()
        ask()
        took[name] = (time.perf_counter() - began) * 1000
print(json.dumps(took))
"""

TARGETS = dict.fromkeys(
    ("the newest 15", "15 by expected start", "15 by start", "15 by name", "what is running", "flows"), "< 5"
)


def main() -> None:
    """Print the figures."""
    asked = options(__doc__ or "", runs=100_000)
    with empty_home() as home:
        seed_flow_runs(home, asked.runs)
        rounds = [numbers(run_script(PACC, SCRIPT, home)) for _ in range(asked.rounds)]
        for name in rounds[0]:
            values = iter(each[name] for each in rounds)
            took = middle(partial(next, values), asked.rounds)
            show(f"{name}, of {asked.runs:,} flow runs", took, "ms", target=TARGETS.get(name, ""))


if __name__ == "__main__":
    main()
