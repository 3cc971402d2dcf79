"""Processes that upgrade a store and are killed meanwhile; the store must be the old one or the new one, with a whole copy.

Usage: killed_migrations.py FOLDER-WITH-THE-NEXT-STEP WORK-FOLDER KILLS SEED
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import sqlite3
import sys
import time
from pathlib import Path

import rows

import pacc.store
from pacc.store import StoreOptions
from pacc.store.database import Store
from pacc.store.migrate import latest_version

RUNS = 300
OLD = latest_version(Path(pacc.store.__file__).parent)
NEW = OLD + 1


def fill(home):
    store = Store(home)
    store.write("flows.upsert", rows.FLOW)
    for number in range(RUNS):
        rows.put_task_run(store, f"run {number}", 3, state_data="x" * 2_000)
    store.close()


def upgrade(home, options, delay):
    """Upgrade in a child and kill it after `delay` seconds; return how long it took if it was done before."""
    start = time.monotonic()
    pid = os.fork()
    if pid == 0:
        Store(home, options)
        os._exit(0)
    while time.monotonic() - start < delay:
        if os.waitpid(pid, os.WNOHANG)[0]:
            return time.monotonic() - start
        time.sleep(0.0005)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    return None


def look(path):
    """Return the version and the number of runs of a file nobody has open."""
    connection = sqlite3.connect(path)
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    whole = connection.execute("PRAGMA integrity_check").fetchone()[0]
    runs = connection.execute("SELECT count(*) FROM task_run").fetchone()[0]
    columns = [row[1] for row in connection.execute("PRAGMA table_info(task_run)")]
    connection.close()
    assert (whole, runs) == ("ok", RUNS), (path, whole, runs)
    assert ("worth" in columns) == (version == NEW), (version, columns)
    return version


def main(folder, work, kills, seed):
    chance = random.Random(seed)
    options = StoreOptions(folder=Path(folder))
    work = Path(work)
    fill(work / "original")
    shutil.copytree(work / "original", work / "timed")
    whole_time = upgrade(work / "timed", options, 60)
    seen = {OLD: 0, NEW: 0}
    for number in range(kills):
        home = work / f"home{number}"
        shutil.copytree(work / "original", home)
        upgrade(home, options, chance.uniform(0, 1.1 * whole_time))
        copy = home / f"pacc.db-before-{NEW:04d}"
        version = look(home / "pacc.db")
        assert look(copy) == OLD if copy.exists() else version == OLD
        seen[version] += 1
        Store(home, options).close()
        assert look(home / "pacc.db") == NEW
        assert look(copy) == OLD
        assert not list(home.glob("*.partial"))
        shutil.rmtree(home)
    print(f"old and new: {seen}, an upgrade takes {whole_time:.3f} s, seed {seed}")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
