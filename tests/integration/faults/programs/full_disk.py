"""A scenario with a disk that is full at 0, 4, 8, ... KiB of the store: what was acknowledged stays, one sentence is said, and once there
is room again work goes on. A limit of the size of files stands for the full disk.

Usage: full_disk.py FOLDER STEP, the step in KiB
"""

from __future__ import annotations

import resource
import signal
import sys
from pathlib import Path

import checking
import nursery
import stepping

from pacc.exceptions import StoreError

KIB = 1024


def limit(size):
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.getrlimit(resource.RLIMIT_FSIZE)[1]))


def actor(folder, size):
    stepping.instrument(stepping.Steps(0, 0), stepping.Notes(folder / "acknowledged"), "coarse")
    limit(size)
    try:
        for _ in range(4):
            stepping.weather()
    except StoreError as error:
        if not (error.hint and str(folder / "home") in str(error)):
            raise
        return 3
    finally:
        limit(
            resource.RLIM_INFINITY
        )  # the notes of the test itself; what pacc writes from here on finds room
    return 0


def unlucky_listing(size):
    limit(size)
    code, out, err = nursery.command("flow-run", "ls", "-o", "json")
    limit(resource.RLIM_INFINITY)
    if (code == 0 and not err) or (code == 12 and not out and "Traceback" not in err):
        return 0
    print(f"ls at {size} ended with {code}: {err}")
    return 1


def examine(folder):
    home = folder / "home"
    code, _, err = nursery.command("flow-run", "ls", "-o", "json")
    wrong = [f"ls ended with {code}: {err}"] if code or err else []
    wrong += list(stepping.lost(folder)) + checking.faults(home)
    wrong += [f"{name} was left open" for name in checking.open_runs(home)]
    stepping.weather()
    wrong += checking.faults(home)
    for fault in wrong:
        print(f"{folder.name}: {fault}", flush=True)
    return bool(wrong)


def main(folder, step):
    wrong, refusals = False, 0
    for number in range(1000):
        size = number * step * KIB
        place = folder / f"{number * step}KiB"
        place.mkdir(parents=True)
        wrong |= nursery.run(unlucky_listing, size, home=place / "home") != 0
        code = nursery.run(actor, place, size, home=place / "home")
        if code not in (0, 3):
            print(f"{place.name}: ended with {code}")
            wrong = True
        wrong |= nursery.run(examine, place, home=place / "home") != 0
        refusals += code == 3
        if code == 0 and number > 2:
            print(f"{refusals} refusals, room enough with {size // KIB} KiB")
            return int(wrong)
    return 1


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), int(sys.argv[2])))
