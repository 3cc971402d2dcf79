"""One process writes for others, many statements at once; who gets no answer writes itself, and nothing is written twice."""

from __future__ import annotations

import json
import os
import signal
import socket
import threading
import time
from contextlib import contextmanager
from pathlib import Path

import pytest
from waiting import wait_until

from pacc.exceptions import StoreFull
from pacc.store import scribe as module
from pacc.store.database import Store, close_store, open_store
from pacc.store.scribe import Dictation, Scribe


@pytest.fixture
def scribe(store):
    made = Scribe(store)
    yield made
    made.close()


@pytest.fixture
def runs(store, rows):
    """Put so many runs into the store, each in its first state; return their ids."""

    def make(count):
        ids = [f"run-{number}" for number in range(count)]
        for identity in ids:
            store.write("flow_runs.insert", rows.flow_run(identity))
        return ids

    return make


def state(store, identity="run-0"):
    return store.read("flow_runs.read", {"id": identity})[0]["state_name"]


@contextmanager
def elsewhere(store):
    """Yield the pid of another process with a scribe, and the mouth of that; the process is gone afterwards."""
    ears, mouth = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    store.close()  # no connection may be carried across the fork
    pid = os.fork()
    if not pid:
        try:
            made = Scribe(Store(store.home))
            socket.send_fds(mouth, [b"."], [made.mouth.fileno()])
            made.mouth.close()
            made._thread.join()
        finally:
            os._exit(1)
    _, [descriptor], _, _ = socket.recv_fds(ears, 1, 1)
    given = socket.socket(fileno=descriptor)
    try:
        yield pid, given
    finally:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        for end in (ears, mouth, given):
            end.close()


def test_what_is_dictated_is_written_before_the_answer_comes(store, scribe, runs, rows):
    runs(1)
    dictation = Dictation(scribe.mouth)
    assert dictation.write("flow_runs.advance", rows.advance("run-0", 2)) == 1
    assert state(store) == "Running"


def test_a_statement_that_goes_on_from_another_version_changes_nothing(store, scribe, runs, rows):
    runs(1)
    dictation = Dictation(scribe.mouth)
    assert dictation.write("flow_runs.advance", rows.advance("run-0", 3)) == 0
    assert state(store) == "Pending"
    assert dictation.write("flow_runs.advance", rows.advance("run-0", 2)) == 1


def test_statements_that_come_together_are_one_transaction(store, scribe, runs, rows, monkeypatch):
    ids, transactions, answers = runs(9), [], []
    write_all = store.write_all
    monkeypatch.setattr(
        store, "write_all", lambda *steps: (transactions.append(len(steps)), write_all(*steps))[1]
    )

    def dictate(identity):
        answers.append(Dictation(scribe.mouth).write("flow_runs.advance", rows.advance(identity, 2)))

    threads = [threading.Thread(target=dictate, args=(identity,)) for identity in ids]
    with store.transaction():  # nobody else can write meanwhile
        threads[0].start()
        wait_until(lambda: transactions == [1])
        for thread in threads[1:]:
            thread.start()
        wait_until(lambda: module.readable([scribe._ears], 0))
        time.sleep(0.1)
    for thread in threads:
        thread.join()
    assert answers == [1] * 9
    assert transactions == [1, 8]
    assert {state(store, identity) for identity in ids} == {"Running"}


def test_only_statements_that_say_what_they_go_on_from_are_sent(store, scribe, rows):
    assert Dictation(scribe.mouth).write("flow_runs.insert", rows.flow_run("run-0")) is None
    assert not store.read("flow_runs.read", {"id": "run-0"})


def test_values_that_are_too_long_are_for_everyone_to_write_themselves(store, scribe, runs, rows):
    runs(1)
    long = {**rows.advance("run-0", 2), "parameters": json.dumps("x" * 70_000)}
    dictation = Dictation(scribe.mouth)
    assert dictation.write("flow_runs.advance", long) is None
    assert dictation.write("flow_runs.advance", rows.advance("run-0", 2)) == 1


def test_what_cannot_be_written_gets_no_answer_and_the_scribe_goes_on(store, scribe, runs, rows, monkeypatch):
    runs(1)
    wanted = rows.advance("run-0", 2)

    def fail(*_):
        raise StoreFull("no room")

    with monkeypatch.context() as full:
        full.setattr(store, "write_all", fail)
        assert Dictation(scribe.mouth).write("flow_runs.advance", wanted) is None
    scribe.mouth.send(b"not a request")
    wrong = Dictation(scribe.mouth)
    assert wrong.write("flow_runs.advance", {"id": "run-0"}) is None  # the other values are missing
    assert Dictation(scribe.mouth).write("flow_runs.advance", wanted) == 1


def test_a_scribe_that_is_closed_answers_nobody_at_once(store, runs, rows):
    runs(1)
    made = Scribe(store)
    mouth = made.mouth.dup()
    made.close()
    began = time.monotonic()
    dictation = Dictation(mouth)
    assert dictation.write("flow_runs.advance", rows.advance("run-0", 2)) is None
    assert time.monotonic() - began < 1
    assert not made._thread.is_alive()
    mouth.close()


def test_whoever_waits_for_a_scribe_that_is_killed_hears_so_at_once(store, runs, rows):
    runs(1)
    with elsewhere(store) as (pid, mouth):
        os.kill(pid, signal.SIGSTOP)
        killing = threading.Timer(0.2, os.kill, (pid, signal.SIGKILL))
        killing.start()
        began = time.monotonic()
        dictation = Dictation(mouth)
        assert dictation.write("flow_runs.advance", rows.advance("run-0", 2)) is None
        assert 0.1 < time.monotonic() - began < 1
        killing.join()
        assert dictation.write("flow_runs.advance", rows.advance("run-0", 2)) is None
    assert state(store) == "Pending"


def test_a_scribe_that_is_stopped_is_waited_for_once_however_many_ask(store, runs, rows, monkeypatch):
    ids = runs(30)  # more than a socket keeps for one that does not listen, where the system is frugal
    with elsewhere(store) as (pid, mouth):
        os.kill(pid, signal.SIGSTOP)
        monkeypatch.setattr(module, "_PATIENCE", 0.3)
        dictations = [Dictation(mouth) for _ in ids]

        def dictate(number):
            wanted = rows.advance(ids[number], 2)
            for _ in range(3):
                assert dictations[number].write("flow_runs.advance", wanted) is None
            assert store.write("flow_runs.advance", wanted)

        threads = [threading.Thread(target=dictate, args=(number,)) for number in range(len(ids))]
        began = time.monotonic()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert time.monotonic() - began < 10
        os.kill(pid, signal.SIGCONT)  # it hears of all that was asked, and all of it is written by now
        assert Dictation(mouth).write("flow_runs.advance", rows.advance(ids[0], 3)) == 1
    assert [state(store, identity) for identity in ids] == ["Completed", *["Running"] * 29]


def test_a_signal_is_heard_once_it_is_known_what_has_been_written(store, scribe, runs, rows):
    runs(1)

    def ring(*_):
        raise TimeoutError("the alarm")

    before = signal.signal(signal.SIGALRM, ring)
    asked, may = threading.Event(), threading.Event()

    def hold():
        with store.transaction():
            asked.set()
            may.wait(10)

    holding = threading.Thread(target=hold)
    holding.start()
    asked.wait(10)
    later = threading.Timer(0.3, may.set)
    try:
        later.start()
        signal.setitimer(signal.ITIMER_REAL, 0.1)
        with pytest.raises(TimeoutError, match="the alarm"):
            Dictation(scribe.mouth).write("flow_runs.advance", rows.advance("run-0", 2))
        assert state(store) == "Running"
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
        later.join()
        holding.join()


# -- a store that has somebody who writes for it


def is_opened(store):
    """Say whether this process has the file open."""
    names = []
    for descriptor in os.listdir("/proc/self/fd"):
        try:
            names.append(os.readlink(f"/proc/self/fd/{descriptor}"))
        except OSError:
            continue
    return str(store.path) in names


@pytest.fixture
def dictating(store, runs):
    """The store of the home as it is where a scribe in another process writes, and the ids of two runs."""
    ids = runs(2)
    with elsewhere(store) as (_, mouth):
        yield open_store(store.home, dictation=Dictation(mouth)), *ids
        close_store(store.home)


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="no /proc")
def test_a_store_with_a_scribe_opens_the_file_only_when_something_else_is_wanted(dictating, rows):
    made, first, second = dictating
    assert made.dictate("flow_runs.advance", rows.advance(first, 2)) == 1
    assert not is_opened(made)
    rows.put_task_run(made, "task-run", flow_run_id=first)
    made.journal.flush()
    assert is_opened(made)
    assert made.dictate("flow_runs.advance", rows.advance(second, 2)) is None
    assert made.write("flow_runs.advance", rows.advance(second, 2))
    assert {state(made, first), state(made, second)} == {"Running"}


def test_a_forked_child_writes_itself(dictating, rows):
    made, first, second = dictating
    pid = os.fork()
    if not pid:
        code = 1
        try:
            asked = made.dictate("flow_runs.advance", rows.advance(first, 2))
            made.write("flow_runs.advance", rows.advance(first, 2))
            code = 0 if asked is None else 2
        finally:
            os._exit(code)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    assert made.dictate("flow_runs.advance", rows.advance(second, 2)) == 1
    assert {state(made, first), state(made, second)} == {"Running"}
