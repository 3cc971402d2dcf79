"""Many trivial tasks in one flow, one after another: how fast, how large, how much memory, and whether all are there.

The script ends right after its flow, so what is counted in the store is what survives an ordinary exit.
"""

from __future__ import annotations

import json
import sqlite3
from typing import TYPE_CHECKING

from measuring import PACC, Subject, empty_home, numbers, options, run_script, show

if TYPE_CHECKING:
    from pathlib import Path

SCRIPT = """
import json, sys, time
from @subject@ import flow, task

@task
def trivial(number):
    return number

@flow
def many(count):
    for number in range(count):
        trivial(number)

many(1)
count = int(sys.argv[1])
began = time.perf_counter()
many(count)
print(json.dumps({"seconds": time.perf_counter() - began}))
"""

SETTLED = """
SELECT count(*) FROM task_run
WHERE state_type = 'COMPLETED' AND start_time IS NOT NULL AND end_time >= start_time
"""


class Lost(SystemExit):
    """The store does not hold what was done."""


def verified(home: Path, expected: int) -> float:
    """Return the bytes of store a task run takes, having checked that each one is there with states and times."""
    connection = sqlite3.connect(f"file:{home / 'pacc.db'}?mode=ro", uri=True)
    found = connection.execute(SETTLED).fetchone()[0]
    if found != expected:
        raise Lost(f"{expected} task runs were made, {found} are in the store with their states and times")
    for (history,) in connection.execute("SELECT history FROM task_run ORDER BY id DESC LIMIT 100"):
        types = [json.loads(line)["type"] for line in history.splitlines()]
        if types[-2:] != ["RUNNING", "COMPLETED"]:
            raise Lost(f"a task run went {types}")
    pages, size = (connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "page_size"))
    connection.close()
    return float(pages * size / expected)


def rate(subject: Subject, count: int, level: str) -> tuple[float, float, float]:
    """Return task runs a second, bytes of store each, and the process's peak memory in MiB."""
    with empty_home() as home:
        ended = run_script(subject, SCRIPT, home, str(count), LOGGING_LEVEL=level)
        each = verified(home, count + 1) if subject is PACC else 0.0
        return count / numbers(ended)["seconds"], each, ended.peak_mib


def main() -> None:
    """Print the figures."""
    asked = options(__doc__ or "", tasks=10_000, many=100_000, peer_tasks=200)
    results = {}
    for level, words, target in (("WARNING", "off", "> 10,000"), ("INFO", "on", "> 5,000")):
        rounds = sorted(rate(PACC, asked.tasks, level) for _ in range(asked.rounds))
        results[level] = rounds[len(rounds) // 2]
        other = rate(asked.peer, asked.peer_tasks, level)[0] if asked.peer else None
        name = f"{asked.tasks:,} tasks, console logging {words}"
        show(name, results[level][0], "/s", target=target, peer_value=other)
    _, size, memory = results["WARNING"]
    show("store a task run", size, "bytes", target="< 1,536")
    show(f"peak memory, {asked.tasks:,} tasks", memory, "MiB", target="< 80")
    fast, _, memory = rate(PACC, asked.many, "WARNING")
    show(f"peak memory, {asked.many:,} tasks", memory, "MiB", target="flat")
    show(f"{asked.many:,} tasks, console logging off", fast, "/s")


if __name__ == "__main__":
    main()
