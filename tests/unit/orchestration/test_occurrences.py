"""The moments schedules stand for, beside a model that looks at the clock on the wall once a minute."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo, available_timezones

import pytest
from dateutil.rrule import rrulestr
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from pacc.orchestration.occurrences import latest_time, next_times, occurrences
from pacc.schemas.schedules import (
    CronSchedule,
    IntervalSchedule,
    NoSchedule,
    RRuleSchedule,
    schedule_from_json,
)

GOLDEN = json.loads((Path(__file__).parent / "golden" / "time_changes.json").read_text())
ZONES = sorted({case["schedule"]["timezone"] for case in GOLDEN})
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
FIRST_YEAR, LAST_YEAR = 2016, 2026
NEW_YORK = ZoneInfo("America/New_York")


def shown(moment, zone):
    """Return what the clock on the wall shows."""
    return moment.astimezone(zone).replace(tzinfo=None, fold=0)


def slowly(fits, zone, start, end, *, hourly):
    """Look at the clock on the wall once a minute: has it come to a time that fits, or passed one it never showed before?"""
    furthest = shown(start - 4 * HOUR - MINUTE, zone)
    moment = start - 4 * HOUR
    while moment <= end:
        wall = shown(moment, zone)
        reached = [wall]
        if not hourly:
            reached = [furthest + n * MINUTE for n in range(1, (wall - furthest) // MINUTE + 1)]
            furthest = max(furthest, wall)
        if moment >= start and any(fits(each) for each in reached):
            yield moment
        moment += MINUTE


def changes(name, first=FIRST_YEAR, last=LAST_YEAR):
    """Return the moments at which a zone's offset changes in some years."""
    zone, found = ZoneInfo(name), []
    for day in range((datetime(last + 1, 1, 1) - datetime(first, 1, 1)).days):
        low = datetime(first, 1, 1, tzinfo=UTC) + day * DAY
        high = low + DAY
        old, new = (each.astimezone(zone).utcoffset() for each in (low, high))
        if old == new:
            continue
        while high - low > MINUTE:
            middle = low + (high - low) // MINUTE // 2 * MINUTE
            low, high = (middle, high) if middle.astimezone(zone).utcoffset() == old else (low, middle)
        found.append(high)
    return found


CHANGES = [(name, change) for name in ZONES for change in changes(name, 2024, 2026)[:2]]
changes_of_zones = st.sampled_from(CHANGES)
hours = st.sampled_from(["*", "0-23", "*/2", "0-4", "1,2,3", "0", "23", "2"])
minutes = st.sampled_from(["*", "0", "30", "15,45", "*/20", "59"])
weekdays = st.sampled_from(["*", "0", "6,0", "1-5"])


def fitting(cron):
    """Return a function that says whether a wall time fits an expression, read without croniter."""
    minute, hour, _, _, weekday = cron.split()
    sets = (members(minute, 60), members(hour, 24), members(weekday, 7))
    return lambda wall: all(
        value in each
        for value, each in zip((wall.minute, wall.hour, wall.isoweekday() % 7), sets, strict=True)
    )


def members(field, count):
    if field == "*":
        return set(range(count))
    if field.startswith("*/"):
        return set(range(0, count, int(field[2:])))
    if "-" in field:
        first, last = map(int, field.split("-"))
        return set(range(first, last + 1))
    return {int(part) for part in field.split(",")}


@given(st.builds("{} {} * * {}".format, minutes, hours, weekdays), changes_of_zones)
@settings(max_examples=60, deadline=None)
def test_a_cron_schedule_does_what_a_look_at_the_clock_each_minute_would(cron, change):
    name, moment = change
    start, end, zone = moment - 8 * HOUR, moment + 8 * HOUR, ZoneInfo(name)
    hourly = len(members(cron.split()[1], 24)) == 24

    found = list(occurrences(CronSchedule(cron=cron, timezone=name), start, end))

    assert found == list(slowly(fitting(cron), zone, start, end, hourly=hourly))


@given(
    st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY", "HOURLY", "MINUTELY"]),
    st.integers(1, 3),
    st.lists(st.sampled_from(["0", "1", "2", "3", "23"]), min_size=1, max_size=4, unique=True),
    st.sampled_from(["", ";BYDAY=SU,SA", ";BYDAY=MO,TU,WE,TH,FR,SA,SU"]),
    changes_of_zones,
)
@settings(max_examples=60, deadline=None)
def test_a_recurrence_rule_does_what_a_look_at_the_clock_each_minute_would(
    freq, interval, at_hours, days, change
):
    name, moment = change
    start, end, zone = moment - 8 * HOUR, moment + 8 * HOUR, ZoneInfo(name)
    began = shown(start, zone).replace(hour=0, minute=30 if freq != "MINUTELY" else 0) - 30 * DAY
    hour = 0 if freq == "HOURLY" and interval > 1 else ",".join(at_hours)
    text = f"DTSTART:{began:%Y%m%dT%H%M%S}\nRRULE:FREQ={freq};INTERVAL={interval};BYHOUR={hour}{days}"
    walls = set(rrulestr(text).between(began, shown(end, zone) + DAY, inc=True))

    found = list(occurrences(RRuleSchedule(rrule=text, timezone=name), start, end))

    assert found == list(slowly(walls.__contains__, zone, start, end, hourly=False))


@given(changes_of_zones, st.integers(0, 23), st.integers(0, 59), st.integers(1, 3), st.integers(-40, 40))
@settings(max_examples=60, deadline=None)
def test_days_are_days_of_the_calendar_for_intervals_crons_and_rules_alike(
    change, hour, minute, days, offset
):
    name, moment = change
    anchor = shown(moment, ZoneInfo(name)).replace(hour=hour, minute=minute, second=0) + offset * DAY
    read_twice = [anchor.replace(tzinfo=ZoneInfo(name), fold=fold).astimezone(UTC) for fold in (0, 1)]
    assume({shown(each, ZoneInfo(name)) for each in read_twice} == {anchor})  # no clock showed a skipped one
    interval = IntervalSchedule(interval=days * DAY, anchor_date=anchor, timezone=name)
    first = anchor - 300 * days * DAY
    rule = RRuleSchedule(
        rrule=f"DTSTART:{first:%Y%m%dT%H%M%S}\nRRULE:FREQ=DAILY;INTERVAL={days}", timezone=name
    )

    found = list(occurrences(interval, moment - 3 * DAY, moment + 3 * DAY))

    assert found == list(occurrences(rule, moment - 3 * DAY, moment + 3 * DAY))
    if days == 1:
        cron = CronSchedule(cron=f"{minute} {hour} * * *", timezone=name)
        assert found == list(occurrences(cron, moment - 3 * DAY, moment + 3 * DAY))


schedules = st.one_of(
    st.builds(
        CronSchedule,
        cron=st.builds("{} {} * * {}".format, minutes, hours, weekdays),
        timezone=st.sampled_from(ZONES),
    ),
    st.builds(
        IntervalSchedule,
        interval=st.sampled_from([20 * MINUTE, 7 * MINUTE, HOUR, 5 * HOUR, DAY, 36 * HOUR, 3 * DAY, 7 * DAY]),
        anchor_date=st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)),
        timezone=st.sampled_from(ZONES),
    ),
    st.builds(
        RRuleSchedule,
        rrule=st.sampled_from([
            "FREQ=DAILY;BYHOUR=1,2,3;BYMINUTE=15,30", "FREQ=HOURLY", "FREQ=HOURLY;INTERVAL=7", "FREQ=MINUTELY;INTERVAL=7",
            "FREQ=MINUTELY;INTERVAL=20;BYDAY=SU,SA", "FREQ=WEEKLY;BYDAY=SU;BYHOUR=2", "FREQ=MONTHLY;BYDAY=-1SU,2SU;BYHOUR=2",
            "FREQ=YEARLY;BYMONTH=3,10,11", "RRULE:FREQ=HOURLY\nEXRULE:FREQ=DAILY;BYHOUR=1,2,3\nRDATE:20260329T020500",
            "FREQ=HOURLY;COUNT=100000", "FREQ=DAILY;UNTIL=20260401T000000",
        ]),
        timezone=st.sampled_from(ZONES),
    ),
)  # fmt: skip


@given(schedules, changes_of_zones, st.integers(-2 * 86_400, 2 * 86_400))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_the_sequence_rises_and_is_the_same_from_wherever_it_is_entered(schedule, change, seconds):
    _, moment = change
    start, end, middle = moment - 2 * DAY, moment + 2 * DAY, moment + timedelta(seconds=seconds)

    found = list(occurrences(schedule, start, end))
    later = list(occurrences(schedule, middle, end))

    assert all(first < second for first, second in pairwise(found))
    assert later == [each for each in found if each >= middle]
    assert next_times(schedule, middle, 3) == list(
        occurrences(schedule, middle + timedelta(microseconds=1), limit=3)
    )
    assert latest_time(schedule, start, middle) == max(
        (each for each in found if each < middle), default=None
    )


@pytest.mark.parametrize("case", GOLDEN, ids=lambda case: case["name"])
def test_a_time_change_is_met_as_written_down(case):
    start, end = map(datetime.fromisoformat, (case["start"], case["end"]))
    zone = ZoneInfo(case["schedule"]["timezone"])

    found = occurrences(schedule_from_json(case["schedule"]), start, end)

    assert [each.astimezone(zone).isoformat() for each in found] == case["occurrences"]


def check_changes(name, moments):
    zone = ZoneInfo(name)
    for moment in moments:
        skipped = shown(moment - MINUTE, zone) + MINUTE
        for cron in ("*/15 * * * *", "15 0-4 * * *", f"{skipped.minute} {skipped.hour} * * *"):
            start, end = moment - 5 * HOUR, moment + 5 * HOUR
            found = list(occurrences(CronSchedule(cron=cron, timezone=name), start, end))
            assert found == list(slowly(fitting(cron), zone, start, end, hourly=cron.startswith("*/"))), (
                name,
                moment,
                cron,
            )


@pytest.mark.parametrize("name", ZONES)
def test_the_changes_of_a_zone_neither_lose_nor_double_a_time(name):
    check_changes(name, changes(name, 2025, 2026)[:2])


@pytest.mark.soak
@pytest.mark.parametrize("name", sorted(available_timezones()))
def test_ten_years_of_changes_of_every_zone_neither_lose_nor_double_a_time(name):
    check_changes(name, changes(name))


def test_an_hour_that_happens_twice_has_two_runs_an_hour_apart_and_a_daily_time_in_it_one():
    start = datetime(2024, 11, 3, 4, 30, tzinfo=UTC)
    hourly = CronSchedule(cron="0 * * * *", timezone="America/New_York")
    daily = CronSchedule(cron="30 1 * * *", timezone="America/New_York")

    assert next_times(hourly, start, 4) == [datetime(2024, 11, 3, hour, tzinfo=UTC) for hour in (5, 6, 7, 8)]
    assert next_times(daily, start, 2) == [
        datetime(2024, 11, 3, 5, 30, tzinfo=UTC),
        datetime(2024, 11, 4, 6, 30, tzinfo=UTC),
    ]


def test_a_day_the_calendar_skips_moves_its_runs_to_the_first_moment_after():
    schedule = CronSchedule(cron="0 9,18 * * *", timezone="Pacific/Apia")

    found = next_times(schedule, datetime(2011, 12, 29, 20, tzinfo=UTC), 4)

    local = [each.astimezone(ZoneInfo("Pacific/Apia")) for each in found]
    assert [each.strftime("%d %H:%M") for each in local] == ["29 18:00", "31 00:00", "31 09:00", "31 18:00"]


def test_an_interval_of_a_day_and_a_half_is_elapsed_time():
    anchor = datetime(2024, 11, 1, 9, tzinfo=NEW_YORK)
    schedule = IntervalSchedule(interval=36 * HOUR, anchor_date=anchor)

    found = list(occurrences(schedule, anchor, limit=20))

    assert {second - first for first, second in pairwise(found)} == {36 * HOUR}


def test_an_anchor_to_come_has_occurrences_before_it():
    anchor = datetime(2030, 1, 1, 0, 30, tzinfo=UTC)
    schedule = IntervalSchedule(interval=HOUR, anchor_date=anchor)

    assert next_times(schedule, datetime(2026, 1, 1, tzinfo=UTC)) == [datetime(2026, 1, 1, 0, 30, tzinfo=UTC)]


def test_a_count_is_counted_from_the_start_of_the_rule():
    rule = RRuleSchedule(rrule="DTSTART:20240101T000000\nRRULE:FREQ=HOURLY;COUNT=3")
    days = RRuleSchedule(rrule="DTSTART:20240101T000000\nRRULE:FREQ=DAILY;COUNT=3;BYHOUR=9")

    assert len(next_times(rule, datetime(2024, 1, 1, 0, 30, tzinfo=UTC), 10)) == 2
    assert len(next_times(days, datetime(2024, 1, 2, tzinfo=UTC), 10)) == 2


@pytest.mark.parametrize(
    "rule", ["FREQ=MINUTELY", "FREQ=SECONDLY;BYDAY=MO", "FREQ=MONTHLY;BYHOUR=1,2;BYMINUTE=3"]
)
def test_a_rule_that_started_long_ago_costs_no_more_than_a_new_one(rule):
    began = "DTSTART:19900101T000000\nRRULE:"

    assert len(next_times(RRuleSchedule(rrule=began + rule), datetime(2026, 1, 1, tzinfo=UTC), 10)) == 10


@pytest.mark.parametrize(
    ("rule", "excluded"), [("WEEKLY", "DAILY"), ("YEARLY", "SECONDLY"), ("MONTHLY", "DAILY;COUNT=50000")]
)
def test_a_rule_of_which_nothing_is_left_ends(rule, excluded):
    nothing = RRuleSchedule(rrule=f"RRULE:FREQ={rule}\nEXRULE:FREQ={excluded}")

    assert next_times(nothing, datetime(2026, 1, 1, tzinfo=UTC)) == []


@given(
    st.sampled_from(["HOURLY;BYMINUTE=0,30", "DAILY;BYHOUR=2,3,9", "MINUTELY;INTERVAL=10"]),
    st.sampled_from(
        ["HOURLY;INTERVAL=3", "DAILY;BYHOUR=2,9", "WEEKLY;BYDAY=SU;BYHOUR=3", "HOURLY;COUNT=54321"]
    ),
    changes_of_zones,
)
@settings(max_examples=30, deadline=None)
def test_what_is_excluded_is_missing_and_nothing_else(rule, excluded, change):
    name, moment = change
    both, out, most = (
        set(occurrences(RRuleSchedule(rrule=text, timezone=name), moment - 3 * DAY, moment + 3 * DAY))
        for text in (
            f"RRULE:FREQ={rule}",
            f"RRULE:FREQ={excluded}",
            f"RRULE:FREQ={rule}\nEXRULE:FREQ={excluded}",
        )
    )

    assert most == both - out


def test_the_calendar_ends_with_the_year_9999():
    last = datetime(9999, 12, 31, 23, 30, tzinfo=UTC)
    kinds = [
        CronSchedule(cron="* * * * *"),
        IntervalSchedule(interval=60),
        RRuleSchedule(rrule="FREQ=MINUTELY"),
    ]

    assert all(len(list(occurrences(each, last))) in {29, 30} for each in kinds)
    assert next_times(NoSchedule(), last) == []


def test_seconds_are_the_last_of_six_fields():
    schedule = CronSchedule(cron="* * * * * */20")

    found = next_times(schedule, datetime(2026, 1, 1, tzinfo=UTC), 3)

    assert [each.second for each in found] == [20, 40, 0]


def test_either_day_is_enough_unless_both_must_fit():
    either, both = (CronSchedule(cron="0 0 13 * 5", day_or=each) for each in (True, False))
    start = datetime(2026, 11, 1, tzinfo=UTC)

    assert [each.day for each in next_times(either, start, 2)] == [6, 13]
    assert [each.day for each in next_times(both, start, 2)] == [13, 13]
