"""A transaction: what it stages, commits and undoes, in steps for both colours; and the one this code is in."""

from __future__ import annotations

import copy
import logging
import threading
import uuid
from typing import TYPE_CHECKING, Any

from pacc._internal.annotations import NotSet
from pacc.context import TaskRunContext, TransactionContext
from pacc.exceptions import ConfigurationError, SerializationError
from pacc.results import ResultRecord, ResultStore, get_result_store

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextvars import Token
    from types import TracebackType
    from typing import Self

    from pacc._internal.steps import Steps
    from pacc.results import Found

from pacc._internal.steps import drive
from pacc.transactions.effects import Hook, Lock
from pacc.transactions.terms import CommitMode, IsolationLevel, TransactionState

_log = logging.getLogger("pacc.transactions")

_ENDED = frozenset({TransactionState.COMMITTED, TransactionState.ROLLED_BACK})


class BaseTransaction:
    """What transactions of both colours have in common. Made by `transaction()` and `atransaction()`.

    Args:
        store: where the record is kept.
        key: what the record is kept under; a transaction whose key is known already is committed when it is entered.
        children: transactions inside this one.
        commit_mode: when it commits; as the one around it, else lazily.
        isolation_level: what transactions with the same key see of each other; as the one around it.
        state: how far it is.
        on_commit_hooks, on_rollback_hooks: called with the transaction.
        overwrite: don't look whether the key is known.
        logger: told of hooks and errors.
        write_on_commit: whether the record is written at all.
    """

    def __init__(
        self,
        *,
        store: ResultStore | None = None,
        key: str | None = None,
        children: list[BaseTransaction] | None = None,
        commit_mode: CommitMode | str | None = None,
        isolation_level: IsolationLevel | str | None = None,
        state: TransactionState = TransactionState.PENDING,
        on_commit_hooks: list[Callable[..., Any]] | None = None,
        on_rollback_hooks: list[Callable[..., Any]] | None = None,
        overwrite: bool = False,
        logger: Any = None,
        write_on_commit: bool = True,
    ) -> None:
        self.store = store
        self.key = key
        self.children = list(children or ())
        self.commit_mode = None if commit_mode is None else CommitMode(commit_mode)
        self.isolation_level = None if isolation_level is None else IsolationLevel(isolation_level)
        self.state = state
        self.on_commit_hooks = list(on_commit_hooks or ())
        self.on_rollback_hooks = list(on_rollback_hooks or ())
        self.overwrite = overwrite
        self.logger = logger or _log
        self.write_on_commit = write_on_commit
        self.parent: BaseTransaction | None = None
        self.task_context: Any = None
        """The task run it was entered in."""
        self.found: Found | None = None
        """What looking for the key came to."""
        self.when_undone: Callable[[], None] | None = None
        """Called when it was undone, after its hooks."""
        self.when_kept: Callable[[], None] | None = None
        """Called when it is committed."""
        self.failure: Exception | None = None
        """Why it could not be committed."""
        self._staged: Any = NotSet
        self.values: dict[str, Any] = {}
        """What was set; `get` looks here."""
        self._token: Token[Any] | None = None
        self._holder: str | None = None
        self._holds = False
        self._ending = False
        self._turn = threading.Lock()

    @property
    def holder(self) -> str:
        """Who holds the lock of its key: everything inside one outermost transaction is one holder."""
        if self.parent is not None:
            return self.parent.holder
        if self._holder is None:
            self._holder = uuid.uuid4().hex
        return self._holder

    # -- values

    def set(self, name: str, value: Any) -> None:
        """Keep a value in the transaction, for its hooks and for the transactions inside."""
        self.values[name] = value

    def get(self, name: str, default: Any = NotSet) -> Any:
        """Return a copy of a value kept here, or in a transaction around.

        Raises:
            ValueError: there is none of that name, and no default.
        """
        level: BaseTransaction | None = self
        while level is not None:
            if name in level.values:
                return copy.deepcopy(level.values[name])
            level = level.parent
        if default is NotSet:
            raise ValueError(f"nothing is kept under the name {name!r} in this transaction")
        return default

    # -- how far it is

    def is_pending(self) -> bool:
        """Whether it was not entered yet."""
        return self.state is TransactionState.PENDING

    def is_active(self) -> bool:
        """Whether it was entered."""
        return self.state is TransactionState.ACTIVE

    def is_staged(self) -> bool:
        """Whether something is staged, to be kept when it commits."""
        return self.state is TransactionState.STAGED

    def is_committed(self) -> bool:
        """Whether it is committed."""
        return self.state is TransactionState.COMMITTED

    def is_rolled_back(self) -> bool:
        """Whether it was undone."""
        return self.state is TransactionState.ROLLED_BACK

    def get_parent(self) -> BaseTransaction | None:
        """Return the transaction around."""
        return self.parent

    @classmethod
    def get_active(cls) -> BaseTransaction | None:
        """Return the transaction this is called in."""
        return get_transaction()

    # -- what it does

    def add_child(self, transaction: BaseTransaction) -> None:
        """Take in a transaction that was entered inside this one."""
        self.children.append(transaction)

    def stage(
        self,
        value: Any,
        on_rollback_hooks: list[Callable[..., Any]] | None = None,
        on_commit_hooks: list[Callable[..., Any]] | None = None,
    ) -> None:
        """Stage a value, to be kept when the transaction commits; one that has ended takes nothing more.

        Args:
            value: the value, or a whole record.
            on_rollback_hooks: hooks to add, called when the transaction is undone.
            on_commit_hooks: hooks to add, called when it commits.
        """
        if self.state in _ENDED:
            return
        self.on_rollback_hooks += on_rollback_hooks or []
        self.on_commit_hooks += on_commit_hooks or []
        self._staged = value
        self.state = TransactionState.STAGED

    def on_commit(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Callable[..., Any]:
        """Have a function called when the transaction commits: with the arguments given here, without any with the transaction.

        Raises:
            TypeError: it cannot be called.
        """
        self.on_commit_hooks.append(_called_with("on_commit", fn, args, kwargs))
        return fn

    def on_rollback(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Callable[..., Any]:
        """Have a function called when the transaction is undone: with the arguments given here, without any with the transaction.

        Raises:
            TypeError: it cannot be called; perhaps it was called already: write `on_rollback(fn, argument)`.

        >>> with transaction() as txn:  # doctest: +SKIP
        ...     txn.on_rollback(os.unlink, "half-written.txt")
        """
        self.on_rollback_hooks.append(_called_with("on_rollback", fn, args, kwargs))
        return fn

    def prepare_transaction(self) -> None:
        """Find the transaction around and take from it what this one does not say itself.

        Raises:
            ConfigurationError: the isolation needs a lock manager, and there is none.
        """
        self.task_context = TaskRunContext.get()
        self.join(get_transaction())

    def join(self, parent: BaseTransaction | None) -> None:
        """Become a child of a transaction, or one of its own; see `prepare_transaction`."""
        self.parent = parent
        if parent is not None:
            self.store = self.store or parent.store
            self.commit_mode = self.commit_mode or parent.commit_mode
            self.isolation_level = self.isolation_level or parent.isolation_level
        self.commit_mode = self.commit_mode or CommitMode.LAZY
        self.isolation_level = self.isolation_level or IsolationLevel.READ_COMMITTED
        if self.key and self.store is None:
            self.store = get_result_store()
        if self.key and self.store and not self.store.supports_isolation_level(self.isolation_level):
            raise ConfigurationError(
                f"the isolation level {self.isolation_level} needs a lock manager",
                hint="Give the cache policy or the result store one, e.g. pacc.locking.memory.MemoryLockManager().",
            )
        if parent is not None:
            parent.add_child(self)

    # -- as steps, for both colours

    def begin_steps(self) -> Steps[None]:
        """Take the key's lock where the isolation asks for it, and look whether the key is known."""
        self.state = TransactionState.ACTIVE
        if self.key is None or self.store is None:
            return
        if self.isolation_level is IsolationLevel.SERIALIZABLE:
            self._holds = True  # before it is so, or an interruption in between would leave it locked
            yield Lock(self.store, self.key, self.holder, self.logger)
        if self.overwrite:
            return
        self.found = self.store.lookup(self.key)
        if self.found.record is not None:
            self.state = TransactionState.COMMITTED
            self._let_go()

    def leave_steps(self, error: BaseException | None) -> Steps[None]:
        """End what was entered: undo it after an error, commit it if it is this one's to commit."""
        parent = self.parent
        if error is not None or (parent is not None and parent.is_rolled_back()):
            yield from self.rollback_steps()
        elif self.commit_mode is CommitMode.EAGER:
            yield from self.commit_steps()
        elif parent is None and self.commit_mode is CommitMode.OFF:
            yield from self.rollback_steps()
        elif parent is None or parent.is_committed():  # a submitted task may end after the block around it
            yield from self.commit_steps()
        if parent is not None and self.is_rolled_back():
            yield from parent.rollback_all_steps()

    def commit_steps(self) -> Steps[bool]:
        """Commit the children, call the hooks, write the record; undo everything where one of these fails."""
        if not self._may_end():
            self._let_go()
            return self.is_committed()
        try:
            for child in self.children:
                yield from child.commit_steps()
                _require_committed(child)
            yield from self._call(self.on_commit_hooks, "commit")
            self._write()
        except Exception as error:  # noqa: BLE001 - hooks and storages are other people's; it is reported, and undone
            self._tell_failed(error)
            self._ending = False
            yield from self.rollback_steps()
            return False
        self.state = TransactionState.COMMITTED
        if self.when_kept is not None:
            self.when_kept()
        self._let_go()
        return True

    def rollback_steps(self) -> Steps[bool]:
        """Call the hooks, the last one first, then undo the children, the last one first."""
        if not self._may_end():
            self._let_go()
            return False
        try:
            yield from self._call(self.on_rollback_hooks[::-1], "rollback")
            self.state = TransactionState.ROLLED_BACK
            if self.when_undone is not None:
                self.when_undone()
            for child in self.children[::-1]:
                yield from child.rollback_steps()
        except Exception as error:  # a hook is other people's; it is reported, and ends the undoing
            self.failure = error
            self.state = TransactionState.ROLLED_BACK
            self.logger.exception(
                "Undoing %s stopped at this error; what was left to undo is not undone", self.named
            )
            return False
        finally:
            self._let_go()
        return True

    def withdraw_steps(self) -> Steps[None]:
        """Undo this one alone and leave the transaction around it: another attempt will take its place."""
        yield from self.rollback_steps()
        if self.parent is not None and self in self.parent.children:
            self.parent.children.remove(self)

    def rollback_all_steps(self) -> Steps[None]:
        """Undo this one and those around it."""
        yield from self.rollback_steps()
        if self.parent is not None and self.is_rolled_back():
            yield from self.parent.rollback_all_steps()

    def _may_end(self) -> bool:
        with self._turn:
            if self._ending or self.state in _ENDED:
                return False
            self._ending = True
            return True

    def _call(self, hooks: list[Callable[..., Any]], kind: str) -> Steps[None]:
        for hook in hooks:
            name = getattr(hook, "__name__", None) or repr(hook)
            self.logger.info("Running %s hook %r", kind, name)
            try:
                yield Hook(hook, self)
            except Exception:
                self.logger.exception("An error was raised by the %s hook %r", kind, name)
                raise
            self.logger.info("%s hook %r finished running successfully", kind.capitalize(), name)

    def _write(self) -> None:
        if self._staged is NotSet or self.key is None or self.store is None or not self.write_on_commit:
            return
        record = self._staged
        if not isinstance(record, ResultRecord):
            record = self.store.create_result_record(record, self.key)
        self.store.persist_result_record(record, self.holder if self._holds else None, key=self.key)

    def _tell_failed(self, error: Exception) -> None:
        self.failure = error
        if isinstance(error, _ChildFailed):
            self.logger.error("%s is undone: %s", self.named.capitalize(), error)
        elif isinstance(error, SerializationError):
            self.logger.warning("%s is not committed, and undone: %s", self.named.capitalize(), error)
        else:
            self.logger.error(
                "%s could not be committed, and is undone: %s", self.named.capitalize(), _sentence(error)
            )

    @property
    def named(self) -> str:
        """What messages call it."""
        return f"the transaction {self.key!r}" if self.key else "the transaction"

    def _let_go(self) -> None:
        if self._holds and self.store is not None and self.key is not None:
            self._holds = False
            if self.store.is_lock_holder(self.key, self.holder):
                self.store.release_lock(self.key, self.holder)

    # -- being the active one

    def _activate(self) -> None:
        self._token = TransactionContext.variable.set(self)

    def _deactivate(self) -> None:
        if self._token is not None:
            TransactionContext.variable.reset(self._token)
            self._token = None


class _ChildFailed(Exception):
    """A transaction inside could not be committed."""


def _require_committed(child: BaseTransaction) -> None:
    if child.is_rolled_back():
        raise _ChildFailed(f"{child.named} inside it could not be committed")


class Transaction(BaseTransaction):
    """A transaction of synchronous code."""

    def begin(self) -> None:
        """Look whether the key is known."""
        drive(self.begin_steps())

    def read(self) -> ResultRecord | None:
        """Return the record kept under the key, `None` where there is none."""
        if self.store is None or self.key is None:
            return None
        return self.found.record if self.found is not None else self.store.lookup(self.key).record

    def commit(self) -> bool:
        """Commit now and say whether it is committed."""
        return drive(self.commit_steps())

    def rollback(self) -> bool:
        """Undo now and say whether that was done."""
        return drive(self.rollback_steps())

    def reset(self) -> None:
        """Stop being the active transaction."""
        self._deactivate()

    def run_hook(self, hook: Callable[..., Any], hook_type: str) -> None:
        """Call one hook."""
        drive(self._call([hook], hook_type))

    def __enter__(self) -> Self:
        self.prepare_transaction()
        try:
            self.begin()
        except BaseException:
            self._let_go()
            raise
        self._activate()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._deactivate()
        drive(self.leave_steps(error))


def get_transaction() -> BaseTransaction | None:
    """Return the transaction this is called in, `None` outside of any.

    A task run is a transaction of its own; that of one with nothing to keep or undo is made when it is asked for.
    """
    around: BaseTransaction | None = TransactionContext.variable.get()
    task_context = TaskRunContext.get()
    if task_context is None or (around is not None and around.task_context is task_context):
        return around
    if task_context.transaction is None:
        own = Transaction(logger=task_context.logger)
        own.join(around)
        own.begin()
        task_context.transaction = own
    return task_context.transaction  # type: ignore[no-any-return]


def _called_with(
    option: str, fn: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
) -> Callable[..., Any]:
    if not callable(fn):
        raise TypeError(
            f"`{option}` takes a function and its arguments, {option}(fn, argument); {fn!r} cannot be called"
        )
    if not args and not kwargs:
        return fn

    def hook(transaction: BaseTransaction) -> Any:  # noqa: ARG001 - hooks are called with it
        return fn(*args, **kwargs)

    hook.__name__ = getattr(fn, "__name__", repr(fn))
    return hook


def _sentence(error: Exception) -> str:
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
