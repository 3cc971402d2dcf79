"""Times as people type them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from pacc.cli._times import moment

NOW = datetime(2026, 11, 21, 12, 30, tzinfo=UTC)


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


@pytest.mark.parametrize("text", ["", "soon", "5 parsecs", "25:00", "2026-13-01", "in", "9" * 40 + " days"])
def test_what_is_no_time_is_refused_in_a_sentence(text):
    with pytest.raises(ValueError, match=r"."):
        moment(text, NOW)
