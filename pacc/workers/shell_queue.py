"""The process that executes the queue of shell commands: begun by whoever adds one while none is there, ended when none is left.

A lock names it. Who adds a command looks at the lock after the command is in the store; the process looks at the store after it has
let go of the lock. So no command is left waiting by both.
"""

from __future__ import annotations

import asyncio
import fcntl
import os
import subprocess
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from pacc.schemas.shell_queue import POOL
from pacc.services import shell_queue
from pacc.settings import get_current_settings
from pacc.store import open_store
from pacc.workers.process import ProcessWorker

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pacc.store import Store

LOCK = "shell.lock"
"""The file in the home by which there is one such process."""
LOG = "shell.log"
"""What it says; what commands say is in the logs of their runs."""
LINGER_SECONDS = 2.0
"""How long it stays when there is nothing to do."""
_LOOK_SECONDS = 0.25


def attend(store: Store) -> bool:
    """See to it that somebody executes the queue; return whether a process was started for that.

    Args:
        store: where the queue is.
    """
    if not shell_queue.has_work(store) or shell_queue.is_attended(store):
        return False
    with _lock(store.home) as mine:
        if not mine:
            return False
    log = os.open(store.home / LOG, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    try:
        settings = get_current_settings().to_environment_variables(exclude_unset=True)
        process = subprocess.Popen(  # noqa: S603 - our own command
            [sys.executable, "-m", __name__],
            env={**os.environ, **settings, "PACC_HOME": str(store.home)},
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    finally:
        os.close(log)
    process.returncode = 0  # it outlives this process, which need not wait for it
    return True


def main() -> None:
    """Execute the queue until nothing of it is left."""
    store = open_store(get_current_settings().home)
    while shell_queue.has_work(store):
        with _lock(store.home) as mine:
            if not mine:
                return
            if not asyncio.run(_execute(store)):
                return


async def _execute(store: Store) -> bool:
    """Execute what there is; return whether nothing was left, and not somebody told this process to stop."""
    worker = ProcessWorker(POOL, name=f"shell-queue {os.getpid()}")
    until = asyncio.create_task(_stopped(worker, store))
    try:
        await worker.start()
        return until.done()
    finally:
        until.cancel()


async def _stopped(worker: ProcessWorker, store: Store) -> None:
    """Stop the worker when nothing has been left for a while."""
    worked = time.monotonic()
    while time.monotonic() - worked < LINGER_SECONDS:
        await asyncio.sleep(_LOOK_SECONDS)
        if shell_queue.has_work(store):
            worked = time.monotonic()
    worker.stop()


@contextmanager
def _lock(home: Path) -> Iterator[bool]:
    """Hold the lock, or say that somebody else does."""
    descriptor = os.open(home / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True
    finally:
        os.close(descriptor)


if __name__ == "__main__":
    main()
