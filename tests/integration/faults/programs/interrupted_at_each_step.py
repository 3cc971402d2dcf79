"""An example flow gets Ctrl-C or a termination signal at step 1, 2, 3, ... until it comes too late.

The process must end of it, with the code people know, and must itself have said what became of its runs: nothing may be left for
others to find out.

Usage: interrupted_at_each_step.py FOLDER SIGINT|SIGTERM coarse|fine sync|async STRIDE OFFSET
"""

from __future__ import annotations

import asyncio
import signal
import sys
import traceback
from pathlib import Path

import checking
import nursery
import stepping

from pacc.store import open_store

REASONS = {
    "SIGINT": "Execution was aborted by an interrupt signal.",
    "SIGTERM": "Execution was aborted by a termination signal.",
}
UNSEEN = "Execution was cancelled by the runtime environment."
"""What a flow in an event loop can tell of a signal that came before it began."""


def actor(folder, name, grain, colour, number):
    steps = stepping.Steps(number, signal.Signals[name])
    stepping.instrument(steps, stepping.Notes(folder / "acknowledged"), grain)
    try:
        stepping.weather() if colour == "sync" else asyncio.run(stepping.aweather())
    except KeyboardInterrupt:
        (folder / "interrupted").write_text(traceback.format_exc())
    except BaseException:
        traceback.print_exc()
        raise
    finally:
        steps.number = 0
        (folder / "steps").write_text(f"{steps.count}")


def examine(folder, reason):
    home = folder / "home"
    wrong = []
    if (home / "pacc.db").exists():
        open_store(home)  # which may not have been ready
        wrong += checking.faults(home)
        wrong += [f"{name} was left open" for name in checking.open_runs(home)]
        for table in ("flow_run", "task_run"):
            for row in checking.rows(home, table, "state_type NOT IN ('COMPLETED')"):
                if row["state_message"] not in (reason, UNSEEN):
                    wrong.append(f"{row['name']} is {row['state_name']}: {row['state_message']}")
    for fault in wrong:
        print(f"{folder.name}: {fault}", flush=True)
    return bool(wrong)


def main(folder, name, grain, colour, stride, number):
    signals = 0
    wrong = False
    while True:
        place = folder / f"step{number}"
        place.mkdir(parents=True)
        code = nursery.run(actor, place, name, grain, colour, number, home=place / "home")
        if code not in (0, -signal.SIGTERM):
            print(f"step {number} ended with {code}")
            wrong = True
        if (place / "home").exists():
            wrong |= nursery.run(examine, place, REASONS[name], home=place / "home") != 0
        early = (
            code == -signal.SIGTERM and not (place / "steps").exists()
        )  # before there was a flow to catch it
        steps = number if early else int((place / "steps").read_text())
        if steps < number:
            print(f"{signals} signals in {steps} steps")
            return int(wrong)
        signals += 1
        number += stride


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), *sys.argv[2:5], int(sys.argv[5]), int(sys.argv[6])))
