"""Times as people type them."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pacc._internal.spoken_times import moment, start_at, start_in

NOW = datetime(2026, 11, 21, 12, 30, tzinfo=UTC)


@pytest.fixture
def in_berlin(monkeypatch):
    """Let the machine stand in Berlin, where the clock shows an hour more than UTC in November."""
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize(
    ("text", "distance"),
    [
        ("now", timedelta(0)),
        ("in 5 minutes", timedelta(minutes=5)),
        ("In an hour", timedelta(hours=1)),
        ("2 hours ago", timedelta(hours=-2)),
        ("1h30m", timedelta(minutes=90)),
        ("1 day and 2 hours ago", timedelta(hours=-26)),
        ("1.5h", timedelta(minutes=90)),
    ],
)
def test_distances_are_counted_from_now(text, distance):
    assert moment(text, NOW) == NOW + distance


def test_a_bare_distance_points_where_the_option_looks():
    assert moment("2h", NOW, past=True) == NOW - timedelta(hours=2)
    assert moment("in 2h", NOW, past=True) == NOW + timedelta(hours=2)


def test_a_time_of_day_is_todays_in_the_machines_zone():
    found = moment("18:30", NOW).astimezone()

    assert (found.hour, found.minute) == (18, 30)
    assert found.date() == NOW.astimezone().date()


def test_days_begin_at_midnight():
    today = NOW.astimezone().date()

    assert moment("yesterday", NOW).astimezone().date() == today - timedelta(days=1)
    assert moment("tomorrow", NOW).astimezone().hour == 0


def test_iso_times_keep_their_zone():
    assert moment("2026-11-20T18:30Z", NOW) == datetime(2026, 11, 20, 18, 30, tzinfo=UTC)
    assert moment("2026-11-20", NOW) == datetime(2026, 11, 20).astimezone()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "soon",
        "5 parsecs",
        "25:00",
        "13pm",
        "9",
        "tomorrow at noon",
        "2026-13-01",
        "in",
        "9" * 40 + " days",
    ],
)
def test_what_is_no_time_is_refused_in_a_sentence(text):
    with pytest.raises(ValueError, match=r"."):
        moment(text, NOW)


@pytest.mark.usefixtures("in_berlin")
@pytest.mark.parametrize("text", ["18:30", "at 18:30", "6:30pm", "6:30 PM"])
def test_a_time_of_day_can_be_said_in_two_ways(text):
    found = moment(text, NOW).astimezone()

    assert (found.hour, found.minute, found.date()) == (18, 30, NOW.astimezone().date())


@pytest.mark.usefixtures("in_berlin")
@pytest.mark.parametrize(
    ("text", "days", "hour"),
    [
        ("tomorrow at 9", 1, 9),
        ("tomorrow 9:00", 1, 9),
        ("today at 23:00", 0, 23),
        ("yesterday at 12am", -1, 0),
        ("tomorrow at 12pm", 1, 12),
    ],
)
def test_a_day_may_have_a_time(text, days, hour):
    found = moment(text, NOW).astimezone()

    assert (found.date() - NOW.astimezone().date(), found.hour) == (timedelta(days=days), hour)


@pytest.mark.usefixtures("in_berlin")
def test_a_day_of_the_week_is_the_next_of_that_name():
    today = NOW.astimezone()  # a Saturday
    tomorrow = moment("sunday at 9", NOW).astimezone()

    assert (tomorrow.date() - today.date(), tomorrow.hour) == (timedelta(days=1), 9)
    assert moment("sat", NOW).astimezone().date() - today.date() == timedelta(days=7)
    assert moment("monday 18:30", NOW).astimezone().weekday() == 0


@pytest.mark.usefixtures("in_berlin")
def test_a_run_starts_at_the_next_time_of_day_of_that_name():
    over, to_come = ((NOW + timedelta(minutes=n)).astimezone() for n in (-5, 5))

    assert start_at(f"{over:%H:%M}", NOW) == over + timedelta(days=1)
    assert start_at(f"{to_come:%H:%M}", NOW) == to_come
    assert start_at("tomorrow at 9", NOW).astimezone().hour == 9


@pytest.mark.usefixtures("in_berlin")
@pytest.mark.parametrize("text", ["yesterday", "2 hours ago", "2020-01-01", "today at 00:00"])
def test_a_run_starts_at_no_time_that_is_over(text):
    with pytest.raises(ValueError, match="is over; say a time to come"):
        start_at(text, NOW)


@pytest.mark.parametrize("text", ["5 minutes", "in 5 minutes", "5m", "300 seconds"])
def test_a_run_starts_in_a_distance(text):
    assert start_in(text, NOW) == NOW + timedelta(minutes=5)


@pytest.mark.parametrize("text", ["", "5", "tomorrow", "2 hours ago", "18:30", "soon"])
def test_a_run_starts_in_nothing_but_a_distance_from_now(text):
    with pytest.raises(ValueError, match="is no time from now"):
        start_in(text, NOW)


@given(
    st.text(max_size=20)
    | st.from_regex(r"(in )?[0-9]{1,3}[:hm ]?[0-9]{0,2} ?(am|pm|ago|days)?", fullmatch=True)
)
def test_any_text_is_a_time_or_refused(text):
    for read in (moment, start_in, start_at):
        try:
            found = read(text, NOW)
        except ValueError:
            continue
        assert found.tzinfo is not None


@pytest.mark.usefixtures("in_berlin")
def test_a_time_of_day_is_the_clocks_on_days_of_a_time_change_too():
    eve = datetime(2026, 10, 24, 12, tzinfo=UTC)

    assert moment("tomorrow at 9", eve) == datetime(2026, 10, 25, 8, tzinfo=UTC)
    assert moment("today at 9", eve) == datetime(2026, 10, 24, 7, tzinfo=UTC)
