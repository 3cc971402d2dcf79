"""Concurrency limits: never more inside than there are slots, first come first served, and none can leak."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import threading
import time
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest

from pacc import flow, get_client, task
from pacc.concurrency import asyncio as aslots
from pacc.concurrency.sync import concurrency, rate_limit
from pacc.concurrency.v1.sync import concurrency as of_tags
from pacc.engine import place
from pacc.exceptions import (
    AcquireConcurrencySlotTimeoutError,
    ConcurrencySlotAcquisitionError,
    ObjectNotFound,
)
from pacc.services import concurrency_limits as limits
from pacc.services.concurrency_slots import release


@pytest.fixture
def store():
    return place.current().store


def taken(store, name):
    return limits.read(store, name).active_slots


def test_slots_are_held_within_the_block_and_free_after_it(store):
    limits.put(store, "database", 3)
    with concurrency("database", occupy=2):
        assert taken(store, "database") == 2
    assert taken(store, "database") == 0


def test_an_error_in_the_block_frees_its_slots(store):
    limits.put(store, "database", 1)
    with pytest.raises(ValueError, match="no"), concurrency("database"):
        raise ValueError("no")
    assert taken(store, "database") == 0


def test_several_limits_are_taken_together_or_not_at_all(store):
    limits.put(store, "a", 1)
    limits.put(store, "b", 1)
    with concurrency("b"):
        with pytest.raises(AcquireConcurrencySlotTimeoutError), concurrency(["a", "b"], timeout_seconds=0.05):
            pass
        assert taken(store, "a") == 0
    with concurrency(["a", "b"]):
        assert (taken(store, "a"), taken(store, "b")) == (1, 1)


def test_a_limit_that_does_not_exist_limits_nothing_and_says_so(caplog):
    with concurrency("nowhere"):
        pass
    assert 'no concurrency limit "nowhere"' in caplog.text


def test_a_limit_that_does_not_exist_is_an_error_where_that_was_asked_for(store):
    limits.put(store, "here", 1)
    with (
        pytest.raises(ConcurrencySlotAcquisitionError, match='no concurrency limit "nowhere"'),
        concurrency(["here", "nowhere"], strict=True),
    ):
        pass
    assert taken(store, "here") == 0


@pytest.mark.parametrize("occupy", [0, -1, 1.5, "two"])
def test_a_number_of_slots_that_makes_no_sense_is_refused(occupy):
    with (
        pytest.raises(ConcurrencySlotAcquisitionError, match="whole number"),
        concurrency("x", occupy=occupy),
    ):
        pass


def test_more_slots_than_there_are_can_never_be_had(store):
    limits.put(store, "small", 2)
    with pytest.raises(ConcurrencySlotAcquisitionError, match="never"), concurrency("small", occupy=3):
        pass


def test_a_limit_that_is_switched_off_lets_everyone_through(store):
    limits.put(store, "off", 1, active=False)
    with concurrency("off"), concurrency("off"):
        assert taken(store, "off") == 0


def test_no_retry_means_no_waiting(store):
    limits.put(store, "one", 1)
    with (
        concurrency("one"),
        pytest.raises(ConcurrencySlotAcquisitionError, match="no retry"),
        concurrency("one", max_retries=0),
    ):
        pass


def test_a_waiter_is_awake_soon_after_a_release(store):
    limits.put(store, "one", 1)
    woken = []

    def wait():
        with concurrency("one"):
            woken.append(time.monotonic())

    with concurrency("one"):
        waiter = threading.Thread(target=wait)
        waiter.start()
        time.sleep(0.2)
        assert woken == []
        released = time.monotonic()
    waiter.join(10)
    assert woken[0] - released < 2  # 0.2 on a quiet machine; benchmarks/concurrency_limits.py measures it


def test_who_came_first_is_served_first(store):
    limits.put(store, "one", 1)
    order = []

    def wait(number):
        with concurrency("one"):
            order.append(number)

    with concurrency("one"), ThreadPoolExecutor(8) as pool:
        waiting = []
        for number in range(8):
            waiting.append(pool.submit(wait, number))
            time.sleep(0.03)
        release(store, limits.slots(store, limits.read(store, "one").id)[0].lease_id)
        for each in waiting:
            each.result(20)
    assert order == list(range(8))


def test_many_threads_are_never_more_inside_than_there_are_slots(store):
    limits.put(store, "two", 2)
    guard, inside, most = threading.Lock(), 0, 0

    def work():
        nonlocal inside, most
        with concurrency("two"):
            with guard:
                inside += 1
                most = max(most, inside)
            time.sleep(0.005)
            with guard:
                inside -= 1

    with ThreadPoolExecutor(12) as pool:
        for each in [pool.submit(work) for _ in range(30)]:
            each.result(30)
    assert most == 2
    assert taken(store, "two") == 0


def test_an_event_loop_goes_on_while_its_tasks_wait_for_slots(store):
    limits.put(store, "two", 2)
    inside, most, ticks = 0, 0, 0

    async def work():
        nonlocal inside, most
        async with aslots.concurrency("two"):
            inside += 1
            most = max(most, inside)
            await asyncio.sleep(0.01)
            inside -= 1

    async def tick():
        nonlocal ticks
        while True:
            ticks += 1
            await asyncio.sleep(0.005)

    async def main():
        ticking = asyncio.create_task(tick())
        await asyncio.wait_for(asyncio.gather(*(work() for _ in range(40))), 60)
        ticking.cancel()

    asyncio.run(main())
    assert most == 2
    assert ticks > 10


def test_a_waiter_that_is_cancelled_leaves_the_line(store):
    limits.put(store, "one", 1)

    async def use():
        async with aslots.concurrency("one"):
            return "used"

    async def main():
        async with aslots.concurrency("one"):
            impatient, patient = asyncio.create_task(use()), asyncio.create_task(use())
            await asyncio.sleep(0.1)
            impatient.cancel()
            await asyncio.gather(impatient, return_exceptions=True)
        return await asyncio.wait_for(patient, 20)

    assert asyncio.run(main()) == "used"
    assert taken(store, "one") == 0


HOLDER = """
import sys, time
from pacc.concurrency.sync import concurrency
with concurrency("one"):
    print("inside", flush=True)
    time.sleep(60)
"""


def test_a_killed_holder_gives_its_slots_back_at_once(store, processes):
    limits.put(store, "one", 1)
    holder = processes.start(sys.executable, processes.script(HOLDER))
    assert holder.stdout.readline().strip() == "inside"
    with pytest.raises(AcquireConcurrencySlotTimeoutError), concurrency("one", timeout_seconds=0.1):
        pass
    holder.send_signal(signal.SIGKILL)
    holder.wait(10)
    with concurrency("one", timeout_seconds=20):
        assert taken(store, "one") == 1


CROWD = """
import os, sys, time
from pathlib import Path
from pacc.concurrency.sync import concurrency
folder, rounds, seconds = Path(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])
for _ in range(rounds):
    with concurrency("five"):
        mark = folder / str(os.getpid())
        mark.touch()
        print(len(os.listdir(folder)), flush=True)
        time.sleep(seconds)
        mark.unlink()
"""


def crowd(processes, folder, *, size, rounds, seconds):
    """Run processes that all want slots of `five`; return how many were inside each time somebody came in."""
    script = processes.script(CROWD)
    words = [str(folder), str(rounds), str(seconds)]
    started = [processes.start(sys.executable, script, *words) for _ in range(size)]
    ended = [processes.finish(process, timeout=600) for process in started]
    assert [each.code for each in ended] == [0] * size, next(each.output for each in ended if each.code)
    return [int(line) for each in ended for line in each.stdout.split()]


@pytest.mark.parametrize(
    ("size", "rounds"), [(8, 5), pytest.param(200, 10, marks=pytest.mark.soak)], ids=["quick", "soak"]
)
def test_many_processes_are_never_more_inside_than_there_are_slots(store, processes, tmp_path, size, rounds):
    limits.put(store, "five", 5)
    folder = tmp_path / "inside"
    folder.mkdir()
    counts = crowd(processes, folder, size=size, rounds=rounds, seconds=0.01)
    assert len(counts) == size * rounds
    assert max(counts) <= 5
    assert taken(store, "five") == 0


@pytest.mark.skipif(sys.platform == "win32", reason="forks")
def test_a_forked_child_leaves_the_slots_of_its_parent_alone(store):
    limits.put(store, "one", 1)
    with concurrency("one"):
        child = os.fork()
        if not child:
            os._exit(0 if taken(store, "one") == 1 else 1)
        assert os.waitpid(child, 0)[1] == 0
        assert taken(store, "one") == 1


def test_a_rate_is_limited_by_decay(store):
    limits.put(store, "api", 2, slot_decay_per_second=20)
    began = time.monotonic()
    for _ in range(6):
        rate_limit("api", timeout_seconds=20)
    assert time.monotonic() - began >= 0.19  # two at once, then one each 50 ms


def test_a_rate_needs_a_decay(store):
    limits.put(store, "plain", 2)
    with pytest.raises(ConcurrencySlotAcquisitionError, match="no slot decay"):
        rate_limit("plain")


def test_awaiting_code_is_limited_alike(store):
    limits.put(store, "api", 1, slot_decay_per_second=1)

    async def main():
        await aslots.rate_limit("api")
        with pytest.raises(AcquireConcurrencySlotTimeoutError):
            await aslots.rate_limit("api", timeout_seconds=0.05)

    asyncio.run(main())


def test_a_limit_tells_which_run_holds_its_slots(store):
    limits.put(store, "one", 1)
    seen = []

    @task
    def hold():
        with concurrency("one"):
            seen.append(limits.slots(store, limits.read(store, "one").id)[0].holder)

    @flow
    def holding():
        hold()
        with concurrency("one"):
            seen.append(limits.slots(store, limits.read(store, "one").id)[0].holder)

    holding()
    assert [holder.type for holder in seen] == ["task_run", "flow_run"]


def test_tasks_with_a_limited_tag_wait_for_each_other(store):
    limits.put(store, "tag:database", 1)
    guard, inside, most = threading.Lock(), 0, 0

    @task(tags=["database", "free"])
    def query():
        nonlocal inside, most
        with guard:
            inside += 1
            most = max(most, inside)
        time.sleep(0.01)
        with guard:
            inside -= 1

    @flow
    def querying():
        for each in [query.submit() for _ in range(6)]:
            each.result()

    querying()
    assert most == 1
    assert taken(store, "tag:database") == 0


def test_a_task_holds_its_slot_between_its_retries(store):
    limits.put(store, "tag:database", 1)
    seen = []

    def look(task_, run, state):
        seen.append(taken(store, "tag:database"))
        return True

    @task(tags=["database"], retries=1, retry_condition_fn=look)
    def query():
        raise ValueError("no")

    @flow
    def querying():
        return query(return_state=True)

    querying(return_state=True)
    assert seen == [1]
    assert taken(store, "tag:database") == 0


def test_a_tag_limit_of_nothing_lets_no_task_through(store):
    limits.put(store, "tag:closed", 0)

    @task(tags=["closed"])
    def never():
        raise AssertionError("it ran")

    @flow
    def trying():
        never(return_state=True)

    with pytest.raises(ConcurrencySlotAcquisitionError, match="never"):
        trying()


def test_the_older_spelling_takes_the_limits_of_tags(store):
    from uuid import uuid4

    limits.put(store, "tag:database", 1)
    with of_tags("database", uuid4()):
        assert taken(store, "tag:database") == 1


# -- the client's methods without a lease -----------------------------------------------------------------------------


def test_a_client_takes_slots_and_gives_back_only_what_it_took(store):
    limits.put(store, "five", 5)
    client = get_client(sync_client=True)
    assert [each.name for each in client.increment_concurrency_slots(["five"], 3, "concurrency")] == ["five"]
    with concurrency("five"):
        assert taken(store, "five") == 4
        with pytest.raises(ConcurrencySlotAcquisitionError, match='too few free slots of "five"'):
            client.increment_concurrency_slots(["five"], 2, "concurrency")
        client.release_concurrency_slots(["five"], 3, 0.1)
        assert taken(store, "five") == 1
        with pytest.raises(ObjectNotFound, match='took no such slots of "five"'):
            client.release_concurrency_slots(["five"], 1, 0.1)


def test_a_client_takes_slots_of_tags_for_a_task_run(store):
    limits.put(store, "tag:database", 1)
    run = uuid.uuid4()

    async def in_async_code():
        async with get_client() as client:
            assert [each.name for each in await client.increment_v1_concurrency_slots(["database"], run)] == [
                "tag:database"
            ]
            (held,) = limits.slots(store, limits.read(store, "tag:database").id)
            assert held.holder is not None
            assert held.holder.id == run
            with pytest.raises(ConcurrencySlotAcquisitionError, match='too few free slots of "tag:database"'):
                await client.increment_v1_concurrency_slots(["database"], uuid.uuid4())
            await client.decrement_v1_concurrency_slots(["database"], run, 0.1)

    asyncio.run(in_async_code())
    assert taken(store, "tag:database") == 0
