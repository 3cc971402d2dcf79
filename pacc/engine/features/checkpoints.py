"""Checkpoints: results of finished tasks and nested flows are kept until the flow run completes, and a retry reuses them.

A call is recognised by the task's key, by what called it, by how often it was called there before, and by its arguments. Each
process counts the calls anew, and so does each retry of a flow within its process, so the same code counts the same.
"""

from __future__ import annotations

import hashlib
import io
import json
import marshal
from _pickle import Pickler, dumps  # `pickle` itself takes 2 ms to load
from contextlib import suppress
from math import isfinite
from types import FunctionType
from typing import TYPE_CHECKING, Any
from uuid import UUID

from pacc._internal import seals
from pacc._internal.functions import code_digest
from pacc._internal.steps import Outcome
from pacc.context import TransactionContext
from pacc.engine.entrypoints import LOADED_PREFIX
from pacc.exceptions import MissingResult, SerializationError, StoreError, UntrustedResult
from pacc.schemas.states import State, StateDetails, StateType, Value
from pacc.services import checkpoints
from pacc.services.checkpoints import PARAMETERS
from pacc.settings import get_current_settings
from pacc.states import is_state_iterable
from pacc.store.errors import translate_os

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pacc.engine.flow_call import FlowCall
    from pacc.engine.task_run import TaskCall
    from pacc.services.live_runs import LiveFlowRun
    from pacc.store import Store

LARGEST = 64 << 10
"""Bytes up to which a pickled result is kept in the store."""

_LITTLE = 1 << 10
_MOST_WAITING = 8 << 20
_MOST_MEMBERS = 10_000
_PLAIN = frozenset({int, float, bool, type(None), complex})
_TEXTS = frozenset({str, bytes})
_MAY_HOLD_STATES = (State, list, tuple, set)
_NOTHING = b""


class Checkpoints:
    """What one flow run, and the nested ones within it, keep and find.

    Args:
        store: where it is kept.
        home: whose key seals it.
        run: the flow run that no other one called.
        module: the name of the module its flow is written in.
    """

    __slots__ = (
        "_home",
        "_module",
        "_reused",
        "_seals",
        "_store",
        "_waiting",
        "before",
        "flow_run_id",
        "made",
    )

    def __init__(self, store: Store, home: Path, run: LiveFlowRun, module: str) -> None:
        self._store = store
        self._home = home
        self._module = module
        self._seals: seals.Seals | None = None
        self._reused: set[str] = set()
        self._waiting = 0
        self.flow_run_id = run.id
        self.before = run.run_count
        """How often the flow run had started before this process; what was kept since then is not reused by it."""
        self.made = bool(self.before)
        """Whether anything may be kept of the flow run."""

    # -- keeping

    def keep(self, call: TaskCall, state: State[Any]) -> None:
        """Keep what a task returned, committed together with the end of its run; as soon as its transaction is, where it has one."""
        transaction = call.context.transaction
        if transaction is None or transaction.is_committed():
            call.run.journal_beside = self._row(call, call.run, state)
        else:
            transaction.when_kept = lambda: self._keep_now(call, state)

    def _keep_now(self, call: TaskCall, state: State[Any]) -> None:
        row = self._row(call, call.run, state)
        if row is not None:
            with suppress(StoreError):  # kept in the journal, which tells whoever comes next
                checkpoints.put(self._store, row)

    def keep_flow(self, call: FlowCall, state: State[Any]) -> None:
        """Keep what a nested flow returned, together with the end of the task run that stands for it."""
        if call.tracker is not None and TransactionContext.variable.get() is None:
            call.tracker.journal_beside = self._row(call, call.tracker, state)

    def _row(self, call: TaskCall | FlowCall, run: Any, state: State[Any]) -> tuple[object, ...] | None:
        """Return the row of a checkpoint, `None` where the result cannot be kept."""
        value = call.outcome.value
        if isinstance(value, _MAY_HOLD_STATES) and (isinstance(value, State) or is_state_iterable(value)):
            return None
        blob, reference = pickled(value), None
        if blob is None:
            reference = state.reference
            if reference is None:
                return None
        elif len(blob) > _LITTLE:
            self._mind(len(blob))
        key, number = call.context.place  # type: ignore[misc]  # set wherever there is a fingerprint
        return self._sealed(key, number, run.id, (call.fingerprint, blob, reference))

    def _sealed(self, key: str, number: int, run_id: str, content: tuple[Any, ...]) -> tuple[object, ...]:
        self.made = True
        sealed = self._own_seals().seal(self._where(key, number), marshal.dumps(content, 2))
        return (self.flow_run_id, key, number, run_id, self.before + 1, sealed)

    def _mind(self, size: int) -> None:
        """Large results on their way to the store take memory: let them get there."""
        self._waiting += size
        if self._waiting > _MOST_WAITING:
            self._waiting = 0
            self._store.journal.flush()

    def _where(self, key: str, number: int) -> str:
        return f"{self.flow_run_id}\0{key}\0{number}"

    def _own_seals(self) -> seals.Seals:
        if self._seals is None:
            try:
                self._seals = seals.Seals(self._home)
            except OSError as error:
                raise translate_os(error, self._home / seals.FILE_NAME) from error
        return self._seals

    def keep_parameters(self, parameters: dict[str, Any], owner: Any) -> None:
        """Keep the parameters of the flow run where JSON would not give them back as they are."""
        kept = {
            name: pickled(value)
            for name, value in parameters.items()
            if not _is_json(value) and (owner is None or value is not owner)
        }
        if kept:
            checkpoints.put(self._store, self._sealed(PARAMETERS, 0, "", (kept,)))

    # -- finding

    def look(self, call: TaskCall) -> State[Any] | None:
        """Return the state of a call whose result is kept, `None` where the task is to be run."""
        task = call.task
        if task.persist_result is False or (task.isgenerator and not call.gathers):
            return None
        inputs, opaque = fingerprint(call.parameters, task.owner)
        call.fingerprint = inputs
        if not self.before:
            return None
        found = self._found(call, opaque, json.loads(call.run.inputs) if opaque else {})
        if found is None:
            return None
        value, row = found
        self._reused.add(call.run.id)
        message = (
            f"The result of task run {row['run_name']!r} ({row['task_run_id']}) was reused by this retry."
        )
        call.context.logger.info("%s", message)
        return _reused(call, value, message, StateDetails(cached_from=UUID(row["task_run_id"])))

    def look_for_flow(self, call: FlowCall) -> State[Any] | None:
        """Return the state of a nested flow's call whose result is kept, `None` where the flow is to be run."""
        flow, tracker = call.flow, call.tracker
        if flow.persist_result is False or flow.isgenerator or tracker is None:
            return None
        inputs, opaque = fingerprint(call.parameters, flow.owner)
        call.fingerprint = inputs
        again = _is_kept_between_attempts(call)
        if again:
            self._store.journal.flush()
        elif not self.before:
            return None
        found = self._found(call, opaque, json.loads(tracker.inputs) if opaque else {}, again=again)
        if found is None:
            return None
        value, row = found
        self._reused.add(tracker.id)
        child = row["child_flow_run_id"]
        message = f"The result of flow run {row['run_name']!r} ({child}) was reused by this retry."
        parent: Any = call.context.parent
        parent.logger.info("%s", message)
        details = StateDetails(
            cached_from=UUID(row["task_run_id"]), child_flow_run_id=None if child is None else UUID(child)
        )
        return _reused(call, value, message, details)

    def _found(
        self,
        call: TaskCall | FlowCall,
        opaque: tuple[str, ...],
        sources: dict[str, Any],
        *,
        again: bool = False,
    ) -> tuple[Any, Any] | None:
        if call.context.place is None:
            return None
        key, number = call.context.place
        row = checkpoints.find(self._store, self.flow_run_id, key, number)
        if row is None or (row["run_count"] > self.before and not again):
            return None
        logger = call.context.logger
        try:
            inputs, blob, reference = self._opened(row)
            if inputs != call.fingerprint:
                logger.info("Not reused: its arguments are not those of the earlier attempt")
                return None
            anew = [name for name in opaque if not self._are_reused(sources.get(name, ()))]
            if anew:
                logger.info("Not reused: what made its argument %r was run again", anew[0])
                return None
            return self._value(blob, reference), row
        except _CANNOT as error:
            logger.warning("Not reused: %s", error)
            return None

    def _are_reused(self, sources: Any) -> bool:
        return all(source.get("id") in self._reused for source in sources)

    def _opened(self, row: Any) -> Any:
        try:
            content = self._own_seals().opened(self._where(row["task_key"], row["call"]), row["content"])
        except ValueError as error:
            if not get_current_settings().results.load_unverified:
                raise UntrustedResult(f"what was kept for a retry is not loaded: {error}") from None
            content = row["content"][seals.SIZE :]
        return marshal.loads(content)  # noqa: S302 - sealed

    def _value(self, blob: bytes | None, reference: str | None) -> Any:
        if blob is not None:
            return unpickled(blob, self._module)
        from pacc.results import read_reference  # start-up: few results are that large

        return read_reference(reference or "", retry=False, store=self._store)

    def parameters(self, stored: dict[str, Any]) -> dict[str, Any]:
        """Return the parameters a flow run was made with, put together from its row and from what was kept besides.

        Raises:
            UntrustedResult: they were not kept by this home. SerializationError: one cannot be given back.
        """
        row = checkpoints.find(self._store, self.flow_run_id, PARAMETERS, 0)
        if row is None:
            return stored
        kept: dict[str, bytes | None] = self._opened(row)[0]
        lost = [name for name, blob in kept.items() if blob is None]
        if lost:
            raise SerializationError(
                f"the parameter {lost[0]!r} is too large to be kept, or cannot be pickled, so the run cannot be retried",
                hint="Run the flow itself again.",
            )
        return stored | {
            name: unpickled(blob, self._module) for name, blob in kept.items() if blob is not None
        }


def _is_kept_between_attempts(call: FlowCall) -> bool:
    """Say whether a retry by the calling flow's own `retries` reuses the result: where it was asked to be kept."""
    parent = call.context.parent
    return bool(call.context.persist_result) and parent is not None and parent.run.retried > 0


_CANNOT = (UntrustedResult, MissingResult, SerializationError, StoreError, OSError)


def _reused(call: TaskCall | FlowCall, value: Any, message: str, details: StateDetails) -> State[Any]:
    call.outcome = Outcome(value)
    return State(
        type=StateType.COMPLETED,
        name="Cached",
        message=message,
        data=Value(None) if value is None else value,
        state_details=details,
    )


# -- values as bytes


class _TooLarge(Exception):
    """More than is kept in the store."""


class _Bounded:
    """A file that takes so many bytes and no more."""

    __slots__ = ("_left", "parts")

    def __init__(self) -> None:
        self.parts: list[bytes] = []
        self._left = LARGEST

    def write(self, data: Any) -> int:
        """Take some bytes."""
        size = len(data)
        self._left -= size
        if self._left < 0:
            raise _TooLarge
        self.parts.append(bytes(data))
        return size


def pickled(value: Any) -> bytes | None:
    """Return a value as bytes, `None` where they would be too many or it cannot be pickled.

    Classes are named and not spelled out, so that a retry gives objects of the class as it is then.
    """
    kind = value.__class__
    if kind in _PLAIN or (kind in _TEXTS and len(value) <= LARGEST // 4):
        return dumps(value, 5)
    return _bounded(value)


def _bounded(value: Any) -> bytes | None:
    target = _Bounded()
    try:
        Pickler(target, 5).dump(value)
    except _TooLarge:
        return None
    except Exception:  # noqa: BLE001 - pickling runs the code of users' classes
        return _spelled_out(value)
    return b"".join(target.parts)


def _spelled_out(value: Any) -> bytes | None:
    """Functions and classes that have no name of their own are pickled with their code."""
    import cloudpickle  # start-up: few results are such

    target = _Bounded()
    try:
        cloudpickle.CloudPickler(target, 5).dump(value)
    except Exception:  # noqa: BLE001 - as above
        return None
    return b"".join(target.parts)


def unpickled(blob: bytes, module: str) -> Any:
    """Return the value of bytes that were found to be as they were written.

    Args:
        blob: the bytes.
        module: where to look for what was written in the program itself, or in a file loaded by its path.

    Raises:
        SerializationError: they cannot be turned into it.
    """
    import pickle  # start-up: only a retry looks

    class Unpickler(pickle.Unpickler):
        def find_class(self, module_name: str, name: str) -> Any:
            own = module_name == "__main__" or module_name.startswith(LOADED_PREFIX)
            return super().find_class(module if own else module_name, name)

    try:
        return Unpickler(io.BytesIO(blob)).load()
    except Exception as error:
        raise SerializationError(f"what was kept cannot be turned into a value again: {error}") from error


# -- arguments as something to compare


def fingerprint(parameters: dict[str, Any], owner: Any = None) -> tuple[bytes, tuple[str, ...]]:
    """Return bytes that differ where the arguments of two calls differ, and the names of those that could not be looked into.

    Those are told apart by their types alone: objects that cannot be taken apart, such as connections, and whatever is large.

    Args:
        parameters: the arguments by name.
        owner: what a method is bound to; only its type counts.

    >>> fingerprint({"number": 1}) == fingerprint({"number": 2})
    False
    >>> fingerprint({"connection": object()})[1]
    ('connection',)
    """
    if not parameters:
        return _NOTHING, ()
    for value in parameters.values():
        kind = value.__class__
        if kind not in _PLAIN and not (kind in _TEXTS and len(value) <= LARGEST):
            return _looked_into(parameters, owner)
    return _digest(marshal.dumps(list(parameters.values()), 2)), ()


def _digest(data: bytes) -> bytes:
    return data if len(data) <= 16 else hashlib.blake2b(data, digest_size=16).digest()


def _looked_into(parameters: dict[str, Any], owner: Any) -> tuple[bytes, tuple[str, ...]]:
    told: list[Any] = []
    opaque = []
    for name, value in parameters.items():
        if value is owner and owner is not None:
            told.append(type(value).__qualname__)
            continue
        try:
            told.append(_Plain().of(value))
        except Exception:  # noqa: BLE001 - looking into a user's object runs its code
            told.append(["\0", type(value).__qualname__])
            opaque.append(name)
    return _digest(marshal.dumps(told, 2)), tuple(opaque)


class _Opaque(Exception):
    """A value cannot be looked into, or is too large for it."""


class _Plain:
    """Says a value in words that `marshal` writes the same in every process."""

    __slots__ = ("_left",)

    def __init__(self) -> None:
        self._left = _MOST_MEMBERS

    def of(self, value: Any) -> Any:
        """Return the value in plain words.

        Raises:
            Exception: it cannot be said, or only at length.
        """
        self._left -= 1
        if self._left < 0:
            raise _Opaque
        kind = type(value)
        if kind in _PLAIN:
            return value
        if kind in _TEXTS:
            return value if len(value) <= LARGEST else hashlib.blake2b(_bytes(value), digest_size=16).digest()
        if kind in _COLLECTIONS:
            return _COLLECTIONS[kind](self, value)
        return [kind.__qualname__, self._object(value, kind)]

    def _object(self, value: Any, kind: type) -> Any:
        if isinstance(value, type | FunctionType):
            return [value.__qualname__, code_digest(value)]
        if kind.__module__ in _TELLING or issubclass(kind, _telling()):
            return repr(value)
        if hasattr(kind, "model_fields") and hasattr(value, "model_dump"):
            return self.of(dict(vars(value)))
        if kind.__reduce__ is object.__reduce__ and kind.__reduce_ex__ is object.__reduce_ex__:
            return self._state(value, kind)
        blob = _bounded(value)
        if blob is None:
            raise _Opaque
        return blob

    def _state(self, value: Any, kind: type) -> Any:
        """An object of a class written in Python is what it holds, unless it holds nothing: then it may be anything."""
        state = value.__getstate__()
        if not state and not hasattr(kind, "__dataclass_fields__"):
            raise _Opaque
        return self.of(state)


def _bytes(value: Any) -> bytes:
    if len(value) > 16 * LARGEST:
        raise _Opaque
    return value if isinstance(value, bytes) else value.encode("utf-8", "surrogatepass")


_COLLECTIONS: dict[type, Callable[[_Plain, Any], Any]] = {
    list: lambda plain, value: [plain.of(member) for member in value],
    tuple: lambda plain, value: tuple([plain.of(member) for member in value]),
    dict: lambda plain, value: {"\0": [(plain.of(key), plain.of(member)) for key, member in value.items()]},
    set: lambda plain, value: ["\0set", *sorted(marshal.dumps(plain.of(member), 2) for member in value)],
    frozenset: lambda plain, value: ["\0frozen", *sorted(marshal.dumps(plain.of(each), 2) for each in value)],
}

_TELLING = frozenset({"datetime", "decimal", "uuid", "fractions", "zoneinfo", "ipaddress"})
"""Modules whose objects say all of themselves."""


def _telling() -> tuple[type, ...]:
    from enum import Enum
    from pathlib import PurePath

    return (Enum, PurePath)


def _is_json(value: Any) -> bool:
    """Say whether JSON gives a value back as it is; what holds itself, or one thing twice, it does not."""
    waiting, seen = [value], set()
    while waiting:
        part = waiting.pop()
        kind = type(part)
        if kind in (str, int, bool, type(None)) or (kind is float and isfinite(part)):
            continue
        if kind not in (list, dict) or id(part) in seen:
            return False
        seen.add(id(part))
        if kind is dict and not all(type(key) is str for key in part):
            return False
        waiting += part.values() if kind is dict else part
    return True
