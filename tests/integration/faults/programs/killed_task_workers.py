"""Task workers are killed at random while they execute; every run ends, none is started more often than its retries say.

Usage: killed_task_workers.py HOME WORKERS RUNS KILLS SEED
"""

from __future__ import annotations

import os
import random
import signal
import sys
import time
from collections import defaultdict
from itertools import pairwise
from pathlib import Path

import checking
import nursery

from pacc import task
from pacc.task_worker import TaskWorker

RETRIES = 3
WITHIN = 120.0
HARDLY_BEGUN = 1.0
"""For so many seconds a worker may still be about to say what SIGTERM is to do."""


def note(effects, *words):
    """Append one line of what really happened, whole whatever becomes of this process."""
    os.write(effects, (" ".join(map(str, words)) + "\n").encode())


@task(retries=RETRIES)
def work(number, seconds, file):
    effects = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    note(effects, number, "begin", os.getpid(), time.monotonic())
    time.sleep(seconds)
    note(effects, number, "end", os.getpid(), time.monotonic())
    os.close(effects)


def enqueue(file, runs, seed):
    chance = random.Random(seed)
    for number in range(runs):
        work.delay(number, chance.choice([0, 0, 0.01, 0.05]), str(file))


def serve():
    TaskWorker(work, limit=4).start()


def left(home):
    return checking.rows(home, "task_run", checking.OPEN)


def main(home, workers, runs, kills, seed):
    chance = random.Random(seed)
    file = home.parent / "effects"
    assert nursery.run(enqueue, file, runs, seed, home=home) == 0
    living = [nursery.forked(serve, home=home) for _ in range(workers)]
    born = time.monotonic()
    gone = {}
    deadline = time.monotonic() + WITHIN
    while left(home) and time.monotonic() < deadline:
        time.sleep(chance.uniform(0, 0.1))
        if len(gone) < kills:
            victim = living.pop(chance.randrange(len(living)))
            os.kill(victim, signal.SIGKILL)
            nursery.finished(victim)
            gone[victim] = time.monotonic()
            living.append(nursery.forked(serve, home=home))
            born = time.monotonic()
    for pid in living:
        os.kill(pid, signal.SIGTERM)
    good = (0,) if time.monotonic() > born + HARDLY_BEGUN else (0, -signal.SIGTERM)
    codes = [nursery.finished(pid) for pid in living]
    wrong = [f"a worker ended with {code}" for code in codes if code not in good]
    wrong += checking.faults(home) + list(differences(home, file, runs, gone))
    completed = len(checking.rows(home, "task_run", "state_type = 'COMPLETED'"))
    print("\n".join(wrong) or f"{completed} of {runs} completed, {len(gone)} kills, seed {seed}")
    return bool(wrong)


def differences(home, file, runs, gone):
    """What is not as it should be, comparing what happened with what was recorded."""
    begun, ended = defaultdict(list), defaultdict(list)
    for line in file.read_text().splitlines():
        number, what, pid, moment = line.split()
        (begun if what == "begin" else ended)[int(number)].append((float(moment), int(pid)))
    rows = checking.rows(home, "task_run")
    if len(rows) != runs:
        yield f"{len(rows)} runs are recorded, {runs} were queued"
    for number, row in enumerate(rows):  # their ids are in the order they were queued
        who = f"run {number} ({row['id']}, {row['state_name']})"
        starts = sorted(begun[number])
        if len(starts) > RETRIES + 1:
            yield f"{who} was started {len(starts)} times"
        if row["history"].count('"type":"COMPLETED"') != (row["state_type"] == "COMPLETED"):
            yield f"{who} completed more than once"
        if row["state_type"] == "COMPLETED" and not ended[number]:
            yield f"{who} completed without having been done"
        if row["state_type"] not in ("COMPLETED", "CRASHED"):
            yield f"{who} is lost"
        if row["state_type"] == "CRASHED" and row["history"].count('"type":"PENDING"') != RETRIES + 1:
            yield f"{who} crashed although it had retries left"
        if not gone and len(starts) != 1:
            yield f"{who} was started {len(starts)} times although no worker was killed"
        yield from overlaps(who, starts, ended[number], gone)
    entries = checking.rows(home, "(SELECT *, task_run_id AS id FROM background_task)")
    crashed = {row["id"] for row in rows if row["state_type"] == "CRASHED"}
    if {entry["id"] for entry in entries} != crashed:
        yield f"{len(entries)} entries are left in the queue, for {len(crashed)} crashed runs"


def overlaps(who, starts, ends, gone):
    """Starts of a run while another process was still at it."""
    for (began, pid), (again, _) in pairwise(starts):
        over = min([moment for moment, other in ends if other == pid and moment >= began], default=None)
        over = gone.get(pid, time.monotonic()) if over is None else over
        if again < over - 0.05:  # the kill is noted a moment after it happened
            yield f"{who} was started {over - again:.3f} s before the start of {began} was over"


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), *map(int, sys.argv[2:])))
