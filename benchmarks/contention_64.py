"""Many processes on one store at once, each running small flows: nothing lost, nothing locked, nothing damaged."""

from __future__ import annotations

import sqlite3
import subprocess
import tempfile
import time
from pathlib import Path

from measuring import PACC, empty_home, options, show

SCRIPT = """
import sys
from pacc import flow, task

@task
def one(number):
    return number

@flow
def small(number):
    return one(number)

for number in range(int(sys.argv[1])):
    assert small(number) == number
"""

COUNTS = {
    "flow runs": "SELECT count(*) FROM flow_run WHERE state_type = 'COMPLETED'",
    "task runs": "SELECT count(*) FROM task_run WHERE state_type = 'COMPLETED'",
}


def check_store(home: Path, expected: int) -> None:
    """Fail unless the store is sound and holds every run."""
    connection = sqlite3.connect(f"file:{home / 'pacc.db'}?mode=ro", uri=True)
    for name, statement in COUNTS.items():
        found = connection.execute(statement).fetchone()[0]
        if found != expected:
            raise SystemExit(f"{expected} {name} were made, {found} are in the store")
    sound = connection.execute("PRAGMA integrity_check").fetchone()[0]
    connection.close()
    if sound != "ok":
        raise SystemExit(f"integrity check: {sound}")


def check_words(output: str) -> None:
    """Fail if any process spoke of a lock."""
    for line in output.splitlines():
        if "is locked" in line or "is held by" in line or "Traceback" in line:
            raise SystemExit(f"a process said: {line}")


def together(home: Path, processes: int, flows: int) -> float:
    """Run all processes at once and return the seconds until the last one has ended."""
    environment = PACC.environment(home, {})
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryFile("w+") as output:
        script = Path(folder, "script.py")
        script.write_text(SCRIPT)
        command = [PACC.python, str(script), str(flows)]
        began = time.perf_counter()
        running = [
            subprocess.Popen(
                command, env=environment, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT
            )
            for _ in range(processes)
        ]
        codes = [process.wait() for process in running]
        seconds = time.perf_counter() - began
        output.seek(0)
        said = output.read()
    check_words(said)
    if any(codes):
        raise SystemExit(f"exit codes {sorted(set(codes))}\n{said[-2000:]}")
    return seconds


def main() -> None:
    """Print the figures."""
    asked = options(__doc__ or "", processes=64, flows=20)
    seconds = []
    for _ in range(asked.rounds):
        with empty_home() as home:
            seconds.append(together(home, asked.processes, asked.flows))
            check_store(home, asked.processes * asked.flows)
    took = sorted(seconds)[len(seconds) // 2]
    show(f"{asked.processes} processes x {asked.flows} one-task flows, wall", took, "s")
    show("flow runs a second, all processes", asked.processes * asked.flows / took, "/s")
    show("runs lost, lock messages, damage", 0, "", target="0")


if __name__ == "__main__":
    main()
