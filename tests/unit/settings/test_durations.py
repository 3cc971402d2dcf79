"""Durations as people write them in settings."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pacc.exceptions import ConfigurationError
from pacc.settings import PACC_RETENTION_FLOW_RUNS as KEPT
from pacc.settings.kinds import as_text, duration


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        ("90d", 90 * 86_400),
        ("1h30m", 5400),
        ("2D 0", None),
        ("15", 15),
        (0.5, 0.5),
        ("0.5s", 0.5),
        ("PT90M", 5400),
        ("1:30:00", 5400),
        ("soon", None),
        ("", None),
        ("-5", None),
        ("d", None),
    ],
)
def test_a_duration_is_seconds_or_a_number_of_units(written, seconds):
    if seconds is None:
        with pytest.raises(ConfigurationError, match="must be a number of seconds, or a time such as 90d"):
            KEPT.read(written)
    else:
        assert KEPT.read(written) == timedelta(seconds=seconds)


@given(st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=10_000)))
def test_what_is_written_is_read_again(value):
    assert duration.read(as_text(value)) == value
