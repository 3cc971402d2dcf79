"""The same promises for all three kinds of lock."""

from __future__ import annotations

import asyncio
import threading
import time

import pytest

from pacc.locking.filesystem import FileSystemLockManager
from pacc.locking.memory import MemoryLockManager
from pacc.locking.store import StoreLockManager


@pytest.fixture(params=["memory", "files", "store"])
def locks(request, tmp_path, pacc_home):
    if request.param == "memory":
        return MemoryLockManager()
    if request.param == "files":
        return FileSystemLockManager(tmp_path / "locks")
    return StoreLockManager(pacc_home)


@pytest.fixture
def key(request):
    return f"key of {request.node.name}/../\n"


def test_one_holder_has_a_lock_and_others_wait_as_long_as_they_say(locks, key):
    assert locks.acquire_lock(key, "me")
    assert locks.acquire_lock(key, "me")
    assert locks.is_locked(key)
    assert locks.is_lock_holder(key, "me")
    assert not locks.is_lock_holder(key, "you")
    start = time.monotonic()
    assert not locks.acquire_lock(key, "you", acquire_timeout=0.05)
    assert 0.04 < time.monotonic() - start < 20
    locks.release_lock(key, "me")
    assert not locks.is_locked(key)
    assert locks.acquire_lock(key, "you", acquire_timeout=0)
    locks.release_lock(key, "you")


def test_only_the_holder_can_let_go(locks, key):
    with pytest.raises(ValueError, match="does not hold"):
        locks.release_lock(key, "me")
    locks.acquire_lock(key, "me")
    with pytest.raises(ValueError, match="'you' does not hold"):
        locks.release_lock(key, "you")
    locks.release_lock(key, "me")


def test_a_lock_held_too_long_is_free(locks, key):
    assert locks.acquire_lock(key, "me", hold_timeout=0.05)
    assert locks.acquire_lock(key, "you", acquire_timeout=5)
    locks.release_lock(key, "you")


def test_who_waits_goes_on_when_the_lock_is_let_go(locks, key):
    locks.acquire_lock(key, "me")
    threading.Timer(0.05, locks.release_lock, (key, "me")).start()
    assert not locks.wait_for_lock(key, timeout=0.01)
    assert locks.wait_for_lock(key, timeout=10)


def test_coroutines_wait_without_holding_up_the_loop(locks, key):
    locks.acquire_lock(key, "me")

    async def main():
        waiting = asyncio.create_task(locks.aacquire_lock(key, "you"))
        await asyncio.sleep(0.02)
        assert not waiting.done()
        assert not await locks.await_for_lock(key, timeout=0.01)
        locks.release_lock(key, "me")
        assert await waiting
        locks.release_lock(key, "you")
        assert await locks.await_for_lock(key)

    asyncio.run(main())


def test_twenty_threads_are_never_two_at_once(locks, key):
    inside, most = 0, 0

    def work(name):
        nonlocal inside, most
        for _ in range(3):
            assert locks.acquire_lock(key, name, acquire_timeout=60)
            inside += 1
            most = max(most, inside)
            time.sleep(0.001)
            inside -= 1
            locks.release_lock(key, name)

    threads = [threading.Thread(target=work, args=(f"thread {number}",)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == 1


@pytest.mark.parametrize(
    "make",
    [
        "from pacc.locking.filesystem import FileSystemLockManager as M; locks = M({folder!r})",
        "from pacc.locking.store import StoreLockManager as M; locks = M()",
    ],
)
def test_the_lock_of_a_killed_process_is_free(processes, tmp_path, pacc_home, make):
    text = make.format(folder=str(tmp_path / "locks"))
    script = processes.script(
        f"{text}\nlocks.acquire_lock('key', 'dead')\nprint('has it', flush=True)\nimport time\ntime.sleep(60)"
    )
    import sys

    process = processes.start(sys.executable, script)
    assert process.stdout.readline() == "has it\n"
    locks = FileSystemLockManager(tmp_path / "locks") if "filesystem" in make else StoreLockManager(pacc_home)
    assert locks.is_locked("key")
    assert not locks.acquire_lock("key", "me", acquire_timeout=0.05)
    process.kill()
    process.wait()
    assert not locks.is_locked("key")
    assert locks.acquire_lock("key", "me", acquire_timeout=5)
    locks.release_lock("key", "me")


def test_managers_of_the_same_locks_are_equal(tmp_path):
    assert MemoryLockManager() is MemoryLockManager()
    assert FileSystemLockManager(tmp_path) == FileSystemLockManager(tmp_path)
    assert FileSystemLockManager(tmp_path) != FileSystemLockManager(tmp_path / "other")
    assert StoreLockManager() == StoreLockManager()
