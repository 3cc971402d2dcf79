"""Flows that call flows: a thousand nested runs, each recorded with its parent."""

from __future__ import annotations

import sqlite3
from functools import partial

from measuring import PACC, Subject, empty_home, middle, numbers, options, run_script, show

SCRIPT = """
import json, sys, time
from @subject@ import flow

@flow
def inner(number):
    return number

@flow
def outer(count):
    for number in range(count):
        inner(number)

outer(1)
count = int(sys.argv[1])
began = time.perf_counter()
outer(count)
print(json.dumps({"seconds": time.perf_counter() - began}))
"""

NESTED = "SELECT count(*) FROM flow_run WHERE state_type = 'COMPLETED' AND parent_flow_run_id IS NOT NULL"


def rate(subject: Subject, count: int, level: str) -> float:
    """Return nested flow runs a second, having checked that all are in the store."""
    with empty_home() as home:
        ended = run_script(subject, SCRIPT, home, str(count), LOGGING_LEVEL=level)
        if subject is PACC:
            connection = sqlite3.connect(f"file:{home / 'pacc.db'}?mode=ro", uri=True)
            found = connection.execute(NESTED).fetchone()[0]
            connection.close()
            if found != count + 1:
                raise SystemExit(f"{count + 1} nested flow runs were made, {found} are in the store")
        return count / numbers(ended)["seconds"]


def main() -> None:
    """Print the figures."""
    asked = options(__doc__ or "", flows=1_000, peer_flows=20)
    for level, words in (("WARNING", "off"), ("INFO", "on")):
        other = rate(asked.peer, asked.peer_flows, level) if asked.peer else None
        mine = middle(partial(rate, PACC, asked.flows, level), asked.rounds)
        name = f"{asked.flows:,} nested flow runs, console logging {words}"
        show(name, mine, "/s", target="> 1,000", peer_value=other)


if __name__ == "__main__":
    main()
