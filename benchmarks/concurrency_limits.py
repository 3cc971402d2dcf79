"""How long slots of concurrency limits take: with nobody else, from a release to the next waiter, drained by many processes.

The crowd's ideal is the time its slots are held, divided by the number of slots; how many were inside at once is checked.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from measuring import PACC, empty_home, middle, numbers, options, run_script, show

if TYPE_CHECKING:
    from collections.abc import Mapping

SETUP = """
import json, statistics, threading, time
from @subject@.client.orchestration import get_client
from @subject@.concurrency.sync import concurrency
client = get_client(sync_client=True)
client.upsert_global_concurrency_limit_by_name("one", 1)
client.upsert_global_concurrency_limit_by_name("five", 5)
"""
ALONE = (
    SETUP
    + """
with concurrency("one"):
    pass
took = []
for _ in range(300):
    began = time.perf_counter()
    with concurrency("one"):
        pass
    took.append(time.perf_counter() - began)
print(json.dumps({"seconds": statistics.median(took)}))
"""
)
WAKE = (
    SETUP
    + """
took = []
for _ in range(20):
    woken = []
    def wait():
        with concurrency("one"):
            woken.append(time.perf_counter())
    with concurrency("one"):
        waiter = threading.Thread(target=wait)
        waiter.start()
        time.sleep(0.1)
        released = time.perf_counter()
    waiter.join()
    took.append(woken[0] - released)
print(json.dumps({"seconds": statistics.median(took), "worst": max(took)}))
"""
)
CROWD = """
import os, sys, time
from pathlib import Path
from pacc.concurrency.sync import concurrency
folder, each, hold, go = Path(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]), Path(sys.argv[4])
print("ready", flush=True)
while not go.exists():
    time.sleep(0.01)
began = time.process_time()
for _ in range(each):
    with concurrency("five"):
        mark = folder / str(os.getpid())
        mark.touch()
        print(len(os.listdir(folder)), flush=True)
        time.sleep(hold)
        mark.unlink()
print("took", time.process_time() - began)
"""


def drained(home: Path, processes: int, each: int, hold: float) -> tuple[float, float]:
    """Let a crowd go through five slots and return the seconds it took, and those of processor time.

    Raises:
        SystemExit: somebody was lost, or more than five were inside.
    """
    run_script(PACC, SETUP, home)
    with tempfile.TemporaryDirectory(prefix="pacc-benchmark-") as folder:
        script, inside, go = Path(folder, "crowd.py"), Path(folder, "inside"), Path(folder, "go")
        script.write_text(CROWD)
        inside.mkdir()
        words = [PACC.python, str(script), str(inside), str(each), str(hold), str(go)]
        environment: Mapping[str, str] = PACC.environment(home, {})
        crowd = [
            subprocess.Popen(words, env=dict(environment), stdout=subprocess.PIPE, text=True)
            for _ in range(processes)
        ]
        for process in crowd:
            if process.stdout is not None:
                process.stdout.readline()  # it is ready
        began = time.perf_counter()
        go.touch()
        told = [line.split() for process in crowd for line in process.communicate()[0].splitlines()]
        seconds = time.perf_counter() - began
    counts = [int(words[0]) for words in told if len(words) == 1]
    if len(counts) != processes * each or max(counts) > 5:
        raise SystemExit(f"{len(counts)} of {processes * each} went through, at most {max(counts)} at once")
    return seconds, sum(float(words[1]) for words in told if len(words) == 2)


def main() -> None:
    """Print the figures."""
    asked = options(__doc__ or "", processes=200, each=10)
    hold = 0.02

    def alone() -> float:
        with empty_home() as home:
            return numbers(run_script(PACC, ALONE, home))["seconds"] * 1000

    show("taken and given back, with nobody else", middle(alone, asked.rounds), "ms", target="1")
    with empty_home() as home:
        told = numbers(run_script(PACC, WAKE, home))
    show("from a release to the next waiter", told["seconds"] * 1000, "ms", target="200")
    show("the same, at worst", told["worst"] * 1000, "ms", target="200")
    with empty_home() as home:
        seconds, busy = drained(home, asked.processes, asked.each, hold)
    ideal = asked.processes * asked.each * hold / 5
    show(f"{asked.processes} processes, {asked.processes * asked.each} times five slots", seconds, "s")
    show("the same, as a multiple of the ideal", seconds / ideal, "times", target="2")
    show("the same, of processor time", busy, "s")


if __name__ == "__main__":
    os.environ.setdefault("PACC_LOGGING_LEVEL", "WARNING")
    main()
