"""G4: no user sees "database is locked", however many processes write."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

PROGRAM = Path(__file__).parent / "programs" / "many_writers.py"


@pytest.mark.parametrize(
    ("writers", "writes", "hogging"),
    [
        (20, 20, []),
        (3, 20, ["hogging"]),
        pytest.param(200, 250, [], marks=[pytest.mark.soak, pytest.mark.timeout(900)]),
        pytest.param(20, 250, ["hogging"], marks=[pytest.mark.soak, pytest.mark.timeout(900)]),
    ],
)
def test_nobody_fails_nobody_waits_long_and_every_row_is_there(
    run_python, tmp_path, writers, writes, hogging
):
    finished = run_python(PROGRAM, tmp_path / "home", writers, writes, *hogging, timeout=600)
    said = [json.loads(line) for line in finished.stdout.splitlines()]
    total = writers * writes
    assert said[-1] == {"failed": 0, "found": [total, total], "whole": ["ok"]}, finished.output
    if not hogging:  # those wait for their own threads as well
        assert max(line["longest"] for line in said[:-1]) < 5
    assert max(line["log"] for line in said[:-1]) < 64 << 20
