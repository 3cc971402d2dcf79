"""`pacc server`, as a person at a shell uses it: one process that keeps house."""

from __future__ import annotations

import json
import signal
import sys

import pytest
from waiting import wait_until

from pacc._internal import sessions
from pacc.loops import server
from pacc.loops.household import LOOPS
from pacc.services import leases
from pacc.store.database import Store


@pytest.fixture
def store(pacc_home):
    made = Store(pacc_home)
    yield made
    sessions.end_all()
    made.close()
    made.leave()


@pytest.fixture
def stopping(pacc_home):
    """A server in the background ends with the test."""
    yield
    server.stop(pacc_home)


def test_a_server_in_the_background_keeps_house_until_it_is_stopped(pacc_process, pacc_home, stopping):
    none = pacc_process("server", "status")
    assert (none.code, none.stderr) == (1, "Error: no server runs\nSee: pacc server start --background\n")
    told = pacc_process("server", "status", "-o", "json")
    assert (told.code, json.loads(told.stdout)) == (1, {"status": "stopped"})
    started = pacc_process("server", "start", "--background", "--no-late-runs")
    assert started.code == 0, started.output
    pid = server.running(pacc_home)["pid"]
    assert f"process {pid}" in started.stderr
    again = pacc_process("server", "start", "-b")
    assert (again.code, again.stderr) == (
        1,
        f"Error: a server runs already, process {pid}\nSee: pacc server stop\n",
    )
    status = pacc_process("server", "status", "--wait", "-o", "json")
    assert (status.code, json.loads(status.stdout)["pid"]) == (0, pid)
    services = ("server", "services", "ls", "-o", "json")
    wait_until(
        lambda: (
            sum(bool(each["lease"]) for each in json.loads(pacc_process(*services).stdout)) == len(LOOPS) - 1
        )
    )
    listed = json.loads(pacc_process(*services).stdout)
    doing = {each["name"]: each["lease"] and each["lease"]["process"]["pid"] for each in listed}
    assert doing == {loop.name: None if loop.name == "late-runs" else pid for loop in LOOPS}
    assert "nobody at the moment" in pacc_process("server", "services", "ls").stdout
    stopped = pacc_process("server", "stop")
    assert (stopped.code, stopped.stderr) == (0, f"The server has ended, process {pid}.\n")
    assert server.running(pacc_home) is None
    assert pacc_process("server", "stop").stderr == "No server runs.\n"


def test_a_server_in_the_foreground_ends_by_ctrl_c_and_lets_its_leases_go(processes, store):
    process = processes.start(sys.executable, "-m", "pacc", "server", "start")
    wait_until(lambda: len(leases.select(store)) == len(LOOPS))
    assert store.read("leases.select")
    process.send_signal(signal.SIGINT)
    ended = processes.finish(process)
    assert ended.code == 0
    assert "Ctrl-C ends it" in ended.stderr
    assert store.read("leases.select") == []


def test_a_killed_server_leaves_nothing_in_the_way(processes, store, pacc_home):
    process = processes.start(sys.executable, "-m", "pacc", "server", "services", "start")
    wait_until(lambda: leases.select(store))
    process.kill()
    process.wait()
    assert server.running(pacc_home) is None
    assert leases.select(store) == []
    assert leases.hold(store, "reaper")


def test_a_server_that_cannot_start_says_why(pacc_home):
    pacc_home.mkdir()
    (pacc_home / "pacc.db").write_bytes(b"no database" * 1000)
    with pytest.raises(server.ServerError, match=r"the server did not start: .+ is not a"):
        server.start(pacc_home)
