"""Where a process may be hit: numbered steps of an example flow, and a record of what was acknowledged on the way.

A step is a call of what could leave something half done: coarse, each advance of a run, row of the journal, commit, turn at the
gate, line of log and change of a session, before and after it; fine, each statement that SQLite gets as well.
"""

from __future__ import annotations

import asyncio
import functools
import json
import os
import sqlite3
from pathlib import Path

import checking

from pacc import flow, get_run_logger, task
from pacc._internal import sessions
from pacc.services.live_run import LiveRun
from pacc.services.live_runs import LiveFlowRun
from pacc.store import Journal
from pacc.store.connection import Writer
from pacc.store.gate import Gate
from pacc.store.log_files import lines
from pacc.store.log_writing import RunLog


class Steps:
    """Counts, and sends this process a signal at one number."""

    def __init__(self, number, signal):
        self.count = 0
        self.number = number
        self.signal = signal

    def step(self):
        self.count += 1
        if self.count == self.number:
            os.kill(os.getpid(), self.signal)

    def around(self, owner, name, after=None):
        """Make a step before and after a function, and let `after` note that it returned."""
        function = getattr(owner, name)

        @functools.wraps(function)
        def counted(*args, **kwargs):
            self.step()
            result = function(*args, **kwargs)
            if after is not None:
                after(*args)
            self.step()
            return result

        setattr(owner, name, counted)


class Notes:
    """What was acknowledged, in a file that survives the process, as one JSON line each."""

    def __init__(self, path):
        self._file = os.open(path, os.O_CREAT | os.O_WRONLY | os.O_APPEND)
        self._put = {}
        self._lines = {}

    def _say(self, *what):
        os.write(self._file, f"{json.dumps(what)}\n".encode())

    def put(self, journal, statement, key, source):
        self._put[key] = ("task_run" if "task" in statement else "flow_run", source.version)

    def advanced(self, run, state):
        """A top-level transition was committed, and with it all that was put into the journal before."""
        if isinstance(run, LiveFlowRun) and run.parent_flow_run_id is None:
            for key, (table, version) in self._put.items():
                self._say(table, key, version)
            self._put.clear()
            self._say("flow_run", run.id, run.version)

    def logged(self, log, line):
        if not log.lost:
            self._lines[log.path] = self._lines.get(log.path, 0) + 1
            self._say("log", str(log.path), self._lines[log.path])


def lost(folder):
    """What was acknowledged and is not there, in sentences."""
    notes = [json.loads(line) for line in (folder / "acknowledged").read_text().splitlines()]
    versions = {
        (table, row["id"]): row["version"]
        for table in ("flow_run", "task_run")
        for row in checking.rows(folder / "home", table)
    }
    for kind, name, number in notes:
        if kind == "log":
            found = len(list(lines(Path(name))))
            if found < number:
                yield f"{found} of {number} lines in {name}"
            if not Path(name).read_bytes().endswith(b"\n"):
                yield f"half a line in {name}"
        elif versions.get((kind, name), 0) < number:
            yield f"lost {kind} {name} at version {number}, has {versions.get((kind, name))}"


def instrument(steps, notes, grain):
    steps.around(LiveRun, "advance", notes.advanced)
    steps.around(Journal, "put", notes.put)
    steps.around(Writer, "commit")
    steps.around(Gate, "enter")
    steps.around(Gate, "leave")
    steps.around(RunLog, "write", notes.logged)
    steps.around(sessions.Session, "__init__")
    steps.around(sessions.Session, "end")
    if grain == "fine":
        sqlite3.connect = functools.partial(sqlite3.connect, factory=counting_connection(steps))


def counting_connection(steps):
    class Connection(sqlite3.Connection):
        def execute(self, *args):
            steps.step()
            cursor = super().execute(*args)
            try:
                steps.step()
            except BaseException:
                cursor = None  # as where a signal arrives inside the call: nobody has seen the cursor
                raise
            return cursor

        def executescript(self, script):
            steps.step()
            return super().executescript(script)

    return Connection


@task(retries=1)
def fetch(city, tries):
    tries.append(city)
    if len(tries) == 1:
        raise OSError("no answer")
    get_run_logger().info("asked for %s", city)
    return 21.5


@task
def save(degrees):
    return f"{degrees} degrees"


@flow
def report(line):
    get_run_logger().info("reporting %s", line)
    return save(line)


@flow(log_prints=True)
def weather():
    degrees = fetch("Berlin", [])
    print("it is", degrees)
    return report(save(degrees))


@task
async def afetch(city):
    await asyncio.sleep(0)
    get_run_logger().info("asked for %s", city)
    return 21.5


@flow
async def areport(line):
    await asyncio.sleep(0)
    return save(line)


@flow
async def aweather():
    degrees = await afetch("Berlin")
    await asyncio.sleep(0)
    return await areport(save(degrees))
