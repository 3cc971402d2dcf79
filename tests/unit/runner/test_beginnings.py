"""So many runs may begin at the same time, and each counts until it is running, or for a moment."""

from __future__ import annotations

import pytest

from pacc.runner import beginnings
from pacc.runner.beginnings import Beginnings


@pytest.fixture
def moment(monkeypatch):
    """A clock that stands still; returns what moves it."""
    now = [100.0]
    monkeypatch.setattr(beginnings.time, "monotonic", lambda: now[0])

    def later(seconds):
        now[0] += seconds

    return later


def test_there_is_room_until_so_many_begin_and_again_once_one_is_running(moment):
    begin = Beginnings(most=2)
    for run in ("a", "b"):
        assert not begin.are_full()
        begin.add(run)
    assert begin.are_full()
    begin.keep({"b", "another"})
    assert not begin.are_full()


def test_one_that_takes_long_counts_for_a_moment_only(moment):
    begin = Beginnings(most=1)
    begin.add("slow")
    assert begin.due() == pytest.approx(0.5)
    moment(0.4)
    assert begin.are_full()
    assert begin.due() == pytest.approx(0.1)
    moment(0.2)
    assert not begin.are_full()
    assert begin.due() == 0


def test_there_is_room_for_some_on_each_processor():
    begin = Beginnings()
    count = 0
    while not begin.are_full() and count < 10_000:
        begin.add(str(count))
        count += 1
    assert count % 8 == 0
    assert 8 <= count < 10_000
