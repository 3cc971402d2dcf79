"""Background tasks: how fast they are queued and done by four workers, each exactly once, and what an idle worker costs."""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from measuring import PACC, empty_home, numbers, options, run_script, show
from tasks_10k import verified

if TYPE_CHECKING:
    from collections.abc import Iterator

TASKS = """
import os
from pacc import task

@task
def trivial(number, file):
    effects = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.write(effects, f"{number}\\n".encode())
    os.close(effects)
    return number
"""

QUEUE = """
import json, sys, threading, time
from tasks import trivial

file, count, threads = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
trivial.delay(-1, file)

def some(first):
    for number in range(first, count, threads):
        trivial.delay(number, file)

began = time.perf_counter()
if threads:
    workers = [threading.Thread(target=some, args=(first,)) for first in range(threads)]
    [worker.start() for worker in workers]
    [worker.join() for worker in workers]
else:
    trivial.map(range(count), file, deferred=True)
print(json.dumps({"seconds": time.perf_counter() - began}))
"""

WAKE = """
import json, sys, time
from tasks import trivial

trivial.delay(-1, sys.argv[1]).wait()
pauses = []
for number in range(int(sys.argv[2])):
    time.sleep(0.1)
    began = time.perf_counter()
    trivial.delay(number, sys.argv[1]).wait()
    pauses.append(1000 * (time.perf_counter() - began))
print(json.dumps({"ms": sorted(pauses)[len(pauses) // 2]}))
"""

QUIET = {"LOGGING_LEVEL": "WARNING"}


class WrongCount(SystemExit):
    """A task was not done, or done more than once."""


@contextmanager
def workers(home: Path, count: int) -> Iterator[list[subprocess.Popen[bytes]]]:
    """Yield so many task workers, which are stopped afterwards."""
    command = PACC.command("task", "serve", str(home.parent / "tasks.py:trivial"))
    started = [subprocess.Popen(command, env=PACC.environment(home, QUIET)) for _ in range(count)]
    try:
        yield started
    finally:
        for worker in started:
            worker.send_signal(signal.SIGTERM)
        for worker in started:
            worker.wait(60)


@contextmanager
def prepared() -> Iterator[tuple[Path, Path]]:
    """Yield an empty home with a module of tasks beside it, and the file they write to."""
    with empty_home() as home:
        (home.parent / "tasks.py").write_text(TASKS)
        os.environ["PYTHONPATH"] = str(home.parent)
        yield home, home.parent / "effects"


def queued(count: int, threads: int) -> float:
    """Return how many tasks a second are queued by so many threads, or by `map` where there is none."""
    with prepared() as (home, file):
        ended = run_script(PACC, QUEUE, home, str(file), str(count), str(threads), **QUIET)
        return count / numbers(ended)["seconds"]


def done(count: int, workers_wanted: int) -> float:
    """Return how many queued tasks a second so many workers do, from their start to the last one; each once."""
    with prepared() as (home, file):
        run_script(PACC, QUEUE, home, str(file), str(count), "0", **QUIET)
        began = time.perf_counter()
        with workers(home, workers_wanted):
            while not file.exists() or file.read_bytes().count(b"\n") < count + 1:
                time.sleep(0.005)
            seconds = time.perf_counter() - began
        verified(home, count + 1)
        if sorted(map(int, file.read_text().split())) != list(range(-1, count)):
            raise WrongCount("a task was done more than once")
        return count / seconds


def woken(count: int) -> float:
    """Return the milliseconds from `delay` to the result's being there, with a worker that has nothing else to do."""
    with prepared() as (home, file), workers(home, 1):
        return numbers(run_script(PACC, WAKE, home, str(file), str(count), **QUIET))["ms"]


def idle_share(seconds: float) -> float:
    """Return what a worker with nothing to do takes of a processor, in per cent. Linux only."""
    with prepared() as (home, file), workers(home, 1) as (worker,):
        run_script(PACC, WAKE, home, str(file), "1", **QUIET)
        before = _processor_seconds(worker.pid)
        time.sleep(seconds)
        return 100 * (_processor_seconds(worker.pid) - before) / seconds


def _processor_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def one_sync() -> float:
    """Return the milliseconds that making a page durable takes on this disk: nobody queues faster alone."""
    with tempfile.TemporaryFile() as file:
        pauses = []
        for _ in range(50):
            began = time.perf_counter()
            os.pwrite(file.fileno(), bytes(4096), 0)
            os.fsync(file.fileno())
            pauses.append(1000 * (time.perf_counter() - began))
    return median(pauses)


def main() -> None:
    """Print the figures."""
    asked = options(__doc__ or "", tasks=2_000, workers=4, wakes=20, idle=5)
    show("one fsync on this disk", one_sync(), "ms")
    for words, threads, target in (
        ("delay, one thread", 1, ""),
        ("delay, eight threads", 8, "> 2,000"),
        ("map(deferred=True)", 0, "> 2,000"),
    ):
        rates = [queued(asked.tasks, threads) for _ in range(asked.rounds)]
        show(f"{asked.tasks:,} queued by {words}", median(rates), "/s", target=target)
    rates = [done(asked.tasks, asked.workers) for _ in range(asked.rounds)]
    show(
        f"{asked.tasks:,} done by {asked.workers} workers, their start included",
        median(rates),
        "/s",
        target="> 500",
    )
    show("from delay to the result", median(woken(asked.wakes) for _ in range(asked.rounds)), "ms")
    if Path("/proc/self/stat").exists():
        show("an idle worker, of one processor", idle_share(asked.idle), "%")


if __name__ == "__main__":
    main()
