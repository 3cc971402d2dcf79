"""Cache policies: what makes two calls of a task the same call.

A policy turns a call into a key. Calls with the same key share one result; no key means no caching. Policies add up
(`INPUTS + TASK_SOURCE`), and an argument can be taken out (`INPUTS - "debug"`).
"""

from __future__ import annotations

import inspect
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Self

from pacc._internal.functions import code_digest
from pacc._internal.hashing import digest_of, text_of
from pacc.exceptions import HashError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

__all__ = [
    "DEFAULT",
    "FLOW_PARAMETERS",
    "INPUTS",
    "NONE",
    "NO_CACHE",
    "RUN_ID",
    "STABLE_TRANSFORMS",
    "TASK_SOURCE",
    "CacheKeyFnPolicy",
    "CachePolicy",
    "CompoundCachePolicy",
    "FlowParameters",
    "Inputs",
    "RunId",
    "TaskSource",
    "source_of",
    "task_input_hash",
]

_CONFIGURED = ("key_storage", "isolation_level", "lock_manager")


def _sorted_columns(frame: Any) -> Any:
    return frame[sorted(frame.columns)]


STABLE_TRANSFORMS: dict[str, Callable[[Any], Any]] = {"pandas.core.frame.DataFrame": _sorted_columns}
"""For types by their full name: what to do to a value before it is hashed, so that equal values have equal keys."""


class CachePolicy:
    """How the key of a call is computed. Subclass it and write `compute_key`, or make one of a function with `from_cache_key_fn`.

    Args:
        key_storage: where the records that keys lead to are kept, apart from the results: a path or a file system.
        isolation_level: `SERIALIZABLE` lets one call compute while others with the same key wait.
        lock_manager: what they wait by.

    >>> (INPUTS + RUN_ID).configure(isolation_level="SERIALIZABLE").isolation_level
    'SERIALIZABLE'
    """

    def __init__(
        self, *, key_storage: Any = None, isolation_level: Any = None, lock_manager: Any = None
    ) -> None:
        self.key_storage = key_storage
        self.isolation_level = isolation_level
        self.lock_manager = lock_manager

    @classmethod
    def from_cache_key_fn(cls, cache_key_fn: Callable[[Any, dict[str, Any]], str | None]) -> CacheKeyFnPolicy:
        """Return a policy that asks a function, given the task run's context and the arguments by name."""
        return CacheKeyFnPolicy(cache_key_fn=cache_key_fn)

    def configure(
        self,
        key_storage: str | Path | Any | None = None,
        lock_manager: Any = None,
        isolation_level: Any = None,
    ) -> Self:
        """Return a copy that keeps its keys elsewhere, or lets calls wait for each other; see the class."""
        given = {
            "key_storage": key_storage,
            "isolation_level": isolation_level,
            "lock_manager": lock_manager,
        }
        return self._changed(**{name: value for name, value in given.items() if value is not None})

    def compute_key(
        self, task_ctx: Any, inputs: dict[str, Any], flow_parameters: dict[str, Any], **kwargs: Any
    ) -> str | None:
        """Return the key of a call, `None` where the call has none.

        Args:
            task_ctx: the task run's context.
            inputs: the arguments by name.
            flow_parameters: the parameters of the flow run around it.
            kwargs: what later releases may pass.

        Raises:
            HashError: an argument cannot be hashed.
        """
        raise NotImplementedError(f"{type(self).__name__} computes no key; write `compute_key`")

    def __sub__(self, other: str) -> CachePolicy:
        """Leave an argument out of the key; a policy that does not look at arguments stays as it is."""
        _require_name(other)
        return self

    def __add__(self, other: CachePolicy) -> CachePolicy:
        """Return a policy whose key changes when one of the two keys does.

        Raises:
            ValueError: the two are configured differently.
        """
        if not isinstance(other, CachePolicy):
            return NotImplemented
        if isinstance(other, _None):
            return self
        if isinstance(self, _None):
            return other
        return CompoundCachePolicy(policies=[self, other], **_joined([self, other]))

    def _changed(self, **changes: Any) -> Self:
        copy = object.__new__(type(self))
        copy.__dict__.update(self.__dict__)
        copy.__dict__.update(changes)
        return copy

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and self.__dict__ == other.__dict__

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        told = ", ".join(f"{name}={value!r}" for name, value in self.__dict__.items() if value)
        return f"{type(self).__name__}({told})"


class CacheKeyFnPolicy(CachePolicy):
    """The key is what a function returns.

    Args:
        cache_key_fn: called with the task run's context and the arguments by name; `None` from it means no caching.
        configured: see `CachePolicy`.
    """

    def __init__(
        self, cache_key_fn: Callable[[Any, dict[str, Any]], str | None] | None = None, **configured: Any
    ) -> None:
        super().__init__(**configured)
        self.cache_key_fn = cache_key_fn

    def compute_key(
        self,
        task_ctx: Any,
        inputs: dict[str, Any],
        flow_parameters: dict[str, Any],  # noqa: ARG002 - every policy is asked the same way
        **kwargs: Any,  # noqa: ARG002
    ) -> str | None:
        """Return what the function returns."""
        return None if self.cache_key_fn is None else self.cache_key_fn(task_ctx, inputs)


class CompoundCachePolicy(CachePolicy):
    """Several policies at once; made by `+`. Those inside are laid out flat, and all `INPUTS` become one, the last.

    Args:
        policies: the policies.
        configured: see `CachePolicy`.
    """

    def __init__(self, policies: Iterable[CachePolicy] = (), **configured: Any) -> None:
        super().__init__(**configured)
        self.policies: list[CachePolicy] = _laid_out(policies)

    def compute_key(
        self, task_ctx: Any, inputs: dict[str, Any], flow_parameters: dict[str, Any], **kwargs: Any
    ) -> str | None:
        """Return the digest of all members' keys in order; members without a key don't count."""
        asked = (policy.compute_key(task_ctx, inputs, flow_parameters, **kwargs) for policy in self.policies)
        keys = [key for key in asked if key is not None]
        return digest_of(*keys) if keys else None

    def __sub__(self, other: str) -> CachePolicy:
        """Leave an argument out of the `INPUTS` inside."""
        _require_name(other)
        return self._changed(policies=[policy - other for policy in self.policies])


class _None(CachePolicy):
    """No call has a key."""

    def compute_key(
        self,
        task_ctx: Any,  # noqa: ARG002 - every policy is asked the same way
        inputs: dict[str, Any],  # noqa: ARG002
        flow_parameters: dict[str, Any],  # noqa: ARG002
        **kwargs: Any,  # noqa: ARG002
    ) -> str | None:
        """Return no key."""
        return None

    def __repr__(self) -> str:
        return "NO_CACHE"


class TaskSource(CachePolicy):
    """The key changes with the text of the task's function, where there is no text with its bytecode."""

    def compute_key(
        self,
        task_ctx: Any,
        inputs: dict[str, Any],  # noqa: ARG002 - every policy is asked the same way
        flow_parameters: dict[str, Any],  # noqa: ARG002
        **kwargs: Any,  # noqa: ARG002
    ) -> str | None:
        """Return the digest of the function's source."""
        return digest_of(source_of(task_ctx.task))


class FlowParameters(CachePolicy):
    """The key changes with the parameters of the flow run around the task."""

    def compute_key(
        self,
        task_ctx: Any,  # noqa: ARG002 - every policy is asked the same way
        inputs: dict[str, Any],  # noqa: ARG002
        flow_parameters: dict[str, Any],
        **kwargs: Any,  # noqa: ARG002
    ) -> str | None:
        """Return the digest of the flow's parameters, `None` where there are none."""
        return _digest_by_name(flow_parameters, "the flow's parameter") if flow_parameters else None


class RunId(CachePolicy):
    """The key is the flow run's id, outside of flows the task run's own: results are shared within one run."""

    def compute_key(
        self,
        task_ctx: Any,
        inputs: dict[str, Any],  # noqa: ARG002 - every policy is asked the same way
        flow_parameters: dict[str, Any],  # noqa: ARG002
        **kwargs: Any,  # noqa: ARG002
    ) -> str | None:
        """Return the id."""
        run = getattr(task_ctx, "run", None) or task_ctx.task_run
        return str(run.flow_run_id or run.id)


class Inputs(CachePolicy):
    """The key changes with the task's arguments.

    Args:
        exclude: names of arguments that don't count; `INPUTS - "name"` adds one.
        configured: see `CachePolicy`.
    """

    def __init__(self, exclude: Sequence[str] = (), **configured: Any) -> None:
        super().__init__(**configured)
        self.exclude: list[str] = list(exclude)

    def compute_key(
        self,
        task_ctx: Any,  # noqa: ARG002 - every policy is asked the same way
        inputs: dict[str, Any],
        flow_parameters: dict[str, Any],  # noqa: ARG002
        **kwargs: Any,  # noqa: ARG002
    ) -> str | None:
        """Return the digest of the arguments that count, `None` where there are none."""
        counted = {name: value for name, value in inputs.items() if name not in self.exclude}
        return _digest_by_name(counted, "the argument") if counted else None

    def __sub__(self, other: str) -> CachePolicy:
        """Leave an argument out of the key."""
        _require_name(other)
        return self._changed(exclude=_united(self.exclude, [other]))


def _laid_out(policies: Iterable[CachePolicy]) -> list[CachePolicy]:
    flat: list[CachePolicy] = []
    for policy in policies:
        flat += policy.policies if isinstance(policy, CompoundCachePolicy) else [policy]
    inputs = [policy for policy in flat if isinstance(policy, Inputs)]
    others = [policy for policy in flat if not isinstance(policy, Inputs | _None)]
    if not inputs:
        return others
    excluded = _united(*(policy.exclude for policy in inputs))
    return [*others, Inputs(exclude=excluded, **_joined(inputs))]


def _united(*lists: Iterable[str]) -> list[str]:
    return sorted({name for names in lists for name in names})


def _joined(policies: Sequence[CachePolicy]) -> dict[str, Any]:
    """Return the configuration of several policies as one.

    Raises:
        ValueError: two of them say different things.
    """
    joined: dict[str, Any] = {}
    for name in _CONFIGURED:
        for value in (getattr(policy, name) for policy in policies):
            if value is None:
                continue
            if joined.setdefault(name, value) != value:
                raise ValueError(
                    f"these cache policies cannot be added: `{name}` is {joined[name]!r} in one and {value!r} in the other"
                )
    return joined


def _require_name(other: object) -> None:
    if not isinstance(other, str):
        raise TypeError(f"only the name of an argument can be subtracted from a cache policy, not {other!r}")


def _digest_by_name(values: Mapping[str, Any], what: str) -> str:
    return digest_of([[name, _hashable(name, values[name], what)] for name in sorted(values)])


def _hashable(name: str, value: Any, what: str) -> str:
    kind = type(value)
    transform = STABLE_TRANSFORMS.get(f"{kind.__module__}.{kind.__qualname__}")
    try:
        return text_of(value if transform is None else transform(value))
    except TypeError as error:
        raise HashError(f"{what} {name!r} (a {kind.__name__}) cannot be hashed") from error


def source_of(task: Any) -> str:
    """Return the text of a task's function, a digest of its bytecode where the text cannot be read."""
    try:
        return _source(task.fn)
    except TypeError:  # a callable object that cannot be hashed
        return code_digest(task.fn)


@lru_cache(maxsize=4096)
def _source(fn: Any) -> str:
    try:
        return inspect.getsource(fn)
    except (TypeError, OSError):
        return code_digest(fn)


def task_input_hash(context: Any, arguments: dict[str, Any]) -> str | None:
    """Return a key of the task's code and its arguments, for `cache_key_fn=task_input_hash`.

    Args:
        context: the task run's context.
        arguments: the arguments by name.

    Raises:
        HashError: an argument cannot be hashed.
    """
    task = context.task
    return digest_of(task.task_key, code_digest(task.fn), _digest_by_name(arguments, "the argument"))


INPUTS = Inputs()
"""The same arguments."""

NO_CACHE = _None()
"""Never."""

NONE = NO_CACHE
"""Another name of `NO_CACHE`."""

TASK_SOURCE = TaskSource()
"""The same code."""

FLOW_PARAMETERS = FlowParameters()
"""The same parameters of the flow."""

RUN_ID = RunId()
"""The same run."""

DEFAULT = INPUTS + TASK_SOURCE + RUN_ID
"""The same arguments and code in the same flow run."""
