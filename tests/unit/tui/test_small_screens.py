"""What a screen says is seen whole on the smallest terminal: dialogs scroll in the middle, and what matters least goes first."""

from __future__ import annotations

import re

import pytest

from pacc.presentation.overview import cells_width, pools_line
from pacc.presentation.tables import Cell, Column, Table, aligned
from pacc.presentation.text import shorten, width
from pacc.schemas.deployments import DeploymentCreate
from pacc.schemas.work_pools import WorkPoolCreate
from pacc.services import deployments, work_pools

SIZES = [(60, 20), (80, 24), (120, 40)]
every_size = pytest.mark.parametrize("size", SIZES, ids=["60x20", "80x24", "120x40"])
NUMBERS = {f"a_number_with_a_long_name_{place}": {"type": "integer"} for place in range(12)}


@pytest.fixture
def wide(runs):
    """A deployment with a long name and more parameters than any terminal has rows."""
    wanted = DeploymentCreate(
        flow_name="sync",
        name="a-deployment-with-a-name-that-takes-more-than-one-line-of-a-dialog",
        entrypoint="f.py:sync",
        parameter_openapi_schema={"type": "object", "properties": NUMBERS},
    )
    return deployments.upsert(runs, wanted)


@every_size
@pytest.mark.parametrize("key", ["R", "a", "B", "D", "r", "t", "P", "question_mark"])
def test_a_dialog_shows_its_title_its_command_and_its_keys_whatever_is_in_it(wide, look, size, key):
    async def what(seen):
        await seen.until("2 deployments")
        await seen.press(key)
        await seen.until("╰")
        assert "╭" in seen.text
        assert any(word in seen.text for word in ("esc leave", "esc closes"))
        if key != "question_mark":
            assert "$ pacc deployment" in seen.text

    look(what, size=size, first="deployments")


@every_size
def test_a_form_that_tells_what_is_wrong_still_shows_its_keys(wide, look, size):
    async def what(seen):
        await seen.until("2 deployments")
        await seen.press("R")
        await seen.type("x")
        await seen.until('"x" is not a whole number')
        await seen.press("ctrl+s")
        assert "esc leaves it" in seen.text
        assert "╰" in seen.text

    look(what, size=size, first="deployments")


def test_the_command_for_many_runs_is_that_for_the_first_one_and_how_many_more_there_are(runs, look):
    async def what(seen):
        await seen.until("4 flow runs")
        await seen.press("space", "space", "space", "space", "x")
        await seen.until("... and 3 more")
        assert "\\n" not in seen.text
        await seen.press("ctrl+y")
        assert seen.dashboard.clipboard.count("pacc flow-run cancel") == 4

    look(what, size=(60, 20), first="runs")


@every_size
def test_home_has_the_pools_below_however_much_went_wrong(runs, look, size):
    for name in ("default", "gpu", "kubernetes-eu", "kubernetes-us", "shell"):
        work_pools.create(runs, WorkPoolCreate(name=name))

    async def what(seen):
        await seen.until("not ready")
        (line,) = seen.lines("Pools")
        assert width(line) < size[0]
        assert ("+" in line) == (size[0] < 120)

    look(what, size=size)


def test_of_pools_that_do_not_fit_those_without_a_worker_are_named_first(runs):
    pools = [
        work_pools.create(runs, WorkPoolCreate(name=f"pool-{place}", concurrency_limit=2))
        for place in range(4)
    ]
    for room in range(20, 90):
        assert cells_width(pools_line(pools, room)) <= room
    assert "".join(each.text for each in pools_line(pools, 40)) == "Pools  pool-0 0/2 not ready  +3"
    assert pools_line([], 40) == [Cell("Pools", "bold"), Cell("  ")]


@every_size
def test_a_run_says_how_long_it_took(runs, look, size):
    async def what(seen):
        await seen.press("enter")
        await seen.until("timeline")
        assert re.search(r"took \d+", seen.text)

    look(what, size=size)


@every_size
def test_the_log_and_the_panes_of_a_task_run_say_where_a_line_goes_on(runs, look, size):
    async def what(seen):
        await seen.press("enter", "f", "enter")
        await seen.until("Finished in state")
        for line in (each for each in seen.text.splitlines() if "Task run enc" in each):
            assert line.endswith("…") or "lines" in line or size[0] >= 120

    look(what, size=size)


def test_what_gives_way_in_a_listing_is_shortened_first_then_what_is_widest():
    columns = (Column(name="Name"), Column(name="Why", gives_way=True))
    table = Table(title="", columns=columns, rows=((Cell("a-long-name"), Cell("because of everything")),))
    assert aligned(table, 40) == aligned(table)
    assert aligned(table, 30) == ["NAME         WHY", "a-long-name  because of every…"]
    assert aligned(table, 16) == ["NAME     WHY", "a-long…  becaus…"]
    assert max(map(width, aligned(table, 4))) <= 4


@pytest.mark.parametrize("key", ["ctrl+p", "question_mark"])
def test_where_only_ascii_may_be_drawn_the_palette_and_the_help_are_drawn_so(runs, look, key):
    async def what(seen):
        await seen.press(key)
        await seen.until("Go to the next run that failed")
        assert seen.text.isascii()

    look(what, glyphs=False)


def test_of_names_that_begin_alike_the_end_is_kept():
    assert shorten("fetch_page_of_a_long_name-596", 16, tail=4) == "fetch_page_…-596"
    assert shorten("fetch_page_of_a_long_name ×64", 12, tail=4) == "fetch_p… ×64"
    assert shorten("fetch_page-596", 5, tail=4) == "fetc…"
    assert shorten("顧客データ同期-596", 12, tail=4) == "顧客デ…-596"
