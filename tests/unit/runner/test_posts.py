"""Supervisors that have nothing to do wait for another run a while, and none is lost on the way to them."""

from __future__ import annotations

import os
import resource
import signal

import pytest

from pacc._internal.readable import readable
from pacc.runner import posts
from pacc.runner.ears import Ears
from pacc.runner.posts import Posts


@pytest.fixture
def idle():
    """Fork processes that ask for orders through some posts and end with how many they got; all are gone in the end."""
    some, pids = Posts(), []

    def begin(wanted=None):
        pid = os.fork()
        if not pid:
            got = 0
            try:
                ears = Ears()
                post = some.leave()
                while got != wanted and post.next_order(ears) is not None:
                    got += 1
            finally:
                os._exit(100 + got)
        pids.append(pid)
        readable(some.ears())
        assert some.hear() == [pid]
        return pid

    yield some, begin
    some.close()
    for pid in pids:
        try:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
        except (ProcessLookupError, ChildProcessError):
            continue


def code_of(pid):
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def test_one_that_waits_gets_an_order_and_asks_again(idle):
    some, begin = idle
    pid = begin()
    for _ in range(3):
        assert some.give({"run": "a"}) == pid
        assert some.give({"run": "b"}) is None
        readable(some.ears())
        assert some.hear() == [pid]
    some.close()
    assert code_of(pid) == 103


def test_the_one_that_came_last_goes_first_and_one_that_was_killed_is_passed_over(idle):
    some, begin = idle
    pids = [begin(1), begin(1), begin(1)]
    assert some.give({}) == pids[2]
    os.kill(pids[1], signal.SIGKILL)
    assert code_of(pids[1]) == -signal.SIGKILL
    assert some.give({}) == pids[0]
    assert some.give({}) is None
    assert [code_of(pids[0]), code_of(pids[2])] == [101, 101]


def test_one_that_waited_for_long_leaves_and_so_does_one_that_is_told_to(idle, monkeypatch):
    some, begin = idle
    monkeypatch.setattr(posts, "_PATIENCE", 60.0)
    first, second = begin(), begin()
    assert 0 < some.pause() <= 60
    some.dismiss()
    assert len(some.descriptors()) == 2
    os.kill(second, signal.SIGTERM)
    assert code_of(second) == 100
    monkeypatch.setattr(posts, "_PATIENCE", 0.0)
    some.dismiss()
    assert code_of(first) == 100
    assert (some.pause(), some.descriptors()) == (None, set())


def test_no_more_wait_than_there_is_room_for(idle, monkeypatch):
    some, begin = idle
    monkeypatch.setattr(posts, "_MOST", 1)
    first, second = begin(), begin()
    assert code_of(first) == 100
    assert some.give({}) == second


def test_one_whose_parent_has_left_gets_nothing(idle):
    some, _ = idle
    pid = os.fork()
    if not pid:
        ears = Ears()
        post = some.leave()
        os._exit(100 if post.next_order(ears) is None else 1)
    readable(some.ears())
    pids = some.hear()
    some.close()  # as when its process ends
    assert pids == [pid]
    assert code_of(pid) == 100


def test_one_whose_pipe_finds_no_room_is_done_and_leaves(idle):
    some, _ = idle
    pid = os.fork()
    if not pid:
        os._exit(100 if some.leave().next_order(Ears()) is None else 1)
    readable(some.ears())
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    os.close(first_free := os.dup(0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (first_free, limits[1]))
    try:
        heard = some.hear()
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, limits)
    assert (heard, some.descriptors()) == ([pid], set())
    assert code_of(pid) == 100
