"""G16: a flow killed at any step, and again while it is retried, does no work twice that was reported finished."""

from __future__ import annotations

import re
import time

import pytest

SOAK = [pytest.mark.soak, pytest.mark.timeout(3600)]
QUIET = {"PACC_LOGGING_LOGGERS_PACC_HANDLERS": ""}


@pytest.mark.parametrize(
    ("grain", "stride"),
    [
        ("coarse", 41),
        ("fine", 211),
        pytest.param("coarse", 1, marks=SOAK),
        pytest.param("fine", 1, marks=SOAK),
    ],
)
def test_a_flow_killed_at_any_step_and_retried_does_nothing_twice_that_was_reported_finished(
    run_program, tmp_path, grain, stride
):
    offset = 1 + time.time_ns() % stride
    said = run_program(
        "retried_at_each_step.py",
        tmp_path / "steps",
        grain,
        stride,
        offset,
        timeout=max(120, 3600 // stride),
        env=QUIET,
    )
    kills, steps = map(int, re.search(r"(\d+) kills, survived with (\d+) steps", said).groups())
    assert kills >= steps // stride - 2, f"offset {offset}"
