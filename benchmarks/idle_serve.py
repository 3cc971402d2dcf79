"""What an idle `serve` costs that keeps the schedules of a thousand deployments, and how soon it wakes."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING

from measuring import PACC, empty_home, numbers, options, run_script, show

if TYPE_CHECKING:
    from collections.abc import Iterator

FLOWS = """
from datetime import UTC, datetime
from pacc import flow, serve

HALF_AN_HOUR_FROM_NOW = f"{(datetime.now(UTC).minute + 30) % 60} * * * *"

@flow
def trivial():
    return 1

if __name__ == "__main__":
    serve(*(trivial.to_deployment(f"d{number}", cron=HALF_AN_HOUR_FROM_NOW) for number in range(COUNT)))
"""

WAKE = """
import json, statistics, sys, time
from pacc.services import deployments, flow_runs
from pacc.settings import get_current_settings
from pacc.store import open_store

store = open_store(get_current_settings().home)
deployment = deployments.read_by_name(store, "trivial/d0")
waits = []
for _ in range(int(sys.argv[1])):
    run = deployments.create_run(store, deployment.id)
    while flow_runs.read(store, run.id).state_name != "Completed":
        time.sleep(0.05)
    made, claimed = flow_runs.states(store, run.id)[:2]
    waits.append(1000 * (claimed.timestamp - made.timestamp).total_seconds())
print(json.dumps({"ms": statistics.median(waits)}))
"""

QUIET = {"LOGGING_LEVEL": "WARNING"}


def everyone(root: int) -> Iterator[int]:
    """Yield a process and all below it."""
    parents: dict[int, list[int]] = {}
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = entry.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        parents.setdefault(int(fields[1]), []).append(int(entry.parent.name))
    waiting = [root]
    while waiting:
        pid = waiting.pop()
        waiting += parents.get(pid, [])
        yield pid


def used(root: int) -> tuple[float, float]:
    """Return the CPU seconds that a process and all below it have used, and the MiB they have."""
    seconds, kibibytes = 0.0, 0
    for pid in everyone(root):
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        except OSError:
            continue
        seconds += (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
        kibibytes += next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)
    return seconds, kibibytes / 1024


def main() -> None:
    """Measure and print."""
    asked = options(str(__doc__), deployments=1000, settle=30, seconds=60, wakes=20)
    with empty_home() as home:
        script = home.parent / "idle.py"
        script.write_text(FLOWS.replace("COUNT", str(asked.deployments)))
        environment = PACC.environment(home, QUIET)
        serving = subprocess.Popen(
            [PACC.python, str(script)], cwd=home.parent, env=environment, stdout=subprocess.DEVNULL
        )
        try:
            time.sleep(asked.settle)
            before, _ = used(serving.pid)
            time.sleep(asked.seconds)
            after, memory = used(serving.pid)
            share = 100 * (after - before) / asked.seconds
            show(f"idle, {asked.deployments:,} deployments scheduled hourly", share, "% CPU", target="< 0.5")
            show("its memory, with that of what it keeps warm", memory, "MiB", target="< 100")
            wake = numbers(run_script(PACC, WAKE, home, str(asked.wakes), **QUIET))["ms"]
            show("from a trigger to its claim", wake, "ms", target="< 50")
        finally:
            serving.send_signal(signal.SIGINT)
            serving.wait(120)


if __name__ == "__main__":
    main()
