"""Many runs at once under one `serve`: a thousand that sleep, all running together; two thousand trivial ones, drained.

Then trivial ones by a process worker.
"""

from __future__ import annotations

import json
import signal
import subprocess
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from measuring import PACC, empty_home, options, run_script, show

if TYPE_CHECKING:
    from collections.abc import Iterator

FLOWS = """
import time
from pacc import flow, serve

@flow
def sleeping(seconds: float):
    time.sleep(seconds)

@flow
def trivial():
    return 1

if __name__ == "__main__":
    serve(sleeping.to_deployment("bench"), trivial.to_deployment("bench"), limit=LIMIT)
"""

TRIGGER = """
import json, runpy, sys
from pacc.schemas.work_pools import WorkPoolCreate
from pacc.services import deployments, work_pools
from pacc.settings import get_current_settings
from pacc.store import open_store

script, name, count, parameters, *pool = sys.argv[1:]
store = open_store(get_current_settings().home)
for each in pool:
    work_pools.create(store, WorkPoolCreate(name=each))
deployment = runpy.run_path(script)[name].to_deployment("bench", work_pool_name=next(iter(pool), None)).apply()
for _ in range(int(count)):
    deployments.create_run(store, deployment, parameters=json.loads(parameters))
print(json.dumps({"made": 1}))
"""

WORK = """
import asyncio
from functools import partial
from pacc.workers.process import ProcessWorker

asyncio.run(ProcessWorker("local", limit=50).start(printer=partial(print, flush=True)))
"""

WATCH = """
import json, sys, time
from pacc.schemas.filters import FlowRunFilter
from pacc.services import flow_runs
from pacc.settings import get_current_settings
from pacc.store import open_store

store, wanted, pause = open_store(get_current_settings().home), int(sys.argv[1]), float(sys.argv[2])
most, began, told = 0, time.monotonic(), False

def count(state):
    return flow_runs.count(store, flow_run_filter=FlowRunFilter(state={"type": {"any_": [state]}}))

while (done := count("COMPLETED")) < wanted:
    most = max(most, count("RUNNING"))
    if not told and (done or most == wanted):
        told = True
        print("as many are running as ever will", flush=True)
    bad = count("FAILED") + count("CRASHED") + count("CANCELLED")
    if bad or time.monotonic() - began > 900:
        raise SystemExit(f"{bad} ended badly, {done} well")
    time.sleep(pause)
runs = flow_runs.select(store)
pending = [flow_runs.states(store, run.id)[1].timestamp for run in (runs[0], runs[-1])]
last = max(run.end_time for run in runs)
print(json.dumps({"most": most, "seconds": (last - min(pending)).total_seconds()}))
"""

QUIET = {"LOGGING_LEVEL": "WARNING"}


@contextmanager
def served(home: Path, *words: str) -> Iterator[subprocess.Popen[bytes]]:
    """Have runs executed by a process of its own, which these words of a command line start."""
    process = subprocess.Popen(
        [PACC.python, *words],
        cwd=home.parent,
        env=PACC.environment(home, QUIET),
        stdout=subprocess.PIPE,
    )
    try:
        process.stdout.readline()  # type: ignore[union-attr]  # it is a pipe; the greeting comes when it begins to take runs
        time.sleep(0.5)
        yield process
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=120)


def memory_below(root: int) -> float:
    """Return the MiB that a process and all below it have, what they share divided among them."""
    parents: dict[int, list[int]] = {}
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = entry.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        parents.setdefault(int(fields[1]), []).append(int(entry.parent.name))
    total, waiting = 0, [root]
    while waiting:
        pid = waiting.pop()
        waiting += parents.get(pid, [])
        try:
            lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        except OSError:
            continue
        total += next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)
    return total / 1024


def together(count: int, seconds: int) -> None:
    """Trigger so many runs at once that sleep so long: all must be running together, and complete."""
    with empty_home() as home:
        trigger(home, "sleeping", count, f'{{"seconds": {seconds}}}')
        with served(home, str(_script(home, count))) as serving:
            watcher = _watch(home, count, 0.25)
            watcher.stdout.readline()  # type: ignore[union-attr]  # it is a pipe
            memory = memory_below(serving.pid)  # once: looking at two thousand processes takes seconds
            found = _end(watcher)
    what = f"{count:,} runs that sleep {seconds} s"
    show(f"{what}: running together at most", found["most"], "runs", target=f"{count:,}")
    show("their memory, with that of the runner", memory, "MiB", target="< 12,000")
    show("from the first claim to the last one's end", found["seconds"], "s")


def drained(count: int) -> None:
    """Trigger so many trivial runs and measure how fast they are done."""
    with empty_home() as home:
        trigger(home, "trivial", count, "{}")
        with served(home, str(_script(home, 50))):
            seconds = _end(_watch(home, count, 1.0))["seconds"]  # looking takes of what is measured
    show(f"{count:,} trivial runs, warm", count / seconds, "runs/s", target=">= 100")


def drained_by_a_worker(count: int) -> None:
    """Have so many trivial runs wait in a work pool, and measure how fast a worker is done with them."""
    with empty_home() as home:
        trigger(home, "trivial", count, "{}", "local")
        with served(home, "-c", WORK):
            seconds = _end(_watch(home, count, 1.0))["seconds"]
    show(f"{count:,} trivial runs by a process worker, warm", count / seconds, "runs/s")


def trigger(home: Path, flow: str, count: int, parameters: str, *pool: str) -> None:
    """Make runs that wait for somebody to serve their deployment, or for a worker of a pool that is made for them."""
    run_script(PACC, TRIGGER, home, str(_script(home, 1)), flow, str(count), parameters, *pool)


def _script(home: Path, limit: int) -> Path:
    script = home.parent / "many.py"
    script.write_text(FLOWS.replace("LIMIT", str(limit)))
    return script


def _watch(home: Path, count: int, pause: float) -> subprocess.Popen[str]:
    script = home.parent / "watch.py"
    script.write_text(WATCH)
    return subprocess.Popen(
        [PACC.python, str(script), str(count), str(pause)],
        env=PACC.environment(home, QUIET),
        stdout=subprocess.PIPE,
        text=True,
    )


def _end(watcher: subprocess.Popen[str]) -> dict[str, float]:
    out, _ = watcher.communicate()
    if watcher.returncode:
        raise SystemExit(f"the runs did not all complete: {out}")
    return dict(json.loads(out.splitlines()[-1]))


def main() -> None:
    """Measure and print."""
    asked = options(str(__doc__), at_once=1000, seconds=20, trivial=2000, by_worker=500)
    drained(asked.trivial)
    drained_by_a_worker(asked.by_worker)
    together(asked.at_once, asked.seconds)


if __name__ == "__main__":
    main()
