"""Ctrl-C and a termination signal end a flow at once, wherever they strike, and the flow itself says what became of its runs."""

from __future__ import annotations

import re
import time

import pytest

SOAK = [pytest.mark.soak, pytest.mark.timeout(3600)]
QUIET = {"PACC_LOGGING_LOGGERS_PACC_HANDLERS": ""}


@pytest.mark.parametrize(
    ("name", "grain", "colour", "stride"),
    [
        ("SIGINT", "coarse", "sync", 31),
        ("SIGTERM", "fine", "sync", 97),
        ("SIGINT", "coarse", "async", 37),
        *(
            pytest.param(name, grain, colour, 1, marks=SOAK)
            for name in ("SIGINT", "SIGTERM")
            for grain in ("coarse", "fine")
            for colour in ("sync", "async")
        ),
    ],
)
def test_a_signal_at_any_step_ends_every_run_of_the_process(
    run_program, tmp_path, name, grain, colour, stride
):
    offset = 1 + time.time_ns() % stride
    said = run_program(
        "interrupted_at_each_step.py",
        tmp_path / "steps",
        name,
        grain,
        colour,
        stride,
        offset,
        timeout=max(120, 3600 // stride),
        env=QUIET,
    )
    signals, steps = map(int, re.search(r"(\d+) signals in (\d+) steps", said).groups())
    assert signals >= steps // stride, f"offset {offset}"


@pytest.mark.parametrize("count", [8, pytest.param(2000, marks=SOAK)])
def test_ctrl_c_at_a_random_moment_ends_a_busy_flow_at_once(run_program, tmp_path, count):
    seed = time.time_ns() % 1_000_000
    run_program("interrupted_at_random.py", tmp_path / "home", count, seed, timeout=60 + 2 * count, env=QUIET)
