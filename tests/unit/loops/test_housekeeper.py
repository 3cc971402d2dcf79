"""The thread that keeps house: when loops tick, and what becomes of those that fail."""

from __future__ import annotations

import threading
import time

import pytest
from waiting import wait_until

from pacc._internal import clock, sessions
from pacc.loops.household import LOOPS, keeping_house
from pacc.loops.housekeeper import Housekeeper
from pacc.loops.loop import Loop
from pacc.services import flows, leases
from pacc.settings import PACC_SERVER_SERVICES_LATE_RUNS_ENABLED, temporary_settings
from pacc.store.database import Store
from pacc.testing.clock import MovableClock


@pytest.fixture
def store(pacc_home):
    made = Store(pacc_home)
    yield made
    sessions.end_all()
    made.close()
    made.leave()


class Ticks:
    """A loop that notes when it ticks."""

    def __init__(self, answer=None, **options):
        self.at = []
        self.answer = answer or (lambda now: None)
        defaults = {"name": "test", "meaning": "", "every": 3600.0, "apart": lambda _: 0.0}
        self.loop = Loop(tick=self.tick, **{**defaults, **options})

    def tick(self, store, now):
        self.at.append(time.monotonic())
        return self.answer(now)


@pytest.fixture
def keeping(store):
    """Keep house with such loops until the test ends."""
    made = []

    def keep(*ticks, look=0.005):
        made.append(Housekeeper(busy=lambda: True, loops=tuple(each.loop for each in ticks), look=look))
        made[-1].wanted(store)
        return made[-1]

    yield keep
    for keeper in made:
        keeper.stop()


def settled(ticks, length):
    """Wait until there have been so many ticks, and see that no further one follows."""
    wait_until(lambda: len(ticks.at) >= length)
    time.sleep(0.05)
    return len(ticks.at) == length


def test_a_loop_without_anything_to_do_ticks_once_and_sleeps(keeping):
    ticks = Ticks(watches=False)
    keeping(ticks)
    assert settled(ticks, 1)


def test_a_change_of_the_store_wakes_a_loop(keeping, store):
    ticks = Ticks()
    keeping(ticks)
    wait_until(lambda: ticks.at)
    time.sleep(0.05)
    before = len(ticks.at)
    flows.create(store, "etl")
    wait_until(lambda: len(ticks.at) > before)


def test_a_loop_that_watches_nothing_sleeps_through_changes(keeping, store):
    ticks, watching = Ticks(watches=False, name="deaf"), Ticks()
    keeping(ticks, watching)
    wait_until(lambda: watching.at)
    time.sleep(0.05)
    before = len(watching.at)
    flows.create(store, "etl")
    wait_until(lambda: len(watching.at) > before)
    assert len(ticks.at) == 1


def test_a_due_time_is_kept_to_the_hundredth_of_a_second(keeping):
    wanted = []

    def answer(now):
        if len(wanted) < 3:
            wanted.append(time.monotonic() + 0.1)
            return now + 100_000
        return None

    ticks = Ticks(answer, watches=False)
    keeping(ticks, look=5.0)
    wait_until(lambda: len(ticks.at) == 4)
    late = [at - due for at, due in zip(ticks.at[1:], wanted, strict=True)]
    assert min(late) > -0.005
    assert sorted(late)[1] < 0.02


def test_changes_in_quick_succession_are_one_reason_to_tick(keeping, store):
    ticks = Ticks(apart=lambda _: 0.2)
    keeping(ticks)
    wait_until(lambda: ticks.at)
    begun = time.monotonic()
    while time.monotonic() < begun + 0.5:
        flows.create(store, f"flow-{time.monotonic_ns()}")
        time.sleep(0.005)
    assert 2 <= len(ticks.at) <= 4


def test_a_clock_that_is_set_wakes_a_loop_for_what_is_due_now(keeping):
    with MovableClock() as moved:
        hour = clock.now() + 3_600_000_000
        ticks = Ticks(lambda now: hour if now < hour else None)
        keeping(ticks)
        wait_until(lambda: ticks.at)
        time.sleep(0.03)
        before = len(ticks.at)
        moved.advance(hours=2)
        wait_until(lambda: len(ticks.at) > before)


def test_a_loop_that_fails_is_counted_said_and_tried_again_and_the_others_go_on(keeping, store, caplog):
    def fails(now):
        raise ValueError("a mistake")

    failing = Ticks(fails, every=0.01, watches=False, name="failing")
    healthy = Ticks(every=0.01, watches=False, name="healthy")
    keeper = keeping(failing, healthy)
    wait_until(lambda: len(healthy.at) > 3 and keeper.failures > 3)
    keeper._stop.set()
    keeper._thread.join()
    [lease] = [lease for lease in leases.select(store) if lease.name == "failing"]
    assert (lease.failures, lease.error) == (keeper.failures, "ValueError: a mistake")
    assert "The housekeeping 'failing' failed" in caplog.text


def test_a_loop_that_the_settings_switch_off_does_not_tick(keeping):
    ticks = Ticks(every=0.01, enabled=lambda settings: settings.server.services.late_runs.enabled)
    other = Ticks(every=0.01, name="other")
    with temporary_settings({PACC_SERVER_SERVICES_LATE_RUNS_ENABLED: False}):
        keeping(ticks, other)
        wait_until(lambda: len(other.at) > 3)
    assert ticks.at == []


def test_all_loops_run_and_let_their_leases_go_when_the_block_is_over(store):
    before = set(threading.enumerate())  # flows of other tests may still have their own
    with keeping_house(store) as keeper:
        wait_until(lambda: len(leases.select(store)) == len(LOOPS))
    assert keeper.failures == 0
    assert leases.select(store) == []
    assert not any(thread.name == "pacc-housekeeper" for thread in set(threading.enumerate()) - before)


def test_names_of_loops_are_given_once():
    assert len({loop.name for loop in LOOPS}) == len(LOOPS)
