"""Many processes that write at the same time: nobody may fail, nobody may wait long, no row may be missing.

Usage: many_writers.py HOME PROCESSES WRITES [hogging]
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
import traceback
from pathlib import Path

import rows

from pacc.store import open_store


def write(home, name, writes):
    store = open_store(home)
    longest, log = 0.0, 0
    for number in range(writes):
        start = time.monotonic()
        rows.put_task_run(store, f"{name}-{number}")
        store.write("flow_runs.insert", rows.flow_run(f"{name}-{number}"))
        longest = max(longest, time.monotonic() - start)
        log = max(log, os.stat(f"{store.path}-wal").st_size)
    store.close()
    return {"longest": longest, "log": log}


def hog():
    """Keep the interpreter busy with calls that do not let other threads in."""
    numbers = list(range(300_000))
    while True:
        sum(numbers)


def child(home, name, writes, gate, hogging):
    os.read(gate, 1)  # everyone begins at once
    if hogging:
        threading.Thread(target=hog, daemon=True).start()
    try:
        line = json.dumps(write(home, name, writes))
        os.write(1, f"{line}\n".encode())  # in one piece, unlike print
    except BaseException:  # noqa: BLE001 - the test shows it
        traceback.print_exc()
        os._exit(1)
    os._exit(0)


def main(home, processes, writes, *, hogging):
    store = open_store(home)
    store.write("flows.upsert", rows.FLOW)
    store.close()
    waiting, go = os.pipe()
    children = []
    for number in range(processes):
        pid = os.fork()
        if pid == 0:
            os.close(go)
            child(home, f"writer{number}", writes, waiting, hogging)
        children.append(pid)
    os.write(go, b"x" * processes)
    failed = sum(os.waitpid(pid, 0)[1] != 0 for pid in children)
    found = [store.read_sql(f"SELECT count(*) FROM {table}")[0][0] for table in ("flow_run", "task_run")]
    whole = [row[0] for row in store.read_sql("PRAGMA integrity_check")]
    print(json.dumps({"failed": failed, "found": found, "whole": whole}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), hogging=len(sys.argv) > 4)
