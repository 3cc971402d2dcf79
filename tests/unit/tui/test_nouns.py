"""The lists of nouns: what each shows beside its rows, and what its keys ask and do."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from pacc import flow
from pacc.exceptions import ObjectNotFound
from pacc.services import backfills, deployments, variables
from pacc.store import open_store

SMALL, LARGE = (80, 24), (120, 40)
BOTH_SIZES = pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "120x40"])
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


@flow
def sync(number=1):
    return number


@pytest.fixture
def store(pacc_home):
    return open_store(pacc_home)


@pytest.fixture
def hourly(store):
    sync.to_deployment(name="hourly", interval=3600).apply()
    return deployments.find(store, "sync/hourly")


async def _fill_in(seen, *texts):
    for text in texts:
        await seen.type(text)
        await seen.press("enter")


# --------------------------------------------------------------------------------------------- flows


@BOTH_SIZES
def test_flows_are_listed_with_their_deployments_and_how_their_runs_ended(store, hourly, look, size):
    sync()
    store.journal.flush()

    async def what(seen):
        await seen.until("1 flow")
        assert "✓" in seen.lines("sync  ")[0]
        await seen.press("enter")
        await seen.until("sync/hourly")
        await seen.until("1 completed")

    look(what, size=size, first="flows")


# ----------------------------------------------------------------------------------------- variables


@BOTH_SIZES
def test_variables_are_listed_with_their_values_and_read_whole(store, look, size):
    variables.put(store, "animal", {"make": "[bold]ford[/bold]\x1b"}, tags=["prod"])

    async def what(seen):
        await seen.until("1 variable")
        assert "prod" in seen.lines("animal  ")[0]
        assert ("Variable 'animal'" in seen.text) is (size == LARGE)
        await seen.press("enter")
        await seen.until('{"make": "[bold]ford[/bold]\\u001b"}')
        await seen.press("escape")
        await seen.until("$ pacc variable inspect animal")
        assert "animal  " in seen.lines("prod")[0]

    look(what, size=size, first="variables")


def test_a_variable_is_set_changed_and_removed_with_the_command_for_each_shown(store, look):
    async def what(seen):
        await seen.until("n sets one")
        await seen.press("n")
        await _fill_in(seen, "Town", "Ulm")
        await seen.until("$ pacc variable set Town Ulm")
        await seen.press("enter")
        await seen.until('"Town" is no name for a variable')
        await seen.press("ctrl+y", "escape", "n")
        assert seen.dashboard.clipboard == "pacc variable set Town Ulm"
        await _fill_in(seen, "town", "Ulm", "a, b")
        await seen.until('Set variable "town".')
        await seen.press("e", "ctrl+a", "ctrl+k")
        await _fill_in(seen, "[1]", "")
        await seen.until("[1]")
        assert variables.read(store, "town").value == [1]
        await seen.press("D")
        await _fill_in(seen, "tow")
        await seen.until('that is not "town"')
        await _fill_in(seen, "n")
        await seen.until("n sets one")
        with pytest.raises(ObjectNotFound):
            variables.read(store, "town")

    look(what, first="variables")


# ----------------------------------------------------------------------------------------- backfills


@BOTH_SIZES
def test_backfills_show_how_far_they_are_and_are_cancelled(store, hourly, look, size):
    made = backfills.create(store, hourly, NOW - timedelta(hours=5), NOW)

    async def what(seen):
        await seen.until("1 backfill")
        assert f"0 of {made.total}" in seen.lines("sync/hourly  ")[0]
        await seen.press("x")
        await seen.until(f"$ pacc backfill cancel {made.id}")
        await seen.press("Y", "enter")
        await seen.until("Cancelled")
        assert backfills.read(store, made.id).state == "CANCELLED"
        await seen.press("x")
        assert "Cancel the backfill" not in seen.text

    look(what, size=size, first="backfills")
