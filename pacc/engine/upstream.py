"""Which run did this value come from: states and futures found in arguments, and results recognised by identity."""

from __future__ import annotations

import sys
import threading
from collections import deque
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from pacc._internal.annotations import BaseAnnotation, allow_failure, opaque, quote
from pacc.engine.members import with_members
from pacc.exceptions import ParameterTypeError
from pacc.schemas.flow_runs import FlowRun
from pacc.schemas.states import State
from pacc.schemas.task_runs import TaskRun
from pacc.types.futures import FutureLike

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_PLAIN = frozenset({str, int, float, bool, bytes, complex, type(None)})
_UNTRACKED = frozenset({bool, type(None), type(Ellipsis), type(NotImplemented)})
_SMALL_INTEGERS = range(-5, 257)
_MEMBERS_TRACKED = 256
_WAIT_FOR = "wait_for"
_ONLY_OURS = 3
"""References to a value nobody else holds: the registry's entry, the loop's name, the argument of the count."""


class Registry:
    """Remembers which run made which value, for as long as someone else still holds the value.

    Values are recognised by identity, so one must be kept alive while it is remembered, or another value could get its id. What
    nobody else holds any more cannot be passed to a task again: each call looks at the two oldest entries and drops such ones, so
    the memory of a flow run does not grow with the number of its tasks.
    """

    __slots__ = ("_by_identity", "_lock", "_order")

    def __init__(self) -> None:
        self._by_identity: dict[int, tuple[Any, str, str]] = {}
        self._order: deque[int] = deque()
        self._lock = threading.Lock()  # submitted tasks end in many threads

    def remember(self, value: Any, kind: str, run_id: str) -> None:
        """Note that a run (`task_run` or `flow_run`, and its id) made this value and the members of this collection."""
        self._add(value, kind, run_id)
        if type(value) in (list, tuple, set, dict) and value:
            for member in _some_members(value):
                self._add(member, kind, run_id)

    def source(self, value: Any) -> tuple[str, str] | None:
        """Return the kind and id of the run that made a value, `None` where no run of this flow run did."""
        entry = self._by_identity.get(id(value))
        return None if entry is None else entry[1:]

    def __len__(self) -> int:
        return len(self._by_identity)

    def _add(self, value: Any, kind: str, run_id: str) -> None:
        if not trackable(value):
            return
        key = id(value)
        with self._lock:
            if key not in self._by_identity:
                self._order.append(key)
            self._by_identity[key] = (value, kind, run_id)
            self._tidy()
            self._tidy()

    def _tidy(self) -> None:
        key = self._order.popleft()
        value = self._by_identity[key][0]
        if sys.getrefcount(value) <= _ONLY_OURS:
            del self._by_identity[key]
        else:
            self._order.append(key)


def trackable(value: Any) -> bool:
    """Say whether a value's identity tells anything: there is one `None`, one `True` and one of each small integer."""
    return type(value) not in _UNTRACKED and not (type(value) is int and value in _SMALL_INTEGERS)


def _some_members(value: Any) -> Iterable[Any]:
    members = value.values() if type(value) is dict else value
    if len(members) <= _MEMBERS_TRACKED:
        return members
    return [member for member, _ in zip(members, range(_MEMBERS_TRACKED), strict=False)]


class Upstream:
    """What resolving the arguments of one call found out."""

    __slots__ = ("awaited", "blocking", "inputs", "path")

    def __init__(self) -> None:
        self.path: set[int] = set()
        """The collections being looked into, by identity: one may hold itself."""
        self.inputs: dict[str, list[dict[str, str]]] = {}
        """For each parameter the runs its argument came from, as the store keeps them."""
        self.blocking: State[Any] | None = None
        """The first upstream state that did not complete and was not allowed to fail."""
        self.awaited: list[FutureLike] = []
        """The futures whose runs are not over: wait for them, and resolve again."""

    def add(self, parameter: str, kind: str, run_id: str) -> None:
        """Note that a parameter's argument came from a run."""
        entry = {"input_type": kind, "id": run_id}
        known = self.inputs.setdefault(parameter, [])
        if entry not in known:
            known.append(entry)


def is_plain(value: Any) -> bool:
    """Say whether a value can hide no state: a string or number, or a collection of nothing else."""
    kind = type(value)
    if kind in _PLAIN:
        return True
    if kind in (list, tuple, set, frozenset):
        return _PLAIN.issuperset(map(type, value))
    return kind is dict and _PLAIN.issuperset(map(type, value.values()))


def resolve(
    parameters: dict[str, Any], registry: Registry | None, wait_for: Any, owner: Any = None
) -> tuple[dict[str, Any], Upstream]:
    """Replace states and futures in arguments by their results and find out which runs the arguments came from.

    Args:
        parameters: the bound arguments by name.
        registry: the values that runs of the flow run made, `None` outside flows.
        wait_for: more states that must have completed, without passing data: one, or a collection of them.
        owner: what a method is bound to; it is passed as it is.

    Returns:
        The arguments to call with, and what was found. If `awaited` is not empty there, they are not all known yet; if
        `blocking` is set, the call must not be made.

    Raises:
        ParameterTypeError: a run's record was passed where a value was meant.
    """
    found = Upstream()
    resolved = {}
    for name, value in parameters.items():
        if registry is not None and len(registry):
            _note_sources(name, value, registry, found)
        resolved[name] = (
            value
            if is_plain(value) or value is owner
            else _resolve(name, value, found, failures_allowed=False)
        )
    if wait_for is not None:
        if registry is not None:
            _note_sources(_WAIT_FOR, wait_for, registry, found)
        _resolve(_WAIT_FOR, wait_for, found, failures_allowed=False)
    return resolved, found


def kept(wait_for: Any) -> Any:
    """Return what a call waits for as something that can be gone through more than once."""
    return list(wait_for) if isinstance(wait_for, Iterator) else wait_for


def unfinished(values: Any) -> list[FutureLike]:
    """Return the futures in a value, however deep, whose runs are not over."""
    awaited: list[FutureLike] = []

    def note(future: FutureLike) -> Any:
        if future.last_state() is None:
            awaited.append(future)
        return future

    _with_futures(values, note, set())
    return awaited


def portable(value: Any) -> Any:
    """Return a value with the futures in it that only this process can ask replaced by their states."""
    return _with_futures(value, lambda future: future if future.is_anywhere else future.state, set())


def with_states(value: Any) -> Any:
    """Return a value with the futures in it, however deep, replaced by their states."""
    return _with_futures(value, lambda future: future.state, set())


def with_results(value: Any) -> Any:
    """Return a value with the futures in it, however deep, replaced by what their runs returned."""
    return _with_futures(value, lambda future: future.state.result(), set())


def _with_futures(value: Any, change: Callable[[FutureLike], Any], path: set[int]) -> Any:
    if is_plain(value) or id(value) in path:
        return value
    if isinstance(value, FutureLike):
        return change(value)
    if isinstance(value, BaseAnnotation):
        inner = value.unwrap()
        changed = inner if isinstance(value, quote) else _with_futures(inner, change, path)
        return value if changed is inner else value.rewrap(changed)
    path.add(id(value))
    try:
        return with_members(value, lambda member: _with_futures(member, change, path))
    finally:
        path.discard(id(value))


def _note_sources(name: str, value: Any, registry: Registry, found: Upstream) -> None:
    if isinstance(value, BaseAnnotation):
        value = value.unwrap()
    for candidate in (value, *(_some_members(value) if type(value) in (list, tuple, set, dict) else ())):
        source = registry.source(candidate) if trackable(candidate) else None
        if source is not None:
            found.add(name, *source)


def _resolve(name: str, value: Any, found: Upstream, *, failures_allowed: bool) -> Any:
    if is_plain(value):
        return value
    if isinstance(value, BaseAnnotation):
        return _resolve_annotated(name, value, found, failures_allowed=failures_allowed)
    if isinstance(value, State):
        return _resolve_state(name, value, found, failures_allowed=failures_allowed)
    if isinstance(value, FutureLike):
        return _resolve_future(name, value, found, failures_allowed=failures_allowed)
    if isinstance(value, FlowRun | TaskRun):
        kind = type(value).__name__
        raise ParameterTypeError(
            f"parameter {name!r} got a {kind} record; wrap it in `opaque(...)` to pass it as it is"
        )
    if id(value) in found.path:
        return value
    found.path.add(id(value))
    try:
        return with_members(
            value, lambda member: _resolve(name, member, found, failures_allowed=failures_allowed)
        )
    finally:
        found.path.discard(id(value))


def _resolve_annotated(
    name: str, value: BaseAnnotation[Any], found: Upstream, *, failures_allowed: bool
) -> Any:
    inner = value.unwrap()
    if isinstance(value, quote):
        return inner
    if isinstance(value, opaque):
        is_run = isinstance(inner, State | FutureLike)
        return _resolve(name, inner, found, failures_allowed=failures_allowed) if is_run else inner
    allowed = failures_allowed or isinstance(value, allow_failure)
    return _resolve(name, inner, found, failures_allowed=allowed)


def _resolve_future(name: str, future: FutureLike, found: Upstream, *, failures_allowed: bool) -> Any:
    """Return what a future's run returned. Only a task that may get the failure counts as having looked at it."""
    state = future.last_state()
    if state is None:
        found.awaited.append(future)
        return None
    if failures_allowed:
        state = future.state
    return _resolve_state(name, state, found, failures_allowed=failures_allowed)


def _resolve_state(name: str, state: State[Any], found: Upstream, *, failures_allowed: bool) -> Any:
    details = state.state_details
    if details.task_run_id is not None:
        found.add(name, "task_run", str(details.task_run_id))
    elif details.flow_run_id is not None:
        found.add(name, "flow_run", str(details.flow_run_id))
    if state.is_completed():
        return None if name == _WAIT_FOR else state.result()
    if failures_allowed and state.is_failed():
        return state.result(raise_on_failure=False)
    if failures_allowed and state.is_pending():
        return None
    found.blocking = found.blocking or state
    return None
