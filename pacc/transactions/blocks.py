"""Transactions as blocks of code: `with transaction()` and `async with atransaction()`."""

from __future__ import annotations

from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING, Any, Self

from pacc._internal.steps import adrive
from pacc.context import innermost

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Generator
    from types import TracebackType

    from pacc.results import ResultRecord, ResultStore
    from pacc.transactions.terms import CommitMode, IsolationLevel


from pacc.transactions.base import BaseTransaction, Transaction


class AsyncTransaction(BaseTransaction):
    """A transaction of asynchronous code."""

    async def begin(self) -> None:
        """Look whether the key is known."""
        await adrive(self.begin_steps())

    async def read(self) -> ResultRecord | None:
        """Return the record kept under the key, `None` where there is none."""
        if self.store is None or self.key is None:
            return None
        return self.found.record if self.found is not None else self.store.lookup(self.key).record

    async def commit(self) -> bool:
        """Commit now and say whether it is committed."""
        return await adrive(self.commit_steps())

    async def rollback(self) -> bool:
        """Undo now and say whether that was done."""
        return await adrive(self.rollback_steps())

    async def reset(self) -> None:
        """Stop being the active transaction."""
        self._deactivate()

    async def run_hook(self, hook: Callable[..., Any], hook_type: str) -> None:
        """Call one hook."""
        await adrive(self._call([hook], hook_type))

    async def __aenter__(self) -> Self:
        self.prepare_transaction()
        try:
            await self.begin()
        except BaseException:
            self._let_go()
            raise
        self._activate()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._deactivate()
        await adrive(self.leave_steps(error))


@contextmanager
def transaction(
    key: str | None = None,
    store: ResultStore | None = None,
    commit_mode: CommitMode | str | None = None,
    isolation_level: IsolationLevel | str | None = None,
    overwrite: bool = False,
    write_on_commit: bool = True,
    logger: Any = None,
) -> Generator[Transaction, None, None]:
    """Do what is inside wholly or not at all: an error undoes the tasks inside that completed.

    Args:
        key: what the staged value is kept under; if it is known already, the transaction is committed from the start.
        store: where it is kept; as the run has it unless given.
        commit_mode: when it commits; see `CommitMode`.
        isolation_level: `SERIALIZABLE` lets one transaction with the key work while others wait.
        overwrite: don't look whether the key is known.
        write_on_commit: whether the record is written at all.
        logger: told of hooks and errors.

    Raises:
        ConfigurationError: the isolation needs a lock manager, and there is none.

    >>> with transaction() as txn:  # doctest: +SKIP
    ...     write_file("hello")
    ...     check_quality()
    """
    made = Transaction(
        key=key,
        store=store,
        commit_mode=commit_mode,
        isolation_level=isolation_level,
        overwrite=overwrite,
        write_on_commit=write_on_commit,
        logger=logger or _logger_of_the_run(),
    )
    with made:
        yield made


@asynccontextmanager
async def atransaction(
    key: str | None = None,
    store: ResultStore | None = None,
    commit_mode: CommitMode | str | None = None,
    isolation_level: IsolationLevel | str | None = None,
    overwrite: bool = False,
    write_on_commit: bool = True,
    logger: Any = None,
) -> AsyncGenerator[AsyncTransaction, None]:
    """`transaction` for asynchronous code: hooks may be coroutines, and waiting for a key lets the event loop go on."""
    made = AsyncTransaction(
        key=key,
        store=store,
        commit_mode=commit_mode,
        isolation_level=isolation_level,
        overwrite=overwrite,
        write_on_commit=write_on_commit,
        logger=logger or _logger_of_the_run(),
    )
    async with made:
        yield made


def _logger_of_the_run() -> Any:
    context = innermost()
    return None if context is None else context.logger
