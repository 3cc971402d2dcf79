"""Writes to a store, and says in between what was acknowledged; run under the recorder.

Usage: recorded_writes.py HOME SYNCHRONOUS
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import rows

from pacc.store import StoreOptions, open_store

home = Path(sys.argv[1])
acknowledged = -1


def take_no_time(number):
    """Write what need not survive the cut, in between what must."""
    limit = {
        "id": "limit", "name": "db", "now": number, "slots": number, "active": 1, "slot_decay_per_second": 0, "overwrite": 1,
    }  # fmt: skip
    store.write("concurrency.put", limit, lasting=False)
    with store.transaction(lasting=False) as tx:
        tx.run("concurrency.put", limit | {"slots": number + 1})


def acknowledge(*what):
    """Note it in a file of the recorded folder: the record then shows when it was said."""
    os.write(acknowledged, "".join(f"{kind} {run_id} {version}\n" for kind, run_id, version in what).encode())


home.mkdir()
acknowledged = os.open(home / "acknowledged", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
store = open_store(
    home, StoreOptions(checkpoint_commits=7, synchronous=sys.argv[2])
)  # often, so that cuts meet checkpoints and a new log
store.write("flows.upsert", rows.FLOW)
acknowledge(("flow", "flow-1", 0))
for number in range(25):
    run_id = f"run-{number}"
    store.write("flow_runs.insert", rows.flow_run(run_id))
    acknowledge(("flow_run", run_id, 1))
    take_no_time(number)
    rows.put_task_run(store, run_id, 1)
    with store.transaction() as tx:
        tx.run("flow_runs.advance", rows.advance(run_id, 2))
    acknowledge(("flow_run", run_id, 2), ("task_run", run_id, 1))
    rows.put_task_run(store, run_id, 3)
    rows.put_task_run(store, f"more-{run_id}", 3)
    take_no_time(number)
    store.write("flow_runs.advance", rows.advance(run_id, 3))
    acknowledge(("flow_run", run_id, 3), ("task_run", run_id, 3), ("task_run", f"more-{run_id}", 3))
    if number == 12:
        store.close()
store.close()
