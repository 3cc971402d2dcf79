"""Durations and ages in the shortest form that still tells them apart."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from pacc.presentation.times import ago, dated, lasted, local, took

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (-1, "0ms"),
        (0, "0ms"),
        (0.0042, "4ms"),
        (0.0996, "0.1s"),
        (6.12, "6.1s"),
        (48.16, "48.2s"),
        (59.94, "59.9s"),
        (59.96, "1m00"),
        (62, "1m02"),
        (3599, "59m59"),
        (3600, "1h00"),
        (43_020, "11h57"),
        (86_400, "1d00h"),
        (183_600, "2d03h"),
    ],
)
def test_durations(seconds, text):
    assert took(seconds) == text


def test_no_duration_is_no_text():
    assert lasted(None) == ""
    assert lasted(timedelta(seconds=2)) == "2.0s"


@pytest.mark.parametrize(
    ("distance", "text"),
    [
        (timedelta(0), "just now"),
        (timedelta(milliseconds=300), "just now"),
        (timedelta(seconds=1), "1 second ago"),
        (timedelta(seconds=59), "59 seconds ago"),
        (timedelta(minutes=2), "2 minutes ago"),
        (timedelta(hours=-3), "in 3 hours"),
        (timedelta(days=1), "1 day ago"),
        (timedelta(days=14), "2 weeks ago"),
        (timedelta(days=400), "1 year ago"),
    ],
)
def test_ages(distance, text):
    assert ago(NOW - distance, NOW) == text


def test_a_moment_that_is_not_known_is_no_text():
    assert ago(None, NOW) == ""
    assert local(None) == ""


def test_moments_are_shown_in_the_machines_own_zone():
    assert datetime.fromisoformat(local(NOW)) == NOW


def test_a_moment_in_a_description_is_local_to_the_second_and_says_how_far_away_it_is():
    now = datetime(2026, 11, 21, 12, tzinfo=UTC)
    moment = now - timedelta(days=1, microseconds=5)
    assert dated(moment, now) == f"{moment.astimezone():%Y-%m-%d %H:%M:%S} (1 day ago)"
    assert dated(None, now) == ""
