"""The clock that tests move."""

from __future__ import annotations

import asyncio
import threading
import time
from datetime import UTC, datetime, timedelta

import pytest

from pacc._internal import clock as system
from pacc._internal.steps import Sleep
from pacc.testing.clock import MovableClock

MOMENT = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def clock():
    with MovableClock() as clock:
        yield clock


def test_it_goes_on_like_any_clock(clock):
    before = clock.now()
    time.sleep(0.01)
    assert timedelta(seconds=0.01) <= clock.now() - before < timedelta(seconds=5)


def test_pacc_reads_it_inside_the_block_and_the_system_s_outside():
    with MovableClock() as clock:
        clock.freeze(MOMENT)
        assert system.to_datetime(system.now()) == MOMENT
    assert abs(system.now() - time.time_ns() // 1000) < 5_000_000
    assert system.moved() is None


def test_blocks_nest(clock):
    with MovableClock() as inner:
        assert system.moved() is inner
    assert system.moved() is clock


def test_frozen_it_stands_still_until_it_is_moved(clock):
    clock.freeze(MOMENT)
    time.sleep(0.001)
    assert clock.now() == MOMENT
    clock.advance(5)
    clock.advance(timedelta(minutes=1), hours=1)
    assert clock.now() == MOMENT + timedelta(hours=1, minutes=1, seconds=5)


def test_it_goes_on_from_the_moment_it_showed(clock):
    clock.freeze(MOMENT)
    clock.go_on()
    time.sleep(0.001)
    assert MOMENT < clock.now() < MOMENT + timedelta(seconds=5)


def test_it_is_moved_ahead_and_never_back(clock):
    clock.freeze(MOMENT)
    clock.move_to(MOMENT + timedelta(days=1))
    with pytest.raises(ValueError, match="ahead"):
        clock.move_to(MOMENT)
    with pytest.raises(ValueError, match="ahead"):
        clock.advance(-1)
    assert clock.now() == MOMENT + timedelta(days=1)


def test_durations_grow_however_the_wall_clock_is_set(clock):
    begun = system.monotonic()
    clock.freeze(MOMENT)
    clock.advance(10)
    clock.freeze(datetime(2001, 1, 1, tzinfo=UTC))
    assert 10 <= system.monotonic() - begun < 15


def test_waiting_moves_it_and_takes_no_time(clock):
    clock.freeze(MOMENT)
    begun = time.monotonic()
    Sleep(3600).run()
    asyncio.run(Sleep(3600).arun())
    assert clock.now() == MOMENT + timedelta(hours=2)
    assert time.monotonic() - begun < 5


def test_coroutines_that_wait_together_wait_as_long_as_the_longest(clock):
    clock.freeze(MOMENT)

    async def together():
        await asyncio.gather(*(Sleep(seconds).arun() for seconds in (30, 60, 45)))

    asyncio.run(together())
    assert clock.now() == MOMENT + timedelta(seconds=60)


def test_a_watch_rings_once_when_its_time_has_come_and_not_when_it_was_called_off(clock):
    rung = []
    clock.watch(10, lambda: rung.append("kept"))
    call_off = clock.watch(10, lambda: rung.append("called off"))
    clock.advance(9)
    call_off()
    clock.advance(2)
    clock.advance(2)
    assert rung == ["kept"]


def test_every_watch_rings_and_the_first_error_comes_out(clock):
    rung = []

    def fail(name):
        rung.append(name)
        raise KeyboardInterrupt(name)

    clock.watch(1, lambda: fail("outer"))
    clock.watch(1, lambda: fail("inner"))
    with pytest.raises(KeyboardInterrupt, match="outer"):
        clock.advance(2)
    assert rung == ["outer", "inner"]


def test_threads_see_it_too(clock):
    clock.freeze(MOMENT)
    seen = []
    thread = threading.Thread(target=lambda: seen.append(system.now()))
    thread.start()
    thread.join()
    assert seen == [system.from_datetime(MOMENT)]


def test_threads_that_wait_together_go_on_in_the_order_of_their_moments(clock):
    clock.freeze(MOMENT)
    awake, ready = [], threading.Barrier(4)

    def wait(seconds):
        ready.wait(30)
        clock.sleep(seconds)
        awake.append((seconds, clock.now()))

    threads = [threading.Thread(target=wait, args=(seconds,)) for seconds in (60, 20, 40)]
    for thread in threads:
        thread.start()
    ready.wait(30)
    for thread in threads:
        thread.join()
    assert [seconds for seconds, _ in awake] == [20, 40, 60]
    assert clock.now() < MOMENT + timedelta(seconds=120)


def test_coroutines_go_on_in_the_order_of_their_moments(clock):
    clock.freeze(MOMENT)
    awake = []

    async def wait(seconds):
        await clock.asleep(seconds)
        awake.append((seconds, clock.now()))

    async def together():
        await asyncio.gather(*(wait(seconds) for seconds in (60, 20, 40)))

    asyncio.run(together())
    assert awake == [(seconds, MOMENT + timedelta(seconds=seconds)) for seconds in (20, 40, 60)]
