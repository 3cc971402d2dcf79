"""G1: what was acknowledged survives `kill -9` at any moment, and no half transition is ever visible."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

PROGRAM = Path(__file__).parent / "programs" / "killed_writers.py"


@pytest.mark.parametrize(
    "kills", [15, pytest.param(1_000, marks=[pytest.mark.soak, pytest.mark.timeout(900)])]
)
def test_nothing_acknowledged_is_lost_and_nothing_is_torn(run_python, tmp_path, kills):
    seed = random.randrange(10**9)
    finished = run_python(PROGRAM, tmp_path / "home", kills, seed, timeout=60 + kills)
    assert finished.code == 0, finished.output
