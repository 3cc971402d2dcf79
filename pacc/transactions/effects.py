"""What a transaction waits for, as effects: its hooks, of either colour, and the lock of its key."""

from __future__ import annotations

from inspect import isawaitable
from typing import TYPE_CHECKING, Any

from pacc._internal.steps import Effect, run_in_own_loop
from pacc.context import TransactionContext

if TYPE_CHECKING:
    from collections.abc import Callable

    from pacc.results import ResultStore
    from pacc.transactions.base import BaseTransaction


_SILENT = 10.0
"""Seconds a transaction waits for a lock before it says so, each time anew."""


class Hook(Effect):
    """Call a hook of either colour, outside of the transaction it belongs to."""

    __slots__ = ("fn", "transaction")

    def __init__(self, fn: Callable[..., Any], transaction: BaseTransaction) -> None:
        self.fn = fn
        self.transaction = transaction

    def run(self) -> None:
        """Call it; a coroutine gets an event loop of its own."""
        token = TransactionContext.variable.set(None)
        try:
            value = self.fn(self.transaction)
            if isawaitable(value):
                run_in_own_loop(value)
        finally:
            TransactionContext.variable.reset(token)

    async def arun(self) -> None:
        """Call it and wait for what it promises."""
        token = TransactionContext.variable.set(None)
        try:
            value = self.fn(self.transaction)
            if isawaitable(value):
                await value
        finally:
            TransactionContext.variable.reset(token)


class Lock(Effect):
    """Wait for the lock of a key."""

    __slots__ = ("holder", "key", "logger", "store")

    def __init__(self, store: ResultStore, key: str, holder: str, logger: Any) -> None:
        self.store = store
        self.key = key
        self.holder = holder
        self.logger = logger

    def run(self) -> None:
        """Block this thread."""
        while not self.store.acquire_lock(self.key, self.holder, _SILENT):
            self._say()

    async def arun(self) -> None:
        """Let the event loop do other things meanwhile."""
        while not await self.store.aacquire_lock(self.key, self.holder, _SILENT):
            self._say()

    def _say(self) -> None:
        self.logger.info("Waiting for someone else who has the lock of the key %r", self.key)
