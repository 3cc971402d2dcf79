"""Whoever waits for the store to change is woken when it does, and not before."""

from __future__ import annotations

import math
import os
import sys
import threading
import time

import pytest

from pacc.store import watch
from pacc.store.watch import StoreWatch


@pytest.fixture
def watching(tmp_path):
    """Watch a folder that stands for a home, with these seconds between two looks."""
    made = []

    def begin(look=60.0):
        made.append(StoreWatch(tmp_path / "pacc.db", look))
        return made[-1]

    yield begin
    for each in made:
        each.close()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux tells")
def test_a_write_ends_the_wait_and_the_next_one_is_heard_a_little_later(watching, tmp_path, monkeypatch):
    monkeypatch.setattr(watch, "_LONGEST", math.inf)
    waiting = watching(look=0.2)
    log = tmp_path / "pacc.db-wal"
    log.write_bytes(b"1")
    waiting.wait(60)
    began = time.monotonic()
    log.write_bytes(b"2")
    waiting.wait(60)  # until the rest is over
    waiting.wait(60)
    assert 0.1 < time.monotonic() - began < 30


@pytest.mark.parametrize("told", [True, False])
def test_it_is_woken_from_elsewhere_or_by_what_else_is_there_to_read(watching, monkeypatch, told):
    if not told:
        monkeypatch.setattr(watch.sys, "platform", "darwin")
    waiting = watching()
    thread = threading.Thread(target=waiting.wake)
    thread.start()
    assert not waiting.wait(60)
    thread.join()
    ears, mouth = os.pipe()
    os.write(mouth, b"!")
    assert waiting.wait(60, [ears])
    for end in (ears, mouth):
        os.close(end)


def test_where_nothing_is_told_it_waits_from_one_look_to_the_next(watching, monkeypatch):
    monkeypatch.setattr(watch.sys, "platform", "darwin")
    waiting = watching(look=0.01)
    assert not waiting.wait(60)


def test_after_its_end_it_can_be_woken_in_vain(tmp_path):
    waiting = StoreWatch(tmp_path / "pacc.db", 1.0)
    waiting.close()
    waiting.wake()
