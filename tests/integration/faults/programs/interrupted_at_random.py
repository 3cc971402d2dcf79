"""Busy flows get Ctrl-C at random moments: each process must end at once and must have said what became of its runs.

Usage: interrupted_at_random.py HOME COUNT SEED
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
import stepping

AT_ONCE = 5.0


def actor(ready):
    stepping.weather()
    os.write(ready, b"x")
    while True:
        stepping.weather()


def interrupt(home, pause):
    """Return how long the process took to end, and its exit code."""
    waiting, ready = os.pipe()
    pid = nursery.forked(actor, ready, home=home)
    os.close(ready)
    os.read(waiting, 1)
    os.close(waiting)
    time.sleep(pause)
    start = time.monotonic()
    os.kill(pid, signal.SIGINT)
    return nursery.finished(pid), time.monotonic() - start


def main(home, count, seed):
    chance = random.Random(seed)
    wrong = []
    for number in range(count):
        code, took = interrupt(home, chance.uniform(0, 0.03))
        if code != 1:  # what the nursery makes of an uncaught error
            wrong.append(f"number {number} ended with {code}")
        if took > AT_ONCE:
            wrong.append(f"number {number} took {took:.1f} s to end")
        wrong += [f"number {number} left {name} open" for name in checking.open_runs(home)]
    wrong += checking.faults(home)
    print("\n".join(wrong) or f"{count} interrupted, seed {seed}")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])))
