"""Scheduled runs that nobody starts are late; cancelling runs without a process are over."""

from __future__ import annotations

import pytest

from pacc._internal import clock
from pacc.loops import cancellations, late_runs
from pacc.services import flow_runs

NOW = clock.from_datetime(clock.to_datetime(clock.now()))
SECOND = 1_000_000


def scheduled(runs, due, name="Scheduled"):
    return runs.flow_run(
        state="SCHEDULED",
        state_name=name,
        next_scheduled_start_time=due,
        state_details=f'{{"scheduled_time":"{clock.iso(due)}"}}',
    )


def names(store, run_id):
    return [state.name for state in flow_runs.states(store, run_id)]


def test_a_run_is_late_fifteen_seconds_after_its_time_and_not_before(store, runs):
    run = scheduled(runs, NOW)
    assert late_runs.tick(store, NOW + 15 * SECOND - 1) == NOW + 15 * SECOND
    assert flow_runs.read(store, run).state_name == "Scheduled"
    assert late_runs.tick(store, NOW + 15 * SECOND) is None
    late = flow_runs.read(store, run)
    assert (late.state_type, late.state_name) == ("SCHEDULED", "Late")
    assert late.state.state_details.scheduled_time == clock.to_datetime(NOW)
    assert late.next_scheduled_start_time == clock.to_datetime(NOW)
    assert names(store, run)[-1] == "Late"
    assert flow_runs.states(store, run)[-1].state_details.scheduled_time == clock.to_datetime(NOW)


def test_how_late_is_a_setting(store, runs, monkeypatch):
    from pacc.settings import PACC_SERVER_SERVICES_LATE_RUNS_AFTER_SECONDS, temporary_settings

    run = scheduled(runs, NOW)
    with temporary_settings({PACC_SERVER_SERVICES_LATE_RUNS_AFTER_SECONDS: "1h"}):
        assert late_runs.tick(store, NOW + 16 * SECOND) == NOW + 3600 * SECOND
    assert flow_runs.read(store, run).state_name == "Scheduled"


@pytest.mark.parametrize("name", ["AwaitingRetry", "AwaitingConcurrencySlot", "Resuming"])
def test_a_run_that_waits_for_something_else_is_never_late(store, runs, name):
    run = scheduled(runs, NOW, name)
    assert late_runs.tick(store, NOW + 3600 * SECOND) is None
    assert flow_runs.read(store, run).state_name == name


def test_any_number_of_runs_is_marked_in_one_tick_and_none_twice(store, runs):
    made = [scheduled(runs, NOW - n) for n in range(501)]
    late_runs.tick(store, NOW + 60 * SECOND)
    late_runs.tick(store, NOW + 120 * SECOND)
    assert {tuple(names(store, run)) for run in made[::100]} == {("Pending", "Scheduled", "Late")}
    assert {flow_runs.read(store, run).state_name for run in made} == {"Late"}


def test_a_run_told_to_stop_long_ago_without_a_process_is_cancelled(store, runs):
    run = runs.flow_run(state="CANCELLING", state_time=NOW)
    assert cancellations.tick(store, NOW + 299 * SECOND) == NOW + 300 * SECOND
    assert flow_runs.read(store, run).state_type == "CANCELLING"
    assert cancellations.tick(store, NOW + 300 * SECOND) is None
    over = flow_runs.read(store, run)
    assert (over.state_type, over.end_time) == ("CANCELLED", clock.to_datetime(NOW + 300 * SECOND))
    assert "no process" in over.state.message


def test_a_run_whose_process_is_known_is_left_to_it_or_to_the_reaper(store, runs):
    run = runs.flow_run(state="CANCELLING", state_time=NOW, session="somebody")
    assert cancellations.tick(store, NOW + 3600 * SECOND) is None
    assert flow_runs.read(store, run).state_type == "CANCELLING"
