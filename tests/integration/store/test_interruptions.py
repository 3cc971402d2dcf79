"""A timeout or Ctrl-C may raise in the middle of anything: no lock stays, no row is lost, the store goes on."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

PROGRAM = Path(__file__).parent / "programs" / "interrupted.py"


@pytest.mark.parametrize(
    "alarms", [100, pytest.param(10_000, marks=[pytest.mark.soak, pytest.mark.timeout(900)])]
)
def test_alarms_at_random_moments_leave_no_lock_and_lose_no_row(run_python, tmp_path, alarms):
    seed = random.randrange(10**9)
    finished = run_python(PROGRAM, tmp_path / "home", alarms, seed, timeout=30 + alarms)
    assert finished.code == 0, finished.output
