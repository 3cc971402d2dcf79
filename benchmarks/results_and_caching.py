"""Results kept and reused: how many task runs a second keep a result of 1 KB, and how many are answered from the cache.

Both scripts end right after their flow; afterwards every record must be there, as its digest in the store says.
"""

from __future__ import annotations

import hashlib
import sqlite3
from statistics import median
from typing import TYPE_CHECKING

from measuring import PACC, Subject, empty_home, numbers, options, run_script, show

if TYPE_CHECKING:
    from pathlib import Path

SCRIPT = """
import json, sys, time
from @subject@ import flow, task
from @subject@.cache_policies import INPUTS

@task(persist_result=True, cache_policy=INPUTS)
def kilobyte(number):
    return f"{number:>1000}"

@task(cache_policy=INPUTS)
def cached(number):
    return number

@flow
def keep(count):
    for number in range(count):
        kilobyte(number)

@flow
def reuse(count):
    cached(1)
    for _ in range(count):
        assert cached(1) == 1

run, count = {"keep": keep, "reuse": reuse}[sys.argv[1]], int(sys.argv[2])
run(1)
began = time.perf_counter()
run(count)
print(json.dumps({"seconds": time.perf_counter() - began}))
"""


def check_records(home: Path, expected: int) -> None:
    """Compare every record on the disk with its digest in the store.

    Raises:
        SystemExit: one is missing or different.
    """
    connection = sqlite3.connect(f"file:{home / 'pacc.db'}?mode=ro", uri=True)
    known = dict(connection.execute("SELECT key, digest FROM result"))
    connection.close()
    wrong = [
        key
        for key, digest in known.items()
        if hashlib.sha256((home / "storage" / key).read_bytes()).hexdigest() != digest
    ]
    if wrong or len(known) != expected:
        raise SystemExit(f"{expected} results were kept; {len(known)} are known, {len(wrong)} differ")


def rate(subject: Subject, what: str, count: int, kept: int) -> float:
    """Return task runs a second."""
    with empty_home() as home:
        ended = run_script(subject, SCRIPT, home, what, str(count), LOGGING_LEVEL="WARNING")
        if subject is PACC:
            check_records(home, kept)
        return count / numbers(ended)["seconds"]


def main() -> None:
    """Print the figures."""
    asked = options(__doc__ or "", results=1_000, hits=10_000, peer_tasks=200)
    kinds = (
        ("keep", asked.results, asked.results, f"{asked.results:,} results of 1 KB kept", "> 1,000"),
        ("reuse", asked.hits, 1, f"{asked.hits:,} cached hits", "> 3,000"),
    )
    for what, count, kept, name, target in kinds:
        value = median(rate(PACC, what, count, kept) for _ in range(asked.rounds))
        other = rate(asked.peer, what, asked.peer_tasks, 0) if asked.peer else None
        show(name, value, "/s", target=target, peer_value=other)


if __name__ == "__main__":
    main()
