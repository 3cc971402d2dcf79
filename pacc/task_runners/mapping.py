"""Which calls `task.map(...)` makes: what is mapped over, what stays the same."""

from __future__ import annotations

import inspect
from io import IOBase
from typing import TYPE_CHECKING, Any

from pacc._internal.annotations import BaseAnnotation, allow_failure, unmapped
from pacc.exceptions import MappingLengthMismatch, MappingMissingIterable, UpstreamTaskError
from pacc.schemas.states import State
from pacc.types.futures import FutureLike

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pacc.engine.parameters import Binder

_SCALARS = (str, bytes, bytearray, IOBase)
_POSITIONALS = inspect.Parameter.VAR_POSITIONAL
_KEYWORDS = inspect.Parameter.VAR_KEYWORD


def calls_of(binder: Binder, parameters: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the arguments of each call, by name and in the function's order.

    Iterables are mapped over, dictionaries over their keys; text, bytes, files and what is marked `unmapped` are the same in every
    call, and so are defaults. A future or state that stands for an argument is waited for, and its result mapped over.

    Args:
        binder: knows the function's parameters.
        parameters: the arguments given, `*args` as one tuple and `**kwargs` as one mapping.

    Raises:
        MappingLengthMismatch: the iterables differ in length. MappingMissingIterable: there is none.
        UpstreamTaskError: what was to be mapped over did not complete.
    """
    lengths: dict[str, int] = {}
    parts = {
        name: _part(name, parameter, parameters, lengths)
        for name, parameter in binder.signature.parameters.items()
    }
    count = _common(lengths)
    for number in range(count):
        yield {name: part(number) for name, part in parts.items()}


def _part(
    name: str, parameter: inspect.Parameter, parameters: dict[str, Any], lengths: dict[str, int]
) -> Callable[[int], Any]:
    """Return how to get one parameter's argument of the n-th call, noting the length where it is mapped."""
    if name not in parameters:
        return _default(parameter)
    given = parameters[name]
    if parameter.kind is _POSITIONALS:
        several = [_argument(f"{name}[{place}]", value, lengths) for place, value in enumerate(given)]
        return lambda number: tuple(one(number) for one in several)
    if parameter.kind is _KEYWORDS:
        named = {key: _argument(key, value, lengths) for key, value in given.items()}
        return lambda number: {key: one(number) for key, one in named.items()}
    return _argument(name, given, lengths)


def _default(parameter: inspect.Parameter) -> Callable[[int], Any]:
    if parameter.kind is _POSITIONALS:
        return lambda _: ()
    if parameter.kind is _KEYWORDS:
        return lambda _: {}
    return lambda _: parameter.default


def _argument(name: str, value: Any, lengths: dict[str, int]) -> Callable[[int], Any]:
    if isinstance(value, unmapped):
        static = value.unwrap()
        return lambda _: static
    if isinstance(value, allow_failure):
        inner = value.unwrap()
        if isinstance(inner, unmapped):
            marked = allow_failure(inner.unwrap())
            return lambda _: marked
        one = _argument(name, _settled(inner, failures_allowed=True), lengths)
        return lambda number: allow_failure(one(number))
    if isinstance(value, BaseAnnotation):
        return lambda _: value
    return _mapped(name, _settled(value), lengths)


def _mapped(name: str, value: Any, lengths: dict[str, int]) -> Callable[[int], Any]:
    if isinstance(value, _SCALARS):
        return lambda _: value
    try:
        elements = list(value)
    except TypeError:
        return lambda _: value
    lengths[name] = len(elements)
    return elements.__getitem__


def _settled(value: Any, *, failures_allowed: bool = False) -> Any:
    """Return what a future or state stands for: it has to be known before it can be mapped over."""
    if isinstance(value, FutureLike):
        value.wait()
        value = value.state
    if not isinstance(value, State):
        return value
    if value.is_completed():
        return value.result()
    if failures_allowed and value.is_failed():
        return value.result(raise_on_failure=False)
    run_id = value.state_details.task_run_id
    raise UpstreamTaskError(
        f"there is nothing to map over: the upstream task run '{run_id}' ended as {value.name!r}, not 'Completed'"
    )


def _common(lengths: dict[str, int]) -> int:
    if not lengths:
        raise MappingMissingIterable(
            "none of the arguments can be mapped over; pass a list to `.map`, or call the task, or use `.submit`"
        )
    if len(set(lengths.values())) > 1:
        listed = ", ".join(f"{name!r} has {length}" for name, length in lengths.items())
        raise MappingLengthMismatch(f"the arguments to map over differ in length: {listed}")
    return next(iter(lengths.values()))
