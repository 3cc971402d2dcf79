"""A flow that talks a lot: lines a second through `get_run_logger`, each of them in the run's log file."""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING

from measuring import PACC, Subject, empty_home, middle, numbers, options, run_script, show

if TYPE_CHECKING:
    from pathlib import Path

SCRIPT = """
import json, logging, sys, time
from @subject@ import flow, get_run_logger

@flow
def talk(count):
    logger = get_run_logger()
    logger.info("line %s", -1)
    began = time.perf_counter()
    for number in range(count):
        logger.info("line %s", number)
    return time.perf_counter() - began

if sys.argv[2] == "off":
    talk(1)
    for name in ("@subject@", "@subject@.flow_runs"):
        for handler in logging.getLogger(name).handlers:
            if "Console" in type(handler).__name__:
                handler.setLevel(logging.WARNING)
count = int(sys.argv[1])
print(json.dumps({"seconds": talk(count)}))
"""


def check_files(home: Path, count: int) -> None:
    """Fail unless one log file holds every line, whole and in order."""
    wanted = [f"line {number}" for number in range(-1, count)]
    for path in (home / "logs").rglob("*.jsonl"):
        said = [json.loads(line)["message"] for line in path.read_text().splitlines()]
        if [message for message in said if message.startswith("line ")] == wanted:
            return
    raise SystemExit(f"no log file holds all {count} lines")


def rate(subject: Subject, count: int, console: str) -> float:
    """Return lines a second."""
    with empty_home() as home:
        ended = run_script(subject, SCRIPT, home, str(count), console)
        if subject is PACC:
            check_files(home, count)
        return count / numbers(ended)["seconds"]


def main() -> None:
    """Print the figures."""
    asked = options(__doc__ or "", lines=10_000, peer_lines=1_000)
    for console in ("off", "on"):
        other = rate(asked.peer, asked.peer_lines, console) if asked.peer else None
        mine = middle(partial(rate, PACC, asked.lines, console), asked.rounds)
        name = f"{asked.lines:,} log lines, console {console}"
        show(name, mine, "/s", target="> 50,000" if console == "off" else "", peer_value=other)


if __name__ == "__main__":
    main()
