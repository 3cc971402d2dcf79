"""An example flow is killed at step 1, 2, 3, ... until it survives; after each kill everything it had acknowledged must be there.

Usage: killed_at_each_step.py FOLDER coarse|fine STRIDE OFFSET
"""

from __future__ import annotations

import signal
import sys
from pathlib import Path

import checking
import nursery
import stepping

from pacc.store import open_store


def actor(folder, grain, deadly):
    steps = stepping.Steps(deadly, signal.SIGKILL)
    stepping.instrument(steps, stepping.Notes(folder / "acknowledged"), grain)
    stepping.weather()
    nursery.leave()
    (folder / "survived").write_text(str(steps.count))


def examine(folder):
    """Look at what a kill left: first as it lies there, then after the next command."""
    home = folder / "home"
    wrong = []
    if (home / "pacc.db").exists():
        open_store(home)
        wrong += checking.faults(home) + list(stepping.lost(folder))
    code, _, err = nursery.command("flow-run", "ls", "-o", "json")
    if code or err:
        wrong.append(f"ls ended with {code}: {err}")
    wrong += checking.faults(home)
    wrong += [f"{name} was left open" for name in checking.open_runs(home)]
    crashed = checking.rows(home, "flow_run", "state_type = 'CRASHED'")
    wrong += [
        f"no reason: {row['state_message']}"
        for row in crashed
        if "killed" not in row["state_message"] or "Process" not in row["state_message"].title()
    ]
    for fault in wrong:
        print(f"{folder.name}: {fault}", flush=True)
    return bool(wrong)


def main(folder, grain, stride, number):
    kills = 0
    wrong = False
    while True:
        place = folder / f"step{number}"
        place.mkdir(parents=True)
        code = nursery.run(actor, place, grain, number, home=place / "home")
        if code not in (0, -signal.SIGKILL):
            print(f"step {number} ended with {code}")
            return 1
        kills += code != 0
        wrong |= nursery.run(examine, place, home=place / "home") != 0
        if code == 0:
            print(f"{kills} kills, survived with {(place / 'survived').read_text()} steps")
            return int(wrong)
        number += stride


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4])))
