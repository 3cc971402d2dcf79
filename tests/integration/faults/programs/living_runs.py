"""Runs whose processes live, in the circumstances that make others believe they don't, while a reaper asks all the time.

Usage: living_runs.py HOME COUNT KIND, where KIND is one of the functions of this module named in KINDS.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import checking
import nursery

from pacc import flow, task
from pacc._internal import clock, sessions
from pacc.services.reaping import reap
from pacc.settings import get_current_settings
from pacc.store import open_store

DAY = 86_400_000_000


@task
def work(seconds=0.0):
    time.sleep(seconds)


@flow
def busy(seconds=0.0):
    work(seconds)
    work()


def reaper(pause, shifts=(0,)):
    """Ask until SIGTERM comes, by clocks that jump; its exit code says whether it declared anyone dead."""
    stop = []
    signal.signal(signal.SIGTERM, lambda *_: stop.append(1))
    store = open_store(get_current_settings().home)
    now, rounds, dead = clock.now, 0, []
    while not stop:
        shift = shifts[rounds % len(shifts)]
        clock.now = lambda shift=shift: now() + shift
        dead += reap(store)
        rounds += 1
        time.sleep(pause)
    print(f"{rounds} rounds, declared dead: {dead}")
    return bool(dead) or not rounds


def living(*pids):
    """Wait for actors; each must end well."""
    return [f"process {pid} ended with {code}" for pid in pids if (code := nursery.finished(pid))]


def stopped(home, seconds):
    """Stopped, as by Ctrl-Z, a debugger or a laptop's lid, for many times what any heartbeat would allow."""
    actors = [nursery.forked(busy, 0.5, home=home) for _ in range(3)]
    time.sleep(0.3)
    for pid in actors:
        os.kill(pid, signal.SIGSTOP)
    time.sleep(seconds)
    for pid in actors:
        os.kill(pid, signal.SIGCONT)
    return living(*actors)


def jumping(home, seconds):
    """The wall clock jumps by a day while the flow runs."""

    def actor():
        now, jumps = clock.now, iter(range(1_000_000))
        clock.now = lambda: now() + (next(jumps) % 3 - 1) * DAY
        return busy(seconds / 2) or 0

    return living(*(nursery.forked(actor, home=home) for _ in range(3)))


def parents(home, count):
    """Flows whose children die before them, outlive them, run tasks of theirs, or come from multiprocessing."""

    def child(seconds):
        work(seconds)
        nursery.leave()  # os._exit alone flushes nothing, of nobody's
        os._exit(0)

    @flow
    def family():
        early = os.fork() or os._exit(1)
        tasks = os.fork() or child(0.2)
        late = os.fork() or (time.sleep(1.0), os._exit(0))
        killed = os.fork() or time.sleep(60)
        os.kill(killed, signal.SIGKILL)
        for pid in (early, tasks, killed):
            os.waitpid(pid, 0)
        subprocess.run(["/bin/true"], check=True)
        subprocess.Popen(["/bin/sleep", "1"])
        with multiprocessing.get_context("fork").Pool(2) as pool:
            pool.map(time.sleep, [0.05] * 4)
        with multiprocessing.get_context("spawn").Pool(1) as pool:
            pool.map(abs, [1])
        work(0.3)
        return late

    def actor():
        os.waitpid(family(), 0)

    return living(*(nursery.forked(actor, home=home) for _ in range(count)))


def threads(home, count):
    """Many threads run flows, and some of them reap as well."""

    def actor():
        store = open_store(get_current_settings().home)
        asking = [
            threading.Thread(target=lambda: [dead.extend(reap(store)) for _ in range(50)]) for _ in "ab"
        ]
        running = [threading.Thread(target=lambda: [busy(0.01) for _ in range(count)]) for _ in range(8)]
        dead = []
        for thread in asking + running:
            thread.start()
        for thread in asking + running:
            thread.join()
        return len(dead)

    return living(nursery.forked(actor, home=home))


def churning(home, count):
    """Runs begin and end by the hundred, each moment another one, and so do the processes they live in."""

    def actor():
        for _ in range(count // 20):
            busy()

    wrong = []
    for _ in range(10):
        wrong += living(*(nursery.forked(actor, home=home) for _ in range(2)))
    return wrong


def reused(home, count):
    """A process that got the pid of a dead one keeps nobody alive, and a file that names a dead pid kills nobody."""
    pid = nursery.forked(busy, 600, home=home)
    while len(checking.open_runs(home)) < 2:
        time.sleep(0.01)
    session = checking.rows(home, "flow_run", checking.OPEN)[0]["session"]
    file = home / "sessions" / f"{session}.lock"
    file.write_text(file.read_text().replace(f'"pid": {pid}', '"pid": 4194303'))
    time.sleep(0.1 * count)
    wrong = [] if len(checking.open_runs(home)) == 2 else ["died of a file that names another pid"]
    os.kill(pid, signal.SIGKILL)
    nursery.finished(pid)
    file.write_text(f'{{"pid": {os.getpid()}, "command": "somebody else"}}')
    return wrong if nursery.run(_ended, home=home) else [*wrong, "kept alive by a process with its pid"]


def _ended():
    return len(reap(open_store(get_current_settings().home)))


KINDS = {
    "stopped": (stopped, 0.2, (0,)),
    "jumping": (jumping, 0.01, (0, DAY, -DAY)),
    "parents": (parents, 0.0, (0,)),
    "threads": (threads, 0.0, (0,)),
    "churning": (churning, 0.0, (0,)),
    "reused": (reused, None, (0,)),
}


def main(home, count, kind):
    function, pause, shifts = KINDS[kind]
    assert nursery.run(busy, home=home) == 0
    asking = nursery.forked(reaper, pause, shifts, home=home) if pause is not None else None
    wrong = function(home, count)
    if asking is not None:
        os.kill(asking, signal.SIGTERM)
        wrong += [f"the reaper ended with {code}"] if (code := nursery.finished(asking)) else []
        wrong += [
            f"{row['name']} is {row['state_name']}: {row['state_message']}"
            for table in ("flow_run", "task_run")
            for row in checking.rows(home, table, "state_name <> 'Completed'")
        ]
    wrong += checking.faults(home)
    print("\n".join(wrong))
    return bool(wrong)


if __name__ == "__main__":
    assert sessions.is_mine(None) is False
    sys.exit(main(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]))
