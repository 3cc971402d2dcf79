"""The store fails at any one of the writes of a flow: the caller hears of it, and nothing false is written."""

from __future__ import annotations

import itertools
import threading

import pytest

from pacc import flow, task
from pacc.exceptions import StoreFull
from pacc.store import Journal, Store


@task
def double(number):
    return 2 * number


@flow
def child(number):
    return double(number)


@flow
def pipeline():
    return double(1) + child(2)


@pytest.fixture
def fail_at(monkeypatch):
    """Let the n-th write of a flow fail, whichever class it is of; the housekeeper's, in its own thread, are not counted."""
    calls = itertools.count(1)
    wanted = [0]

    def failing(original):
        def write(self, *args, **kwargs):
            if threading.current_thread() is threading.main_thread() and next(calls) == wanted[0]:
                raise StoreFull("the disk is full (as this test has it)")
            return original(self, *args, **kwargs)

        return write

    def arm(number):
        nonlocal calls
        calls, wanted[0] = itertools.count(1), number

    monkeypatch.setattr(Store, "write", failing(Store.write))
    monkeypatch.setattr(Store, "write_all", failing(Store.write_all))
    monkeypatch.setattr(Journal, "put", failing(Journal.put))
    return arm


def test_a_write_that_fails_is_told_to_the_caller_and_nothing_is_made_up(fail_at, recorded):
    for number in itertools.count(1):
        before = {run.id for run in recorded.flow_runs()}
        fail_at(number)
        try:
            pipeline()
        except StoreFull:
            fail_at(0)
            new = [run for run in recorded.flow_runs() if run.id not in before]
            assert all(run.state_name != "Completed" for run in new if run.parent_flow_run_id is None), number
        else:
            break
    assert number > 12, "each transition of three runs and more is a write"
    fail_at(0)
    assert pipeline() == 6


def test_what_the_user_raised_is_not_lost_behind_the_failing_store(monkeypatch, recorded, capsys):
    original = Store.write_all

    def write_all(self, *steps):
        if any(params.get("state_type") == "FAILED" for _, params in steps):
            raise StoreFull("the disk is full (as this test has it)")
        return original(self, *steps)

    @flow
    def broken():
        raise ValueError("the user's own error")

    monkeypatch.setattr(Store, "write_all", write_all)
    with pytest.raises(StoreFull, match="disk is full"):
        broken()
    assert recorded.flow_run().state_name == "Crashed"
    assert "disk is full" in recorded.flow_run().state.message
    assert "the user's own error" in capsys.readouterr().err
