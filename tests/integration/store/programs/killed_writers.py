"""Writers that are killed at random moments; afterwards everything they had acknowledged must be there, and nothing by halves.

Usage: killed_writers.py HOME KILLS SEED
"""

from __future__ import annotations

import os
import random
import signal
import sys
import time
from pathlib import Path

import rows

from pacc.store import StoreOptions, open_store

OPTIONS = StoreOptions(checkpoint_commits=20)  # often, so that kills meet checkpoints too


def write_for_ever(home, side):
    """Record runs, and after each return of the store note what it thereby acknowledged."""
    store = open_store(home, OPTIONS)
    out = os.open(side, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def acknowledge(*what):
        os.write(out, "".join(f"{kind} {run_id} {version}\n" for kind, run_id, version in what).encode())

    number = 0
    while True:
        run_id = f"{side.name}-{number}"
        store.write("flow_runs.insert", rows.flow_run(run_id))
        acknowledge(("flow_run", run_id, 1))
        rows.put_task_run(store, run_id, 1)
        store.write("flow_runs.advance", rows.advance(run_id, 2))
        acknowledge(("flow_run", run_id, 2), ("task_run", run_id, 1))
        rows.put_task_run(store, run_id, 3)
        store.journal.flush()
        acknowledge(("task_run", run_id, 3))
        with store.transaction() as tx:
            tx.run("flow_runs.advance", rows.advance(run_id, 3))
        acknowledge(("flow_run", run_id, 3))
        number += 1


def start(home, side):
    pid = os.fork()
    if pid == 0:
        try:
            write_for_ever(home, side)
        finally:
            os._exit(1)
    return pid


def kill(pid):
    os.kill(pid, signal.SIGKILL)
    _, status = os.waitpid(pid, 0)
    assert os.WIFSIGNALED(status), "a writer ended by itself"


def check(store, side):
    """Return what was lost or torn."""
    wrong = []
    for table in ("flow_run", "task_run"):
        found = {row["id"]: row for row in store.read_sql(f"SELECT * FROM {table}")}
        torn = [row["id"] for row in found.values() if len(row["history"].splitlines()) != row["version"]]
        torn += [
            row["id"] for row in found.values() if rows.STATES[row["version"] - 1][0] != row["state_type"]
        ]
        wrong += [f"torn {run_id}" for run_id in torn]
        for file in side.iterdir():
            for line in file.read_text().splitlines():
                kind, run_id, version = line.split()
                if kind == table and (run_id not in found or found[run_id]["version"] < int(version)):
                    wrong.append(f"lost {line}")
    return wrong


def main(home, kills, seed):
    chance = random.Random(seed)
    side = Path(home).with_name("acknowledged")
    side.mkdir()
    store = open_store(Path(home))
    store.write("flows.upsert", rows.FLOW)
    store.close()
    writers = [start(Path(home), side / f"writer{number}") for number in range(3)]
    for number in range(3, kills + 3):
        time.sleep(chance.uniform(0.005, 0.04))
        kill(writers.pop(0))
        writers.append(start(Path(home), side / f"writer{number}"))
    for pid in writers:
        kill(pid)
    wrong = check(store, side)
    whole = [row[0] for row in store.read_sql("PRAGMA integrity_check")]
    acknowledged = sum(len(file.read_text().splitlines()) for file in side.iterdir())
    print(f"{acknowledged} acknowledged, {wrong[:5]}, {whole}, seed {seed}")
    return 0 if acknowledged > kills and not wrong and whole == ["ok"] else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
