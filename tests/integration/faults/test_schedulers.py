"""G12: a scheduled run exists once with any number of schedulers, though some are killed."""

from __future__ import annotations

import pytest

SOAK = [pytest.mark.soak, pytest.mark.timeout(3600)]


@pytest.mark.parametrize(
    ("schedulers", "schedules", "slots"), [(4, 5, 150), pytest.param(8, 20, 2_000, marks=SOAK)]
)
def test_a_scheduled_run_is_made_once_by_any_number_of_schedulers(
    run_program, tmp_path, schedulers, schedules, slots
):
    said = run_program("schedulers.py", tmp_path / "home", schedulers, schedules, slots, timeout=3600)
    assert f"by {schedulers} schedulers" in said
