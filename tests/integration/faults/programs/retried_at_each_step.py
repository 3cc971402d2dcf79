"""A flow is killed at step 1, 2, 3, ..., retried and killed again, and retried; no work that was reported finished is done twice.

Usage: retried_at_each_step.py FOLDER coarse|fine STRIDE OFFSET
"""

from __future__ import annotations

import signal
import sys
from collections import Counter
from pathlib import Path

import checking
import nursery
import resumed_flow
import stepping

ALL = 10
"""Pieces of work: five fetches, four measures and one sum."""


def first(folder, grain, deadly):
    steps = stepping.Steps(deadly, signal.SIGKILL)
    stepping.instrument(steps, stepping.Notes(folder / "acknowledged"), grain)
    resumed_flow.pipeline()
    nursery.leave()
    (folder / "survived").write_text(str(steps.count))


def again(folder, grain, deadly):
    """Retry the run by its command, and be killed on the way."""
    steps = stepping.Steps(deadly, signal.SIGKILL)
    stepping.instrument(steps, stepping.Notes(folder / "acknowledged"), grain)
    code, _, err = nursery.command("flow-run", "retry", "@last")
    if code:
        print(err)
    return code


def marks(folder):
    file = folder / "marks"
    return Counter(file.read_text().splitlines()) if file.exists() else Counter()


def look(folder, out):
    """Have the runs of the dead process ended, and note the state of the run, if there is one, and what was reported finished."""
    nursery.command("flow-run", "ls")
    top = checking.rows(folder / "home", "flow_run", "parent_flow_run_id IS NULL")
    names = [row["name"] for row in checking.rows(folder / "home", "task_run", "state_type = 'COMPLETED'")]
    out.write_text("\n".join([top[-1]["state_type"] if top else "", *names]))


def settled(folder):
    """Return the state of the run, and the names of its finished tasks."""
    out = folder / "settled"
    if nursery.run(look, folder, out, home=folder / "home"):
        raise SystemExit(f"{folder}: the store cannot be read")
    state, *names = out.read_text().split("\n")
    return state, set(names)


def repeated(folder, finished, done):
    """Work done again although it had been reported finished, in sentences."""
    return [
        f"{name} was finished after {done[name]}, and done again"
        for name, times in marks(folder).items()
        if name in finished and times > done[name]
    ]


def one(folder, grain, number):
    """Kill a run at a step, retry it under the same threat, and then in peace; return whether it was killed, and what was wrong."""
    folder.mkdir(parents=True)
    home = folder / "home"
    code = nursery.run(first, folder, grain, number, home=home)
    wrong = [] if code in (0, -signal.SIGKILL) else [f"ended with {code}"]
    for deadly in (number, 0, 0):
        state, finished = settled(folder)
        if state == "COMPLETED":
            break
        done = marks(folder)
        work = again if state else first
        ended = nursery.run(work, folder, grain, deadly, home=home)
        if ended not in (0, -signal.SIGKILL):
            wrong.append(f"the retry ended with {ended}")
        wrong += repeated(folder, finished, done)
    state, _ = settled(folder)
    wrong += [] if state == "COMPLETED" else [f"it is {state} at the end"]
    wrong += checking.faults(home)
    if len(marks(folder)) != ALL:
        wrong.append(f"not all was done: {sorted(marks(folder))}")
    return code != 0, wrong


def main(folder, grain, stride, number):
    kills, failed = 0, False
    while True:
        killed, wrong = one(folder / f"step{number}", grain, number)
        for fault in wrong:
            print(f"step {number}: {fault}", flush=True)
        kills += killed
        failed |= bool(wrong)
        if not killed:
            print(f"{kills} kills, survived with {(folder / f'step{number}' / 'survived').read_text()} steps")
            return int(failed)
        number += stride


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4])))
