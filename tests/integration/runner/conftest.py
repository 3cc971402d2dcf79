"""Supervised runs, each in processes of its own. One interpreter forks all supervisors, so that a test costs milliseconds."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from waiting import PATIENCE, wait_until

from pacc._internal import names
from pacc.services import logs
from pacc.services.flow_names import ensure_flow
from pacc.services.live_runs import LiveFlowRun
from pacc.states import Scheduled

FLOWS = Path(__file__).parent / "programs" / "flows.py"

NURSERY = """
import json, os, sys
import pacc.flow_engine, pacc.flows, pacc.engine.flow_run, pacc.runner.supervisor, pacc.runner.vigil
from pacc.settings import refresh_settings

for line in sys.stdin:
    order = json.loads(line)
    pid = os.fork()
    if not pid:
        os.environ.update(order["env"])
        pacc.runner.vigil.LOOK_EVERY = order["look"]
        refresh_settings()
        code = 70
        try:
            code = pacc.flow_engine.main(order["words"])
        finally:
            sys.stderr.flush()
            os._exit(code)
    print(pid, os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) if order["wait"] else "", flush=True)
"""


@pytest.fixture(scope="module")
def nursery():
    """An interpreter that has loaded all that supervisors and flows need."""
    process = subprocess.Popen(
        [sys.executable, "-c", NURSERY], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    yield process
    process.stdin.close()
    process.wait(timeout=10)
    process.stdout.close()


def is_there(pid):
    """Say whether a process is there that is not just waiting to be collected."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except FileNotFoundError:
        return False


class Runs:
    """Makes stored runs of the flows of a file, and has them executed."""

    def __init__(self, nursery, home, recorded):
        self.nursery = nursery
        self.home = home
        self.recorded = recorded
        self.supervisors = []

    def made(self, flow, entrypoint=None, due=None, **parameters):
        """Return the id of a run that waits to be executed, until it is due."""
        store = self.recorded.store
        run = LiveFlowRun(
            store,
            name=names.run_name(),
            flow_id=ensure_flow(store, flow),
            flow_name=flow,
            parameters_text=json.dumps(parameters),
            entrypoint=entrypoint or f"{FLOWS}:{flow}",
        )
        run.advance(Scheduled(scheduled_time=due))
        return run.id

    def begin(self, run_id, *words, wait=False, look=2.0, **env):
        """Have a supervisor begin with a run; return its pid, and its exit code where that is waited for.

        It looks at the store each time so many seconds have passed, unless it is told to.
        """
        order = {
            "env": {"PACC_HOME": str(self.home), **env},
            "words": [run_id, *words],
            "wait": wait,
            "look": look,
        }
        self.nursery.stdin.write(json.dumps(order) + "\n")
        self.nursery.stdin.flush()
        answer = self.nursery.stdout.readline().split()
        self.supervisors.append(int(answer[0]))
        return [int(word) for word in answer] if wait else int(answer[0])

    def executed(self, flow, **parameters):
        """Have a run executed and return it as it ended."""
        run_id = self.made(flow, **parameters)
        self.begin(run_id, "--quiet", wait=True)
        return self.run(run_id)

    def run(self, run_id):
        [run] = [run for run in self.recorded.flow_runs() if str(run.id) == run_id]
        return run

    eventually = staticmethod(wait_until)
    is_there = staticmethod(is_there)

    def until(self, run_id, *names, within=PATIENCE):
        """Wait until a run is in a state of one of these names, and return it."""
        return wait_until(lambda: (run := self.run(run_id)).state_name in names and run, within)

    def lines(self, run_id):
        return [line.message for line in logs.read(self.recorded.store, run_id)]

    def said(self, run_id, beginning):
        """Wait for a line of log and return what follows this beginning."""
        found = wait_until(lambda: [line for line in self.lines(run_id) if line.startswith(beginning)])
        return found[0].removeprefix(beginning).strip()


@pytest.fixture
def runs(nursery, pacc_home, recorded):
    made = Runs(nursery, pacc_home, recorded)
    yield made
    for pid in made.supervisors:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGKILL)


@pytest.fixture
def begun(runs):
    """Begin with a flow that says when it is under way; returns the run's id, the supervisor's pid and the flow's."""

    def begin(flow="ending", said="waiting", env=None, look=2.0, **parameters):
        run_id = runs.made(flow, **parameters)
        supervisor = runs.begin(run_id, "--quiet", look=look, **(env or {}))
        return run_id, supervisor, [int(pid) for pid in runs.said(run_id, said).split()]

    return begin
