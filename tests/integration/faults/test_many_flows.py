"""G4 with whole flows: processes that start together on a store that is not even there yet lose nothing and read of no lock."""

from __future__ import annotations

import pytest

from pacc.store.log_files import lines

SOAK = [pytest.mark.soak, pytest.mark.timeout(3600)]


@pytest.mark.parametrize(("actors", "flows"), [(8, 5), pytest.param(64, 20, marks=SOAK)])
def test_many_processes_share_a_store(run_program, tmp_path, actors, flows):
    said = run_program("many_flows.py", tmp_path / "home", actors, flows, timeout=600)
    assert "lock" not in said
    logs = list((tmp_path / "home" / "logs").glob("*.jsonl"))
    assert len(logs) == actors * flows
    assert all(len(list(lines(log))) >= 2 for log in logs)
