"""Backfills: the runs of times that lie in the past, made once each, never more at once than asked for."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pacc._internal import clock, sessions
from pacc.engine import place
from pacc.exceptions import InvalidDeploymentError, ObjectNotFound, ParameterTypeError
from pacc.orchestration.backfilling import room, wanted_times
from pacc.schemas.backfills import BackfillMode, BackfillState
from pacc.schemas.deployments import DeploymentCreate, DeploymentScheduleCreate
from pacc.schemas.filters import FlowRunFilter
from pacc.schemas.schedules import CronSchedule, IntervalSchedule
from pacc.services import backfills, claims, deployments, flow_runs
from pacc.services.run_transitions import propose_flow_run_state
from pacc.states import Completed, Failed, Running

FIRST, LAST = datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 11, 5, 23, 59, tzinfo=UTC)
DAILY = DeploymentScheduleCreate(schedule=CronSchedule(cron="0 2 * * *"), parameters={"city": "Ulm"})


@pytest.fixture
def store():
    return place.current().store


def deployed(store, *schedules):
    schema = {"type": "object", "properties": {"city": {"type": "string"}, "rows": {"type": "integer"}}}
    wanted = DeploymentCreate(
        name="nightly",
        flow_name="etl",
        entrypoint="e.py:etl",
        schedules=schedules,
        parameter_openapi_schema=schema,
    )
    return deployments.upsert(store, wanted)


def end(store, run, state):
    propose_flow_run_state(store, str(run.id), Running())
    propose_flow_run_state(store, str(run.id), state)


def runs_of(store):
    wanted = FlowRunFilter(tags={"all_": ["backfill"]})
    return sorted(flow_runs.select(store, flow_run_filter=wanted), key=lambda run: run.expected_start_time)


def test_runs_are_made_a_few_at_a_time_until_all_have_ended(store):
    made = backfills.create(store, deployed(store, DAILY), FIRST, LAST, max_active=2, parameters={"rows": 3})
    assert (made.total, made.made, made.state) == (5, 0, BackfillState.RUNNING)
    seen = []
    for _ in range(10):
        backfills.carry_on(store)
        is_open = [run for run in runs_of(store) if run.state_type == "SCHEDULED"]
        assert len(is_open) <= 2
        seen.append(len(is_open))
        if is_open:
            end(store, is_open[0], Completed())
    after = backfills.read(store, made.id)
    assert (after.state, after.made, after.runs) == (BackfillState.COMPLETED, 5, {"COMPLETED": 5})
    assert [run.expected_start_time.day for run in runs_of(store)] == [1, 2, 3, 4, 5]
    assert runs_of(store)[0].parameters == {"city": "Ulm", "rows": 3}
    assert max(seen) == 2


def test_a_step_taken_twice_makes_no_run_twice(store):
    made = backfills.create(store, deployed(store, DAILY), FIRST, LAST, max_active=3)
    backfills.carry_on(store)
    row = store.read("backfills.read", {"id": str(made.id)})[0]
    store.write("backfills.proceed", {"id": str(made.id), "made": 0, "seen": row["made"], "now": clock.now()})
    for run in runs_of(store):
        end(store, run, Completed())
    backfills.carry_on(store)
    backfills.carry_on(store)
    assert len(runs_of(store)) == len({run.expected_start_time for run in runs_of(store)})


def test_only_times_without_runs_or_with_bad_ones_are_wanted(store):
    deployment = deployed(store, DAILY)
    first = backfills.create(store, deployment, FIRST, LAST, max_active=9)
    backfills.carry_on(store)
    good, bad, *_ = runs_of(store)
    end(store, good, Completed())
    end(store, bad, Failed())
    later = LAST + timedelta(days=1)
    assert len(backfills.plan(store, deployment, FIRST, later, BackfillMode.MISSING)) == 1
    assert [time.day for time, _ in backfills.plan(store, deployment, FIRST, later, BackfillMode.FAILED)] == [
        2
    ]
    assert len(backfills.plan(store, deployment, FIRST, later, BackfillMode.ALL)) == 6
    again = backfills.create(store, deployment, FIRST, LAST, mode=BackfillMode.FAILED)
    backfills.carry_on(store)
    assert [each.id for each in backfills.select(store)] == [again.id, first.id]
    assert backfills.read(store, again.id).runs == {"SCHEDULED": 1}


def test_a_cancelled_backfill_makes_no_more_runs_and_cancels_those_that_wait(store):
    deployment = deployed(store, DAILY)
    made = backfills.create(store, deployment, FIRST, LAST, max_active=2)
    backfills.carry_on(store)
    deployments.serve(store, [deployment.id], sessions.current(store.home).id)
    begun = runs_of(store)[0]
    session = sessions.current(store.home)
    assert claims.claim(store, [str(begun.id)], session=session.id, process=session.process)
    assert backfills.cancel(store, made.id) == 1
    assert backfills.carry_on(store) == 0
    assert backfills.read(store, made.id).runs == {"PENDING": 1, "CANCELLED": 1}
    with pytest.raises(InvalidDeploymentError, match="over already"):
        backfills.cancel(store, made.id)


def test_an_empty_backfill_is_over_at_once(store):
    made = backfills.create(store, deployed(store, DAILY), FIRST, FIRST + timedelta(minutes=1))
    backfills.carry_on(store)
    assert (backfills.read(store, made.id).state, made.total) == (BackfillState.COMPLETED, 0)


def test_what_cannot_be_is_said(store):
    with pytest.raises(InvalidDeploymentError, match="no schedule"):
        backfills.create(store, deployed(store), FIRST, LAST)
    deployment = deployed(store, DAILY)
    with pytest.raises(InvalidDeploymentError, match="lies before"):
        backfills.create(store, deployment, LAST, FIRST)
    with pytest.raises(ParameterTypeError):
        backfills.create(store, deployment, FIRST, LAST, parameters={"rows": "many"})
    secondly = DeploymentScheduleCreate(schedule=IntervalSchedule(interval=timedelta(seconds=1)))
    with pytest.raises(InvalidDeploymentError, match="more than 100,000"):
        backfills.create(store, deployed(store, secondly), FIRST, LAST)
    with pytest.raises(ObjectNotFound):
        backfills.find(store, "@last")
    assert backfills.select(store) == []


@given(st.integers(1, 20), st.integers(0, 30), st.integers(0, 100))
def test_never_more_are_open_than_asked_for(most, is_open, left):
    count = room(most, is_open, left)
    assert 0 <= count <= left
    assert count == 0 or is_open + count <= most


@given(st.dictionaries(st.integers(0, 23), st.sampled_from(["COMPLETED", "FAILED", "CRASHED", "RUNNING"])))
def test_each_time_is_wanted_by_exactly_the_modes_that_ask_for_it(states):
    hourly = IntervalSchedule(interval=timedelta(hours=1), anchor_date=FIRST)
    known = {FIRST + timedelta(hours=hour): state for hour, state in states.items()}
    last = FIRST + timedelta(hours=23)

    def times(mode):
        return {time for time, _ in wanted_times([("s", hourly)], FIRST, last, mode, known)}

    assert len(times(BackfillMode.ALL)) == 24
    assert times(BackfillMode.MISSING) == times(BackfillMode.ALL) - set(known)
    assert times(BackfillMode.FAILED) == {
        time for time, state in known.items() if state in ("FAILED", "CRASHED")
    }
