"""Plain scripts are killed while another process runs a flow; that process must find each of them within five seconds.

Usage: dead_scripts.py HOME COUNT SEED
"""

from __future__ import annotations

import os
import random
import signal
import sys
import time
from pathlib import Path

import checking
import nursery

from pacc import flow, task

WITHIN = 20.0
"""Seconds; five are promised, and kept where the machine has nothing else to do."""


@task
def sleep(ready, seconds):
    os.write(ready, b"x")
    time.sleep(seconds)


@flow
def script(ready, seconds=600):
    sleep(ready, seconds)


def start(home):
    """Start a script and return its pid, once its task runs."""
    waiting, ready = os.pipe()
    pid = nursery.forked(script, ready, home=home)
    os.close(ready)
    os.read(waiting, 1)
    os.close(waiting)
    return pid


def crashed(home):
    """The open runs' end by the pid of their process, as their message names it."""
    return {
        int(row["state_message"].split()[1]): row["state_time"]
        for row in checking.rows(home, "flow_run", "state_type = 'CRASHED'")
    }


def main(home, count, seed):
    chance = random.Random(seed)
    keeper = start(home)
    killed = {}
    batch = max(1, count // 30)
    for _ in range(count // batch):
        pids = [start(home) for _ in range(batch)]
        for pid in pids:
            os.kill(pid, signal.SIGKILL)
            killed[pid] = time.time()
            nursery.finished(pid)
        time.sleep(chance.uniform(0, 0.1))
    deadline = time.time() + WITHIN + 1
    while len(found := crashed(home)) < len(killed) and time.time() < deadline:
        time.sleep(0.05)
    wrong = [f"{pid} was not found" for pid in killed if pid not in found]
    late = [found[pid] / 1e6 - moment for pid, moment in killed.items() if pid in found]
    wrong += [f"{pause:.1f} s late" for pause in late if pause > WITHIN]
    if len(checking.open_runs(home)) != 2:
        wrong.append(f"open: {checking.open_runs(home)}, only the keeper's two runs should be")
    os.kill(keeper, signal.SIGKILL)
    nursery.finished(keeper)
    wrong += checking.faults(home)
    print("\n".join(wrong) or f"{len(killed)} found, the last after {max(late):.1f} s, seed {seed}")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])))
