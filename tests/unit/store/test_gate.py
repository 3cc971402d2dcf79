"""The gate: in order, not for ever, and it knows who stands in it."""

from __future__ import annotations

import errno
import fcntl
import os
import sys
import threading
import time

import pytest

from pacc.store import gate as gates
from pacc.store.gate import Gate, holder

COMMAND = " ".join(sys.orig_argv)[:40]
"""What this process was started with; listings may cut it."""


@pytest.fixture
def new_gate(tmp_path):
    made = []

    def make(patience=5.0):
        made.append(Gate(tmp_path / "gate", patience))
        return made[-1]

    yield make
    for gate in made:
        gate.close()


def test_one_is_in_and_the_next_waits_until_it_leaves(new_gate):
    first, second = new_gate(), new_gate()
    assert first.enter()
    entered = []
    thread = threading.Thread(target=lambda: entered.append(second.enter()))
    thread.start()
    time.sleep(0.05)
    assert not entered
    first.leave()
    thread.join(5)
    assert entered == [True]


def test_those_who_wait_come_in_the_order_of_their_arrival(new_gate):
    first = new_gate()
    first.enter()
    order = []

    def visit(number):
        gate = new_gate()
        gate.enter()
        order.append(number)
        gate.leave()

    threads = [threading.Thread(target=visit, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
        time.sleep(0.02)
    first.leave()
    for thread in threads:
        thread.join(5)
    assert order == list(range(8))


def test_who_waited_too_long_goes_on_without_and_may_queue_again(new_gate):
    first, second = new_gate(), new_gate(patience=0.05)
    first.enter()
    assert not second.enter()
    second.leave()
    first.leave()
    assert second.enter()


def test_a_turn_that_came_too_late_is_passed_on(new_gate):
    first, second, third = new_gate(), new_gate(patience=0.05), new_gate()
    first.enter()
    second.enter()
    first.leave()
    assert third.enter()


def test_where_such_locks_cannot_be_had_one_goes_on_without(new_gate, monkeypatch):
    def refuse(*_):
        raise OSError(errno.ENOLCK, "no locks available")

    with monkeypatch.context() as broken:
        broken.setattr(fcntl, "flock", refuse)
        assert not new_gate().enter()


def test_where_no_thread_can_be_started_the_turn_is_asked_for(new_gate, monkeypatch):
    def refuse(self):
        raise RuntimeError("can't create new thread at interpreter shutdown")

    first, second = new_gate(), new_gate(patience=2)
    first.enter()
    threading.Timer(0.1, first.leave).start()
    monkeypatch.setattr(threading.Thread, "start", refuse)
    assert second.enter()


def test_the_one_inside_is_named_with_its_command(new_gate, tmp_path):
    new_gate().enter()
    named = holder(tmp_path / "pacc.db", tmp_path / "gate")
    assert named.startswith(f"process {os.getpid()} (")
    assert COMMAND in named


def test_without_a_list_of_locks_the_one_inside_is_named_too(new_gate, tmp_path, monkeypatch):
    monkeypatch.setattr(gates, "_LISTED", False)
    new_gate().enter()
    assert holder(tmp_path / "pacc.db", tmp_path / "gate").startswith(f"process {os.getpid()} (")


def test_a_command_is_known_without_proc_too():
    assert COMMAND in gates._listed_command(os.getpid())


def test_somebody_who_is_gone_is_not_named(tmp_path, monkeypatch):
    monkeypatch.setattr(gates, "_LISTED", False)
    (tmp_path / "gate").write_text("4194305\n")  # above the highest process number there is
    assert holder(tmp_path / "pacc.db", tmp_path / "gate") is None


def test_nobody_is_named_where_nobody_was(tmp_path):
    assert holder(tmp_path / "pacc.db", tmp_path / "gate") is None
