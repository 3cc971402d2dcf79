"""A dashboard stays there, says what it cannot see, and goes on by itself, whatever becomes of the store under it."""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
import threading
from contextlib import closing

import pytest

from pacc.schemas.deployments import DeploymentCreate
from pacc.services import deployments
from pacc.store import open_store
from pacc.store.database import close_store
from pacc.tui.screens import page

SMALL = (80, 24)


def _without_log_of_writes(path):
    for suffix in ("-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def test_a_store_that_is_replaced_is_opened_anew(runs, look, tmp_path):
    other = open_store(tmp_path / "other")
    made = deployments.upsert(other, DeploymentCreate(flow_name="f", name="d", entrypoint="f.py:f"))
    deployments.create_run(other, made.id, name="of-another-store")
    close_store(tmp_path / "other")

    async def what(seen):
        await seen.until("4 flow runs")
        beside = runs.path.with_name("beside.db")
        shutil.copy(tmp_path / "other" / "pacc.db", beside)
        _without_log_of_writes(runs.path)
        os.replace(beside, runs.path)
        await seen.until("1 flow run ·")
        await seen.until("of-another-store")

    look(what, first="runs")


def test_a_store_that_is_deleted_is_said_to_be_gone_and_what_was_seen_stays(runs, look):
    async def what(seen):
        await seen.until("no-room")
        kept = runs.path.with_name("kept.db")
        os.replace(runs.path, kept)
        await seen.until("old: the store is gone")
        await seen.until("no-room")
        await seen.press("w", "escape", "2", "1", "x", "escape")
        assert seen.dashboard.is_running
        os.replace(kept, runs.path)
        await seen.until("default  ●")

    look(what)


def test_a_store_that_is_damaged_is_said_to_be_so(runs, look):
    async def what(seen):
        await seen.until("4 flow runs")
        kept = runs.path.read_bytes()
        _without_log_of_writes(runs.path)
        damaged = runs.path.with_name("damaged.db")
        damaged.write_bytes(random.Random(1).randbytes(len(kept)))
        os.replace(damaged, runs.path)
        await seen.until("old: ")
        await seen.press("j", "enter", "escape", "M", "escape", "S", "escape")
        assert seen.dashboard.is_running

    look(what, first="runs")


def test_a_store_that_somebody_writes_to_without_end_can_be_seen(runs, look):
    async def what(seen):
        with closing(sqlite3.connect(runs.path, isolation_level=None)) as writer:
            writer.execute("BEGIN IMMEDIATE")
            await seen.press("2")
            await seen.until("4 flow runs")
            writer.execute("ROLLBACK")

    look(what)


def test_a_store_that_is_waited_for_is_said_to_be_and_keys_go_on_working(runs, look, monkeypatch):
    monkeypatch.setattr(page, "_LONG", 0.01)
    gate = threading.Event()

    async def drawn(seen, text):
        for _ in range(1000):
            seen.dashboard.screen.frame()
            await seen.pilot.pause()
            if text in seen.text:
                return
        raise AssertionError(seen.text)

    async def what(seen):
        await seen.until("no-room")
        seen.dashboard.following.do(seen.dashboard.screen, "held", lambda _store: gate.wait(60) and None)
        await drawn(seen, "waiting for the store")
        seen.post("2")
        await drawn(seen, "pacc › Runs")
        gate.set()
        await seen.settle()
        await drawn(seen, "●")

    try:
        look(what)
    finally:
        gate.set()


@pytest.mark.parametrize("rounds", [1, pytest.param(20, marks=pytest.mark.soak)])
def test_storms_of_new_sizes_are_survived_on_every_screen(runs, look, rounds):
    sizes = [(40, 12), (200, 60), (20, 5), (99, 30)] * rounds

    async def what(seen):
        await seen.until("no-room")
        for keys in (["2"], ["1", "enter"], ["v"], ["v"], ["right_square_bracket"], ["G", "enter"]):
            await seen.press(*keys)
            for size in sizes:
                await seen.pilot.resize_terminal(*size)
        await seen.settle()
        assert seen.dashboard.is_running

    look(what)


@pytest.mark.parametrize(
    "options", [{"glyphs": False}, {"no_color": True}, {"glyphs": False, "no_color": True}]
)
def test_screens_of_runs_are_there_without_colour_and_in_ascii(runs, look, options):
    async def what(seen):
        await seen.until("no-room")
        for keys in (
            ["2", "space"],
            ["M"],
            ["escape", "v"],
            ["1", "enter"],
            ["v"],
            ["v"],
            ["z", "v", "G", "enter"],
        ):
            await seen.press(*keys)
            if "glyphs" in options:
                assert seen.text.isascii(), keys
            for strip in seen.dashboard.screen._compositor.render_strips():
                for segment in strip:
                    assert (
                        "no_color" not in options
                        or segment.style is None
                        or segment.style.color is None
                        or segment.style.color.is_default
                    )

    look(what, size=(120, 40), **options)


def test_a_run_that_never_was_is_said_not_to_be_there(runs, look):
    async def what(seen):
        await seen.until("This run is not there")
        await seen.press("w", "T", "x", "v", "v", "m", "o", "n", "L", "right_square_bracket", "p", "u")
        assert seen.dashboard.is_running

    look(what, first="0198a1b2-0000-7000-8000-000000000001")
