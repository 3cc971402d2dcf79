"""What `/` and `s` do in the lists of nouns."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from pacc import flow
from pacc.blocks.system import Secret
from pacc.concurrency.sync import concurrency
from pacc.presentation.concurrency import listed_cells
from pacc.schemas.automations import AutomationCore
from pacc.schemas.concurrency import GlobalConcurrencyLimit, LimitInUse
from pacc.schemas.work_pools import WorkPoolCreate, WorkPoolUpdate, WorkQueueCreate
from pacc.services import (
    artifacts,
    automations,
    backfills,
    concurrency_limits,
    deployments,
    variables,
    work_pools,
    work_queues,
)
from pacc.store import open_store
from pacc.tui import actions
from pacc.tui.nouns.artifacts import Artifacts
from pacc.tui.places import PLACES
from pacc.tui.screens.noun import NounPage

SMALL, LARGE = (80, 24), (120, 40)
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


@flow
def sync(number=1):
    return number


@flow
def report():
    return None


@pytest.fixture
def store(pacc_home):
    """A store with two of each noun that somebody makes."""
    store = open_store(pacc_home)
    for name in ("alpha", "omega"):
        variables.put(store, name, f"value of {name}")
        concurrency_limits.put(store, name, 2, active_slots=int(name == "omega"))
        artifacts.create(store, key=name, type="markdown" if name == "alpha" else "progress", data=7)
        Secret(value="tiger").save(name)
        work_pools.create(store, WorkPoolCreate(name=name))
        wanted = AutomationCore(
            name=name, trigger={"expect": [f"{name}.made"]}, actions=[{"type": "do-nothing"}]
        )
        automations.create(store, wanted)
    work_queues.create(store, WorkQueueCreate(name="urgent"), work_pool_name="omega")
    for each in (sync, report):
        each.to_deployment(name="hourly", interval=3600).apply()
    backfills.create(store, deployments.find(store, "sync/hourly"), NOW - timedelta(hours=2), NOW)
    backfills.create(store, deployments.find(store, "report/hourly"), NOW - timedelta(hours=2), NOW)
    return store


async def typed(seen, search):
    await seen.press("slash", "ctrl+u")
    await seen.type(search)
    await seen.press("enter")


@pytest.mark.parametrize(
    ("place", "search", "kept"),
    [
        ("flows", "sync", "sync"),
        ("pools", "omega", "omega"),
        ("limits", "-alpha", "omega"),
        ("blocks", "block:omega", "omega"),
        ("variables", "value:VALUE omega", "omega"),
        ("automations", "trigger:omega.made", "omega"),
        ("artifacts", "type:progress", "omega"),
        ("backfills", "deployment:sync", "sync/hourly"),
        ("settings", "logging_level", "LOGGING_LEVEL"),
        ("doctor", "what:store", "store"),
    ],
)
def test_every_list_is_narrowed_by_words_and_columns_and_whole_again(store, look, place, search, kept):
    async def what(seen):
        table = seen.dashboard.screen.table
        whole = list(table.ids)
        await typed(seen, search)
        await seen.until(f" of {len(whole) if place != 'pools' else 2:,} ")
        await seen.until(f"/{search}")
        assert seen.lines(kept)
        assert 0 < len(table.ids) < len(whole)
        await typed(seen, "otter-of-no-list")
        await seen.until("fits")
        await seen.press("escape")
        await seen.settle()
        assert list(table.ids) == whole
        assert "esc clears" not in seen.text

    look(what, size=SMALL, first=place)


def test_every_list_goes_through_its_orders_and_names_them(store, look):
    async def what(seen):
        for place in PLACES:
            seen.dashboard.show_page(place.name)
            await seen.settle()
            page = seen.dashboard.screen
            if not isinstance(page, NounPage):
                continue
            assert ("sort" in {each.name for each in actions.of_screen(place.name)}) is bool(page.noun.orders)
            assert page.sifted.whole or place.name == "queue"
            for order in (*page.noun.orders[1:], *page.noun.orders[:1]) if page.sifted.whole else ():
                await seen.press("s")
                await seen.until(order.called)

    look(what, size=LARGE)


@pytest.mark.parametrize(
    ("place", "presses", "first"),
    [
        ("limits", 1, "omega"),
        ("variables", 1, "omega"),
        ("artifacts", 1, "alpha"),
        ("backfills", 2, "report"),
    ],
)
def test_an_order_puts_first_what_it_is_called_after(store, look, place, presses, first):
    variables.put(store, "omega", 1, overwrite=True)

    async def what(seen):
        await seen.press(*["s"] * presses)
        await seen.settle()
        assert first in seen.lines("▌")[0]

    look(what, first=place)


def test_pools_that_are_not_ready_come_first_each_with_its_queues(store, look):
    work_pools.update(store, "omega", WorkPoolUpdate(is_paused=True))
    work_pools.create(store, WorkPoolCreate(name="zeta"))

    async def what(seen):
        await seen.until("3 pools")
        await seen.press("s")
        await seen.until("not ready first")
        places = [seen.text.index(name) for name in ("alpha", "zeta", "▾ omega", "urgent")]
        assert places == sorted(places)
        await typed(seen, "urgent")
        await seen.until("1 of 3 pools")
        assert seen.lines("▾ omega")
        assert not seen.lines("zeta")

    look(what, size=LARGE, first="pools")


def test_deployments_are_put_in_another_order(store, look):
    sync.to_deployment(name="minutely", interval=60).apply()

    async def what(seen):
        await seen.until("3 deployments · by name")
        await seen.press("s")
        await seen.until("next run first")
        assert "minutely" in seen.lines("sync/")[0]

    look(what, size=SMALL, first="deployments")


def test_a_list_that_holds_only_the_latest_is_searched_and_sorted_whole(store, look, monkeypatch):
    latest = replace(Artifacts.noun, read=lambda store, _: artifacts.select_latest(store, limit=1), most=1)
    monkeypatch.setattr(Artifacts, "noun", latest)

    async def what(seen):
        await seen.until("the latest 1 artifact ")
        await typed(seen, "alpha")
        await seen.until("1 of 2 artifacts")
        await seen.press("escape", "s")
        await seen.until("2 artifacts · by key")

    look(what, first="artifacts")


def test_the_field_is_left_as_it_was_and_opened_again_with_what_is_searched_for(store, look):
    async def what(seen):
        await typed(seen, "omega")
        await seen.until("1 of 2 variables")
        await seen.press("slash")
        await seen.type("x")
        await seen.press("escape")
        await seen.until("1 of 2 variables")
        await seen.press("enter", "slash")
        await seen.until(" omega")
        await seen.press("tab", "slash", "escape", "escape")
        await seen.until(" 2 variables")

    look(what, size=SMALL, first="variables")


@pytest.mark.parametrize("size", [SMALL, LARGE])
def test_a_limit_that_is_full_names_who_holds_it(pacc_home, look, size):
    store = open_store(pacc_home)
    for name, slots in (("gpu-lock", 1), ("half", 2)):
        concurrency_limits.put(store, name, slots)

    async def what(seen):
        await seen.until("brave-otter")
        assert "brave-otter" in seen.lines("gpu-lock  ")[0]
        assert "brave-otter" not in seen.lines("half  ")[0]

    @flow(flow_run_name="brave-otter")
    def hold():
        with concurrency(["gpu-lock", "half"]), ThreadPoolExecutor(1) as others:
            others.submit(look, what, size=size, first="limits").result()

    hold()


def test_a_full_limit_says_how_many_wait_and_how_many_more_hold_it():
    limit = GlobalConcurrencyLimit(
        id=uuid4(), name="tag:api", limit=3, active_slots=3, created=NOW, updated=NOW
    )

    def who(**use):
        return listed_cells(LimitInUse(limit=limit, **use), NOW)[2].text

    assert who(held_by="brave-otter", holders=3, waiting=1) == "1 waits, brave-otter +2"
    assert who(holders=1, waiting=7) == "7 wait, somebody"
    assert who() == ""
