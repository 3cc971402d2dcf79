"""G17: a lease passes on within seconds when its holder is killed or stopped, and no living holder loses it."""

from __future__ import annotations

import os
import signal
import sys
import time

import pytest

from pacc._internal import sessions
from pacc.services import health, leases
from pacc.store.database import Store, close_store

HOLDER = """
import sys, time
from pathlib import Path
from pacc.services import leases
from pacc.settings import get_current_settings
from pacc.store import open_store

store = open_store(get_current_settings().home)
for _ in sys.stdin:
    print(leases.hold(store, "reaper"), flush=True)
"""


@pytest.fixture
def store(pacc_home):
    made = Store(pacc_home)
    yield made
    sessions.end_all()
    made.close()
    made.leave()


@pytest.fixture
def ask(processes):
    """Start a process that says whether it holds the lease whenever it is asked."""
    import subprocess

    def start():
        process = processes.start(sys.executable, processes.script(HOLDER), stdin=subprocess.PIPE)

        def held():
            process.stdin.write("?\n")
            process.stdin.flush()
            return process.stdout.readline().strip() == "True"

        return process, held

    return start


def test_the_lease_of_a_living_process_stays_its_own(store, ask):
    _, held = ask()
    assert held()
    assert not leases.hold(store, "reaper")
    assert held()
    assert leases.hold(store, "another")
    [mine] = [lease for lease in leases.select(store) if lease.name == "another"]
    assert mine.process["pid"] == os.getpid()


def test_the_lease_of_a_killed_process_is_free_at_once(store, ask):
    process, held = ask()
    assert held()
    process.kill()
    process.wait()
    assert leases.hold(store, "reaper")
    assert leases.hold(store, "reaper")


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
def test_the_lease_of_a_stopped_process_passes_on_and_it_knows_when_it_is_continued(store, ask):
    process, held = ask()
    assert held()
    process.send_signal(signal.SIGSTOP)
    deadline = time.monotonic() + 60
    while not leases.hold(store, "reaper"):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    process.send_signal(signal.SIGCONT)
    assert not held()


def test_a_lease_let_go_is_free_for_others(store, ask):
    _, held = ask()
    assert leases.hold(store, "reaper")
    assert not held()
    leases.release(store)
    assert held()


def test_a_failure_is_counted_where_the_lease_still_is_ones_own(store):
    assert leases.hold(store, "reaper")
    leases.fail(store, "reaper", "disk full")
    leases.fail(store, "reaper", "disk full")
    leases.fail(store, "nobody's", "disk full")
    [lease] = leases.select(store)
    assert (lease.failures, lease.error) == (2, "disk full")
    assert lease.failed >= lease.since


def test_what_fails_is_found_by_the_doctor(store, pacc_home):
    assert leases.hold(store, "scheduler")
    leases.fail(store, "scheduler", "OSError: I/O error")
    [found] = [finding for finding in health.examine(pacc_home) if finding.subject == "housekeeping"]
    assert (found.level, found.message) == ("warning", "scheduler has failed 1 time: OSError: I/O error")
    close_store(pacc_home)
