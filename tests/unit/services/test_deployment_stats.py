"""How the runs of a deployment went, counted where they were due."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest

from pacc._internal import clock
from pacc.exceptions import InvalidValueError
from pacc.presentation.deployment_stats import stats_lines, stats_table
from pacc.schemas.deployments import DeploymentCreate
from pacc.services import deployment_stats, deployments
from pacc.store import open_store

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def store(pacc_home):
    return open_store(pacc_home)


@pytest.fixture
def nightly(store):
    return deployments.upsert(store, DeploymentCreate(flow_name="etl", name="nightly", entrypoint="f.py:etl"))


def ran(store, deployment, due, state, *, late=1.0, took=60.0):
    """Have a run of the deployment that was due then and ended so."""
    run = deployments.create_run(store, deployment.id)
    begun = None if state == "SCHEDULED" else clock.from_datetime(due + timedelta(seconds=late))
    with closing(sqlite3.connect(store.home / "pacc.db")) as connection, connection:
        connection.execute(
            "UPDATE flow_run SET version=version+1, expected_start_time=?, start_time=?, total_run_time=?, state_type=?"
            " WHERE id=?",
            (clock.from_datetime(due), begun, int(took * 1e6), state, str(run.id)),
        )


def text(stats, **options):
    return ["".join(cell.text for cell in line) for line in stats_lines(stats, **options)]


def test_runs_are_counted_where_they_were_due(store, nightly):
    for hours, state in ((0.5, "COMPLETED"), (1.5, "FAILED"), (1.6, "COMPLETED"), (3.9, "SCHEDULED")):
        ran(store, nightly, NOW - hours * HOUR, state)
    ran(store, nightly, NOW - 5 * HOUR, "CRASHED")  # before the stretch

    stats = deployment_stats.read(store, nightly.id, NOW - 4 * HOUR, NOW, 4)

    assert [part.runs for part in stats.parts] == [1, 0, 2, 1]
    assert (stats.whole.completed, stats.whole.failed, stats.whole.others) == (2, 1, 1)
    assert stats.whole.success == pytest.approx(2 / 3)
    assert stats.whole.took.median == timedelta(minutes=1)
    assert stats.whole.late.count == 3
    assert stats.parts[1].took is None


def test_medians_are_not_moved_by_one_that_took_for_ever(store, nightly):
    for number in range(9):
        ran(store, nightly, NOW - HOUR, "COMPLETED", took=9000 if number == 4 else 10 + number)
    took = deployment_stats.read(store, nightly.id, NOW - 4 * HOUR, NOW, 1).whole.took
    assert took.median == timedelta(seconds=15)
    assert took.longest == timedelta(seconds=9000)


def test_lines_have_a_number_and_a_bar_for_each_part(store, nightly):
    ran(store, nightly, NOW - 0.5 * HOUR, "COMPLETED")
    ran(store, nightly, NOW - 1.5 * HOUR, "CRASHED")
    stats = deployment_stats.read(store, nightly.id, NOW - 2 * HOUR, NOW, 2)
    lines = text(stats)
    assert lines[0] == "etl/nightly   2 bars of 1h00 each"
    assert lines[2].split() == ["Success", "50", "%,", "1", "crashed", "▁█"]
    assert lines[-1].strip() == "!·"
    assert all(line.isascii() for line in text(stats, glyphs=False))
    low = text(stats, room=30)
    assert low[1].split() == ["Runs", "2"]
    assert low[2].strip() == "██"
    assert max(map(len, low[1:])) < 45
    assert len(low) == len(lines) + 4
    assert len(stats_table(stats).rows) == 2


def test_a_stretch_without_runs_and_one_that_is_none(store, nightly):
    assert text(deployment_stats.read(store, nightly.id, NOW - HOUR, NOW, 2))[1] == (
        "no run was due in this time"
    )
    with pytest.raises(InvalidValueError, match="ends before it begins"):
        deployment_stats.read(store, nightly.id, NOW, NOW - HOUR, 2)
