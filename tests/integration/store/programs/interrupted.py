"""Uses a store while an alarm raises at random moments, and keeps what was raised, traceback and all, as a failed run does.

Usage: interrupted.py HOME ALARMS SEED
"""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import sys
import time
from pathlib import Path

import rows

from pacc.store import open_store


class Alarm(BaseException):
    """What the alarm raises."""


def ring(number, frame):
    raise Alarm


def use(store, run_id, done):
    """Put and write and read, noting in `done` what returned."""
    rows.put_task_run(store, run_id)
    done.append(("task_run", run_id))
    store.write("flow_runs.insert", rows.flow_run(run_id))
    done.append(("flow_run", run_id))
    store.read_sql("SELECT count(*) FROM flow_run")
    rows.put_task_run(store, f"{run_id} again")
    done.append(("task_run", f"{run_id} again"))
    store.write_all(("flow_runs.advance", rows.advance(run_id, 2)), ("flows.upsert", rows.FLOW))
    store.journal.flush()


def others_can_write(path):
    """Tell whether SQLite's lock is free."""
    other = sqlite3.connect(path, timeout=0.5, isolation_level=None)
    try:
        other.execute("BEGIN IMMEDIATE")
        other.execute("ROLLBACK")
    except sqlite3.OperationalError:
        return False
    finally:
        other.close()
    return True


def main(home, alarms, seed):
    chance = random.Random(seed)
    signal.signal(signal.SIGALRM, ring)
    store = open_store(home)
    store.write("flows.upsert", rows.FLOW)
    kept, done, stuck = [], [], 0
    for number in range(alarms):
        try:
            try:
                signal.setitimer(signal.ITIMER_REAL, chance.uniform(0.000_02, 0.003))
                while True:
                    use(store, f"run {number} {len(done)}", done)
            finally:
                signal.setitimer(signal.ITIMER_REAL, 0)
        except Alarm as alarm:
            kept.append(alarm)
        stuck += not others_can_write(store.path)
    start = time.monotonic()
    store.write("flows.upsert", rows.FLOW)
    store.journal.flush()
    pid = os.fork()  # works only if no connection is out
    if pid == 0:
        store.write("flows.upsert", rows.FLOW)
        os._exit(0)
    assert os.waitpid(pid, 0)[1] == 0, "the child could not use the store"
    assert time.monotonic() - start < 5
    found = {
        table: {row["id"] for row in store.read_sql(f"SELECT id FROM {table}")}
        for table in ("flow_run", "task_run")
    }
    lost = [(table, run_id) for table, run_id in done if run_id not in found[table]]
    print(
        f"{len(done)} done, {len(kept)} alarms, {stuck} times stuck, lost {lost[:3]}, refused {store.journal.refused}, seed {seed}"
    )
    return 1 if stuck or lost or store.journal.refused else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])))
