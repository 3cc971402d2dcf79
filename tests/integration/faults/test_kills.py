"""G1, G16: a flow killed between any two of its steps leaves nothing half done, loses nothing it had acknowledged, and is found."""

from __future__ import annotations

import re
import time

import pytest

SOAK = [pytest.mark.soak, pytest.mark.timeout(3600)]
QUIET = {"PACC_LOGGING_LOGGERS_PACC_HANDLERS": ""}


@pytest.mark.parametrize(
    ("grain", "stride"),
    [
        ("coarse", 29),
        ("fine", 101),
        pytest.param("coarse", 1, marks=SOAK),
        pytest.param("fine", 1, marks=SOAK),
    ],
)
def test_a_flow_killed_at_any_step_leaves_a_whole_store_and_all_it_acknowledged(
    run_program, tmp_path, grain, stride
):
    offset = 1 + time.time_ns() % stride
    said = run_program(
        "killed_at_each_step.py",
        tmp_path / "steps",
        grain,
        stride,
        offset,
        timeout=max(120, 3600 // stride),
        env=QUIET,
    )
    kills, steps = map(int, re.search(r"(\d+) kills, survived with (\d+) steps", said).groups())
    assert kills >= steps // stride - 2, f"offset {offset}"
