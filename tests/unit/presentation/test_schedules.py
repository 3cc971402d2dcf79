"""Schedules in the words of a table."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pacc.presentation.schedules import every, in_words
from pacc.schemas.schedules import CronSchedule, IntervalSchedule, NoSchedule, RRuleSchedule

MORNING = datetime(2026, 7, 1, 7, tzinfo=UTC)


@pytest.mark.parametrize(
    ("schedule", "words"),
    [
        (CronSchedule(cron="0 9 * * 1", timezone="Europe/Berlin"), "0 9 * * 1 Europe/Berlin"),
        (CronSchedule(cron="0 9 1 * 1", day_or=False), "0 9 1 * 1 UTC, both days must fit"),
        (IntervalSchedule(interval=3600, anchor_date=MORNING), "every 1 h, anchor 07:00 UTC"),
        (
            IntervalSchedule(interval=timedelta(days=1), anchor_date=MORNING, timezone="Europe/Berlin"),
            "every 1 d, anchor 09:00 Europe/Berlin",
        ),
        (
            IntervalSchedule(interval=timedelta(days=7), anchor_date=MORNING),
            "every 7 d, anchor 2026-07-01 07:00 UTC",
        ),
        (IntervalSchedule(interval=7 * 3600, anchor_date=MORNING), "every 7 h, anchor 2026-07-01 07:00 UTC"),
        (
            IntervalSchedule(interval=60, anchor_date=MORNING + timedelta(seconds=7.5)),
            "every 1 min, anchor 07:00:07 UTC",
        ),
        (
            RRuleSchedule(rrule="RRULE:FREQ=DAILY\nEXDATE:20260101T000000"),
            "RRULE:FREQ=DAILY EXDATE:20260101T000000 UTC",
        ),
        (NoSchedule(), "never"),
    ],
)
def test_a_schedule_is_said_in_a_line(schedule, words):
    assert in_words(schedule) == words


@given(st.timedeltas(min_value=timedelta(microseconds=1), max_value=timedelta(days=5000)))
def test_the_words_for_a_distance_add_up_to_it(interval):
    seconds = {"d": 86_400, "h": 3600, "min": 60, "s": 1}
    words = every(interval).split()

    total = sum(float(count) * seconds[unit] for count, unit in zip(words[::2], words[1::2], strict=True))
    assert abs(total - interval.total_seconds()) < 1e-5
