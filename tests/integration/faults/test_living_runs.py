"""G10: a living run is never declared dead: not by a stop, a jump of the clock, a reused pid, a child's end or plain load."""

from __future__ import annotations

import pytest

SOAK = [pytest.mark.soak, pytest.mark.timeout(3600)]
QUIET = {"PACC_LOGGING_LOGGERS_PACC_HANDLERS": ""}


@pytest.mark.parametrize(
    ("kind", "count"),
    [
        ("stopped", 1),
        ("jumping", 1),
        ("parents", 1),
        ("threads", 5),
        ("churning", 20),
        ("reused", 1),
        pytest.param("stopped", 10, marks=SOAK),
        pytest.param("jumping", 60, marks=SOAK),
        pytest.param("parents", 50, marks=SOAK),
        pytest.param("threads", 500, marks=SOAK),
        pytest.param("churning", 5000, marks=SOAK),
    ],
)
def test_a_living_run_is_never_declared_dead(run_program, tmp_path, kind, count):
    run_program("living_runs.py", tmp_path / "home", count, kind, timeout=60 + count, env=QUIET)
