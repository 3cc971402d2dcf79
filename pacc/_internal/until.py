"""Waiting for something to happen, as an effect: a thread blocks, an event loop goes on with other things."""

from __future__ import annotations

import threading
from contextlib import suppress
from typing import TYPE_CHECKING

from pacc._internal.steps import Effect

if TYPE_CHECKING:
    from collections.abc import Callable


class Until(Effect):
    """Wait until something has happened, or until the time is up; answers whether it happened.

    Args:
        notify: called once, with a function to call when it has happened, from any thread; at once where it has already.
        timeout: seconds; without it there is no end.
    """

    __slots__ = ("notify", "timeout")

    def __init__(self, notify: Callable[[Callable[[], None]], None], timeout: float | None = None) -> None:
        self.notify = notify
        self.timeout = timeout

    def run(self) -> bool:
        """Block this thread."""
        happened = threading.Event()
        self.notify(happened.set)
        return happened.wait(self.timeout)

    async def arun(self) -> bool:
        """Let the loop do other things meanwhile."""
        import asyncio  # start-up: sync programs never pay for it

        loop = asyncio.get_running_loop()
        happened = asyncio.Event()

        def tell() -> None:
            with suppress(RuntimeError):  # the loop has ended; nobody waits any more
                loop.call_soon_threadsafe(happened.set)

        self.notify(tell)
        try:
            await asyncio.wait_for(happened.wait(), self.timeout)
        except TimeoutError:
            return False
        return True
