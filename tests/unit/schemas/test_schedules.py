"""Schedules: what is accepted, in which words the rest is refused, and how they are kept as JSON."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import DAILY, HOURLY, rrule, rruleset
from hypothesis import given
from hypothesis import strategies as st

from pacc.client.schemas import schedules as client_schedules
from pacc.exceptions import InvalidSchedule
from pacc.schedules import Cron, Interval, RRule, Schedule
from pacc.schemas.schedules import (
    CronSchedule,
    IntervalSchedule,
    NoSchedule,
    RRuleSchedule,
    construct_schedule,
    schedule_as_json,
    schedule_from_json,
)

NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    "cron",
    [
        "* * * * *", "*/15 9-17 * * MON-FRI", "0 0 L * *", "0 0 * * 5#2", "0 0 * * L5", "0 0 * * 7", "@daily", "@hourly",
        "* * * * * *", "0 0 1 1 * 0 2030", "0 0 29 2 *", "0 12 * MAR THU",
    ],
)  # fmt: skip
def test_a_cron_expression_people_write_is_accepted(cron):
    assert CronSchedule(cron=cron).cron == cron


@pytest.mark.parametrize(
    ("cron", "reason"),
    [
        ("61 * * * *", "out of range"),
        ("", "it has 0 fields"),
        ("every monday", "it has 2 fields"),
        ("@reboot", "none of @hourly"),
        ("R * * * *", "random"),
        ("H H(0-7) * * *", "hashed"),
        ("0 0 30 2 *", "no day fits it"),
        ("a b c d e", "not acceptable"),
    ],
)
def test_a_cron_expression_that_makes_no_sense_is_refused_with_the_reason(cron, reason):
    with pytest.raises(InvalidSchedule, match=reason) as raised:
        CronSchedule(cron=cron)
    assert str(raised.value).startswith(f'"{cron}" is no cron schedule: ')
    assert "five fields" in raised.value.hint


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=DAILY",
        "RRULE:FREQ=DAILY;COUNT=3",
        "FREQ=DAILY;UNTIL=20300101T000000",
        "FREQ=DAILY;UNTIL=20300101T000000Z",
        "DTSTART;TZID=America/New_York:20240101T090000\nRRULE:FREQ=DAILY;UNTIL=20300101T000000Z",
        "RRULE:FREQ=DAILY\nEXRULE:FREQ=WEEKLY",
        "RRULE:FREQ=DAILY\nEXDATE:20240101T000000",
        "RDATE:20240101T000000\nRDATE:20240102T000000",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29",
        "FREQ=MONTHLY;BYDAY=-1FR",
    ],
)
def test_a_recurrence_rule_people_write_is_accepted(rule):
    assert RRuleSchedule(rrule=rule).rrule == rule


@pytest.mark.parametrize(
    ("rule", "reason"),
    [
        ("", "empty"),
        ("FOO", "NAME=VALUE"),
        ("FREQ=FOO", "FREQ"),
        ("FREQ=DAILY;COUNT=3;UNTIL=20300101T000000", "COUNT or UNTIL, not both"),
        ("FREQ=DAILY;COUNT=0", "COUNT is a whole number"),
        ("FREQ=DAILY;INTERVAL=-1", "INTERVAL is a whole number"),
        ("DTSTART:20240101T000000\nRRULE:FREQ=DAILY;UNTIL=20300101T000000Z", "UNTIL ends in Z where"),
        ("DTSTART:20240101T000000Z\nRRULE:FREQ=DAILY;UNTIL=20300101T000000", "UNTIL ends in Z where"),
        ("DTSTART;TZID=Nope/Nope:20240101T000000\nRRULE:FREQ=DAILY", 'no time zone "Nope/Nope"'),
        ("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", "never occurs"),
        ("FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30", "never occurs"),
        ("FREQ=DAILY;INTERVAL=7;BYDAY=MO", "never occurs"),
        ("FREQ=DAILY;UNTIL=20190101T000000", "never occurs"),
        ("FREQ=MINUTELY;BYSETPOS=60", "never occurs"),
        ("EXDATE:20260401T000000", "never occurs"),
        ("RDATE:20260401T000000\nRRULE:FREQ=HOURLY;BYHOUR=25", "out of range"),
        ("FREQ=MONTHLY;BYDAY=9MO", "out of range"),
        ("FREQ=HOURLY;BYHOUR=25;BYSETPOS=1", "out of range"),
        ("DTSTART;TZID=Asia/Tokyo:00010101T000000\nRRULE:FREQ=MINUTELY", "out of range"),
        ("FREQ=DAILY" + ";BYHOUR=1" * 800, "at most 6500 characters"),
    ],
)
def test_a_recurrence_rule_that_makes_no_sense_is_refused_with_the_reason(rule, reason):
    with pytest.raises(InvalidSchedule, match=reason):
        RRuleSchedule(rrule=rule)


@pytest.mark.parametrize("interval", [0, -1, timedelta(0), timedelta(days=-1)])
def test_an_interval_is_longer_than_nothing(interval):
    with pytest.raises(InvalidSchedule, match="longer than nothing"):
        IntervalSchedule(interval=interval)


@pytest.mark.parametrize("interval", ["an hour", float("nan"), 1e30, None])
def test_an_interval_is_a_time(interval):
    with pytest.raises(InvalidSchedule, match="a number of seconds or a timedelta"):
        IntervalSchedule(interval=interval)


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("Berlin", "Europe/Berlin"),
        ("europe/berlin", "Europe/Berlin"),
        ("+01:00", "named like"),
        ("../UTC", "UTC"),
    ],
)
@pytest.mark.parametrize("kind", [Cron, Interval, RRule])
def test_a_zone_that_does_not_exist_is_refused_with_the_one_that_was_meant(kind, name, hint):
    what = {Cron: "* * * * *", Interval: 60, RRule: "FREQ=DAILY"}[kind]
    with pytest.raises(InvalidSchedule, match="no time zone") as raised:
        kind(what, timezone=name)
    assert hint in raised.value.hint


def test_an_interval_counts_from_now_in_utc_unless_told():
    before = datetime.now(UTC)
    schedule = IntervalSchedule(interval=60)

    assert before - timedelta(seconds=1) <= schedule.anchor_date <= datetime.now(UTC)
    assert (schedule.interval, schedule.timezone) == (timedelta(minutes=1), "UTC")


def test_an_anchor_brings_its_zone_and_a_bare_one_is_read_in_the_schedules():
    day, berlin = timedelta(days=1), "Europe/Berlin"
    aware = IntervalSchedule(interval=day, anchor_date=datetime(2026, 7, 1, 9, tzinfo=ZoneInfo(berlin)))
    bare = IntervalSchedule(interval=day, anchor_date=datetime(2026, 7, 1, 9), timezone=berlin)

    assert aware == bare
    assert (bare.anchor_date, bare.timezone) == (datetime(2026, 7, 1, 7, tzinfo=UTC), berlin)


def test_a_rule_brings_the_zone_of_its_start():
    rule = "DTSTART;TZID=Europe/Berlin:20240101T090000\nRRULE:FREQ=DAILY"

    assert RRuleSchedule(rrule=rule).timezone == "Europe/Berlin"
    assert RRuleSchedule(rrule=rule, timezone="Asia/Tokyo").timezone == "Asia/Tokyo"
    assert RRuleSchedule(rrule="FREQ=DAILY").timezone == "UTC"


def test_json_has_prefects_fields():
    schedule = IntervalSchedule(interval=5400, anchor_date=NEW_YEAR)

    assert schedule_as_json(schedule) == {
        "interval": 5400.0, "anchor_date": "2026-01-01T00:00:00Z", "timezone": "UTC"
    }  # fmt: skip
    assert list(schedule_as_json(CronSchedule(cron="@daily"))) == ["cron", "timezone", "day_or"]
    assert schedule_as_json(NoSchedule()) == {}


zones = st.sampled_from(["UTC", "Europe/Berlin", "Australia/Lord_Howe"])
kept = st.one_of(
    st.builds(
        CronSchedule,
        cron=st.builds("{} {} * * {}".format, st.integers(0, 59), st.integers(0, 23), st.integers(0, 7)),
        timezone=st.none() | zones,
        day_or=st.booleans(),
    ),
    st.builds(
        IntervalSchedule,
        interval=st.timedeltas(min_value=timedelta(microseconds=1), max_value=timedelta(days=1000)),
        anchor_date=st.datetimes(
            datetime(1990, 1, 1), datetime(2100, 1, 1), timezones=st.none() | st.just(UTC)
        ),
        timezone=st.none() | zones,
    ),
    st.builds(
        RRuleSchedule,
        rrule=st.sampled_from(["FREQ=DAILY", "RRULE:FREQ=WEEKLY;BYDAY=MO,TU\nEXDATE:20240101T000000"]),
        timezone=st.none() | zones,
    ),
    st.builds(NoSchedule),
)


@given(kept, st.booleans())
def test_a_schedule_survives_being_kept_as_json(schedule, checked):
    held = json.loads(json.dumps(schedule_as_json(schedule)))

    assert schedule_from_json(held, checked=checked) == schedule


@pytest.mark.parametrize(
    ("held", "reason"),
    [
        ({"every": 5}, "one of cron, interval and rrule"),
        ({"cron": "* * * * *", "anchor_date": "2026-01-01"}, 'has no "anchor_date"'),
        ({"interval": 5, "anchor_date": "someday"}, '"someday" is no date and time'),
        ({"cron": 5}, "a text"),
    ],
)
def test_json_that_is_no_schedule_is_refused(held, reason):
    with pytest.raises(InvalidSchedule, match=reason):
        schedule_from_json(held)


def test_the_arguments_of_serve_make_one_schedule():
    assert construct_schedule(cron="@daily", timezone="UTC") == CronSchedule(cron="@daily", timezone="UTC")
    assert construct_schedule(rrule="FREQ=DAILY") == RRuleSchedule(rrule="FREQ=DAILY")
    made = construct_schedule(interval=60, anchor_date="2026-01-01", timezone="Europe/Berlin")
    assert made.anchor_date == NEW_YEAR - timedelta(hours=1)


@pytest.mark.parametrize(
    "given",
    [{}, {"interval": 5, "cron": "@daily"}, {"cron": "@daily", "anchor_date": NEW_YEAR}, {"timezone": "UTC"}],
)
def test_arguments_that_make_no_or_several_schedules_are_refused(given):
    with pytest.raises(InvalidSchedule):
        construct_schedule(**given)


def test_the_short_spellings_take_what_prefects_take():
    cron = Cron("0 9 * * *", "Europe/Berlin", False, False, {"city": "Ulm"}, "morning")
    assert (cron.cron, cron.timezone, cron.day_or, cron.active) == (
        "0 9 * * *",
        "Europe/Berlin",
        False,
        False,
    )
    assert (cron.parameters, cron.slug) == ({"city": "Ulm"}, "morning")
    interval = Interval(60.5, NEW_YEAR, "UTC")
    assert (interval.interval, interval.anchor_date) == (timedelta(seconds=60.5), NEW_YEAR)
    assert RRule("FREQ=DAILY", slug="r").to_schedule() == RRuleSchedule(rrule="FREQ=DAILY")
    assert Schedule().to_schedule() == NoSchedule()


def test_a_declared_schedule_is_of_one_kind():
    with pytest.raises(InvalidSchedule, match="interval and cron"):
        Schedule(interval=timedelta(1), cron="@daily")


@pytest.mark.parametrize(("name", "value"), [("catchup", "some"), ("overlap", "maybe")])
def test_a_policy_that_does_not_exist_is_refused_with_those_that_do(name, value):
    with pytest.raises(InvalidSchedule, match=f'{name} is one of .*, not "{value}"'):
        Cron("@daily", **{name: value})


def test_policies_may_be_plain_words():
    declared = Cron("@daily", catchup="latest", overlap="cancel_previous")

    assert (declared.catchup, declared.overlap) == ("latest", "cancel_previous")


def test_rules_of_dateutil_come_and_go():
    berlin = ZoneInfo("Europe/Berlin")
    rules = rruleset()
    rules.rrule(rrule(HOURLY, dtstart=datetime(2024, 1, 1, 9, tzinfo=berlin), count=5))
    rules.exdate(datetime(2024, 1, 1, 10, tzinfo=berlin))

    schedule = RRuleSchedule.from_rrule(rules)
    assert schedule.timezone == "Europe/Berlin"
    assert list(schedule.to_rrule()) == list(rules)
    until = rrule(DAILY, dtstart=datetime(2024, 1, 1, tzinfo=UTC), until=datetime(2024, 1, 3, tzinfo=UTC))
    assert list(RRuleSchedule.from_rrule(until).to_rrule()) == list(until)


def test_a_rule_of_dateutil_that_text_cannot_say_is_refused():
    rules = rruleset()
    rules.rrule(rrule(DAILY, dtstart=datetime(2024, 1, 1)))
    rules.rrule(rrule(DAILY, dtstart=datetime(2024, 1, 2)))

    with pytest.raises(InvalidSchedule, match="start at different times"):
        RRuleSchedule.from_rrule(rules)


def test_the_clients_path_has_the_same_records():
    assert client_schedules.CronSchedule is CronSchedule
    assert [name for name in client_schedules.__all__ if not hasattr(client_schedules, name)] == []


def test_declaring_a_schedule_loads_nothing_before_it_is_checked(run_python):
    ended = run_python(
        "import sys, pacc.schedules, pacc.client.schemas.schedules\n"
        "print([name for name in ('croniter', 'dateutil') if name in sys.modules])"
    )
    assert ended.stdout.strip() == "[]", ended.output
