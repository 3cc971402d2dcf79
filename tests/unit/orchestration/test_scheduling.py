"""What a scheduler decides: runs ahead, missed times, overlapping runs, and clocks that jump."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pacc.orchestration.occurrences import occurrences
from pacc.orchestration.scheduling import (
    DEFAULT_HORIZON,
    Horizon,
    ScheduledRun,
    admit,
    given_up,
    idempotency_key,
    plan,
    times_ahead,
)
from pacc.schemas.schedules import Catchup, CronSchedule, IntervalSchedule, NoSchedule, Overlap, RRuleSchedule
from pacc.settings import get_current_settings, temporary_settings

NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
MINUTELY = CronSchedule(cron="* * * * *")
DAILY = CronSchedule(cron="0 9 * * *")


def runs(*numbers):
    return [ScheduledRun(id=UUID(int=number), time=NOON + number * MINUTE) for number in numbers]


def ids(*numbers):
    return tuple(UUID(int=number) for number in numbers)


@pytest.mark.parametrize("now", [NOON, NOON + timedelta(seconds=30)])
def test_a_minutely_schedule_is_an_hour_ahead_and_a_daily_one_three_runs(now):
    assert len(times_ahead(MINUTELY, now)) == 61
    assert times_ahead(DAILY, now) == [datetime(2026, 11, day, 9, tzinfo=UTC) for day in (27, 28, 29)]


def test_never_more_than_a_hundred_runs_or_days_ahead():
    every_second, yearly = IntervalSchedule(interval=1), CronSchedule(cron="0 0 20 11 *")

    assert len(times_ahead(every_second, NOON)) == 100
    assert times_ahead(yearly, NOON) == []
    assert len(times_ahead(IntervalSchedule(interval=60 * DAY, anchor_date=NOON), NOON)) == 2


def test_the_horizon_is_a_matter_of_settings():
    given = {
        "PACC_SERVER_SERVICES_SCHEDULER_MIN_RUNS": 5,
        "PACC_API_SERVICES_SCHEDULER_MAX_SCHEDULED_TIME": "P10D",
    }
    with temporary_settings({**given, "PACC_SERVER_SERVICES_SCHEDULER_MIN_SCHEDULED_TIME": "0:30:00"}):
        horizon = Horizon.of(get_current_settings().server.services.scheduler)

    assert horizon == Horizon(min_runs=5, min_time=30 * MINUTE, max_runs=100, max_time=10 * DAY)
    assert Horizon.of(get_current_settings().server.services.scheduler) == DEFAULT_HORIZON


@pytest.mark.parametrize("made_until", [None, NOON, NOON + DAY])
@pytest.mark.parametrize("catchup", Catchup)
def test_a_schedule_that_is_new_or_ahead_of_the_clock_has_missed_nothing(made_until, catchup):
    made = plan(MINUTELY, NOON, made_until=made_until, catchup=catchup)

    assert (made.create[0], len(made.create), made.passed_over) == (NOON, 61, ())
    assert made.made_until == NOON


@pytest.mark.parametrize(
    ("catchup", "caught_up", "passed_over"), [("none", 0, 12), ("latest", 1, 11), ("all", 12, 0)]
)
def test_a_machine_asleep_for_three_hours_catches_up_as_its_policy_says(catchup, caught_up, passed_over):
    quarterly = CronSchedule(cron="*/15 * * * *")
    awake = NOON + MINUTE

    made = plan(quarterly, awake + 3 * HOUR, made_until=awake, catchup=Catchup(catchup))

    missed = [NOON + n * 15 * MINUTE for n in range(1, 13)]
    assert [each for each in made.create if each < awake + 3 * HOUR] == missed[12 - caught_up :]
    assert list(made.passed_over) == missed[:passed_over]
    assert made.made_until == awake + 3 * HOUR


def test_what_was_made_ahead_is_not_made_again():
    first = plan(MINUTELY, NOON, made_until=None)
    second = plan(
        MINUTELY, NOON + 30 * MINUTE, made_until=first.made_until, made=first.create, catchup=Catchup.ALL
    )

    assert second.create == tuple(NOON + (61 + n) * MINUTE for n in range(30))


@pytest.mark.parametrize("catchup", [Catchup.LATEST, Catchup.ALL])
def test_a_missed_time_that_has_a_run_is_not_caught_up(catchup):
    now = NOON + 2 * HOUR
    hourly = CronSchedule(cron="@hourly")

    made = plan(hourly, now + MINUTE, made_until=NOON + MINUTE, made=[now - HOUR, now], catchup=catchup)

    assert made.create[0] == now + HOUR


def test_a_year_of_missed_minutes_is_caught_up_a_hundred_at_a_time_until_none_is_left():
    now, made_until, created = NOON + 4 * HOUR, NOON, []
    while made_until < now:
        made = plan(MINUTELY, now, made_until=made_until, made=created, catchup=Catchup.ALL)
        created += made.create
        assert len([each for each in made.create if each < now]) <= 100
        made_until = made.made_until

    assert sorted(created) == list(occurrences(MINUTELY, NOON, now + HOUR))


def test_the_latest_of_a_year_of_missed_seconds_is_found_at_once():
    each_second = IntervalSchedule(interval=1, anchor_date=NOON)

    made = plan(each_second, NOON + 365 * DAY, made_until=NOON, catchup=Catchup.LATEST)

    assert made.create[0] == NOON + 365 * DAY - timedelta(seconds=1)
    assert len(made.passed_over) == 100


def test_no_schedule_makes_no_runs():
    assert plan(NoSchedule(), NOON, made_until=NOON - DAY, catchup=Catchup.ALL).create == ()


clocks = st.lists(
    st.sampled_from([1, 20, 60, 3600, 86_400, -1, -3600, -86_400, 40_000]).map(lambda n: timedelta(seconds=n)),
    min_size=1, max_size=12,
)  # fmt: skip
kinds = st.sampled_from([
    CronSchedule(cron="*/20 * * * *"), CronSchedule(cron="30 2 * * *", timezone="Europe/Berlin"),
    IntervalSchedule(interval=5 * HOUR, anchor_date=NOON), RRuleSchedule(rrule="FREQ=HOURLY;BYMINUTE=0,40"),
])  # fmt: skip


def jump_about(schedule, jumps, catchup):
    """Let a scheduler look after each jump of its clock; every time it ever has before it must have a run in the end."""
    now, made_until, created, looks = NOON, None, [], []
    for jump in (timedelta(0), *jumps):
        now += jump
        again = True
        while again:
            made = plan(schedule, now, made_until=made_until, made=created, catchup=catchup)
            created += made.create
            again, made_until = made.made_until < now, made.made_until
        looks.append(now)
    assert len(created) == len(set(created)), "a time has two runs"
    for look in looks:
        assert set(times_ahead(schedule, look)) <= set(created), "a time to come has no run"
    if catchup is Catchup.ALL:
        last = max(looks)
        assert set(occurrences(schedule, NOON, last)) <= set(created), "a missed time has no run"


@given(kinds, clocks, st.sampled_from(Catchup))
@settings(max_examples=60, deadline=None)
def test_a_clock_that_jumps_loses_no_run_and_doubles_none(schedule, jumps, catchup):
    jump_about(schedule, jumps, catchup)


@pytest.mark.soak
@given(kinds, clocks, st.sampled_from(Catchup))
@settings(max_examples=10_000, deadline=None)
def test_a_clock_that_jumps_loses_no_run_and_doubles_none_however_often(schedule, jumps, catchup):
    jump_about(schedule, jumps, catchup)


@pytest.mark.parametrize(("catchup", "gone"), [("none", (1, 2, 3)), ("latest", (1, 2)), ("all", ())])
def test_runs_made_ahead_that_nothing_was_there_to_start_follow_the_policy_too(catchup, gone):
    assert given_up(runs(3, 1, 2), Catchup(catchup)) == ids(*gone)


@pytest.mark.parametrize(
    ("overlap", "running", "start", "skip", "cancel"),
    [
        ("allow", (), (1, 2), (), ()),
        ("allow", (7,), (1, 2), (), ()),
        ("skip", (), (1,), (2,), ()),
        ("skip", (7,), (), (1, 2), ()),
        ("cancel_previous", (), (2,), (1,), ()),
        ("cancel_previous", (7, 8), (2,), (1,), (7, 8)),
    ],
)
def test_due_runs_meet_unfinished_ones_as_the_policy_says(overlap, running, start, skip, cancel):
    admission = admit(runs(2, 1), ids(*running), Overlap(overlap))

    assert (admission.start, admission.skip, admission.cancel) == (ids(*start), ids(*skip), ids(*cancel))


@pytest.mark.parametrize("overlap", Overlap)
def test_nothing_due_changes_nothing(overlap):
    admission = admit([], ids(7), overlap)

    assert (admission.start, admission.skip, admission.cancel) == ((), (), ())


def test_the_key_of_a_scheduled_run_is_the_same_in_every_zone():
    local = NOON.astimezone()

    assert (
        idempotency_key("d", "s", local)
        == idempotency_key("d", "s", NOON)
        == "scheduled d s 2026-11-26T12:00:00+00:00"
    )
