"""Waiting as effects: a thread blocks, an event loop goes on with other things."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pacc._internal.steps import Effect
from pacc._internal.until import Until

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pacc.types.futures import FutureLike


class WaitFor(Effect):
    """Wait until all of some futures are done."""

    __slots__ = ("futures",)

    def __init__(self, futures: Sequence[FutureLike]) -> None:
        self.futures = futures

    def run(self) -> None:
        """Block this thread."""
        for future in self.futures:
            future.wait()

    async def arun(self) -> None:
        """Let the loop do other things meanwhile."""
        for future in self.futures:
            if future.last_state() is None:
                future.hurry()
                await Until(_end_of(future)).arun()


def _end_of(future: FutureLike) -> Callable[[Callable[[], None]], None]:
    return lambda tell: future.add_done_callback(lambda _: tell())


class Aside(Effect):
    """Call something of ours that blocks; in an event loop it gets a thread of its own."""

    __slots__ = ("args", "fn")

    def __init__(self, fn: Callable[..., Any], *args: Any) -> None:
        self.fn = fn
        self.args = args

    def run(self) -> Any:
        """Call it in this thread."""
        return self.fn(*self.args)

    async def arun(self) -> Any:
        """Call it in another thread and wait for it."""
        import asyncio  # start-up

        return await asyncio.to_thread(self.fn, *self.args)
