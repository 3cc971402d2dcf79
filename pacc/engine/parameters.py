"""The arguments of a flow or task: bound to names, checked against type hints, and written down."""

from __future__ import annotations

import inspect
import math
import types
import typing
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from pacc._internal.functions import called
from pacc.engine.block_parameters import with_blocks
from pacc.exceptions import ParameterBindError, ParameterTypeError, ReservedArgumentError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

RESERVED = ("return_state", "wait_for")
MAXIMUM_SIZE = 524_288
"""Bytes of one run's parameters that the store keeps; a larger one is named by type and size."""

_EXACT = frozenset({str, int, float, bool, bytes, list, tuple, set, dict})
"""Hints that a value of exactly that type fits, whatever is in it."""

_PLAIN = inspect.Parameter.POSITIONAL_OR_KEYWORD
_NAMED = (_PLAIN, inspect.Parameter.KEYWORD_ONLY)


def check_names(signature: inspect.Signature, function: str) -> None:
    """Refuse a function that declares a parameter pacc takes for itself.

    Raises:
        ReservedArgumentError: it does.
    """
    taken = [name for name in RESERVED if name in signature.parameters]
    if taken:
        raise ReservedArgumentError(
            f"{function!r} declares a parameter {taken[0]!r}, which pacc uses itself; rename it"
        )


class Binder:
    """Fits the arguments of calls to one function's parameters, and back.

    Most calls are to functions of a few plain parameters; for these the names are zipped with the values, which takes a tenth of
    what the general way takes.
    """

    __slots__ = ("_defaults", "_names", "_simple", "function", "signature")

    def __init__(self, fn: Callable[..., Any], function: str) -> None:
        self.function = function
        try:
            self.signature = inspect.signature(fn)
        except ValueError:
            raise TypeError(
                f"{fn!r} does not tell its parameters; call it from a function of your own"
            ) from None
        parameters = self.signature.parameters.values()
        self._names = tuple(self.signature.parameters)
        self._simple = all(parameter.kind is _PLAIN for parameter in parameters)
        self._defaults = {
            parameter.name: parameter.default
            for parameter in parameters
            if parameter.default is not parameter.empty
        }

    def bind(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any]:
        """Return the arguments of a call by parameter name, defaults filled in, `**kwargs` kept as one mapping.

        Raises:
            ParameterBindError: they do not fit.
        """
        if self._simple and not kwargs and len(args) == len(self._names):
            return dict(zip(self._names, args, strict=True))
        try:
            bound = self.signature.bind(*args, **kwargs)
        except TypeError as error:
            raise ParameterBindError(self._misfit(error, args, kwargs)) from None
        if self._defaults or not self._simple:
            bound.apply_defaults()
        return bound.arguments

    def bind_given(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any]:
        """Return the arguments of a call by parameter name, without the defaults of those that were not given.

        Raises:
            ParameterBindError: they do not fit.
        """
        try:
            return self.signature.bind(*args, **kwargs).arguments
        except TypeError as error:
            raise ParameterBindError(self._misfit(error, args, kwargs)) from None

    def _misfit(self, error: TypeError, args: tuple[Any, ...], kwargs: dict[str, Any]) -> str:
        expected = ", ".join(self._names) or "none"
        given = f"{len(args)} positional arguments" + (f" and the names {sorted(kwargs)}" if kwargs else "")
        return (
            f"cannot call {self.function!r}: {error}; its parameters are: {expected}; the call gave {given}"
        )

    def call_with(self, parameters: Mapping[str, Any]) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """Turn bound parameters back into the positional and keyword arguments of a call."""
        if self._simple and len(parameters) == len(self._names):
            return tuple(parameters.values()), {}
        args: list[Any] = []
        kwargs: dict[str, Any] = {}
        for name, value in ((name, parameters[name]) for name in self._names if name in parameters):
            kind = self.signature.parameters[name].kind
            if kind is inspect.Parameter.VAR_POSITIONAL:
                args.extend(value)
            elif kind is inspect.Parameter.VAR_KEYWORD:
                kwargs.update(value)
            elif kind is inspect.Parameter.KEYWORD_ONLY:
                kwargs[name] = value
            else:
                args.append(value)
        return tuple(args), kwargs


class Validator:
    """Checks the parameters of one function against its type hints, as pydantic does (`"3"` becomes `3` for `int`).

    pydantic is not even imported where every value already is exactly what its hint says.

    Args:
        fn: the function; its hints are resolved when they are first needed.
        signature: the function's signature.
    """

    __slots__ = ("_fn", "_hints", "_model", "_signature")

    def __init__(self, fn: Callable[..., Any], signature: inspect.Signature) -> None:
        self._fn = fn
        self._signature = signature
        self._hints: dict[str, Any] | None = None
        self._model: Any = None

    def validated(self, parameters: dict[str, Any]) -> dict[str, Any]:
        """Return bound parameters checked and coerced, and saved blocks where `{"$ref": ...}` stands for one.

        Raises:
            ParameterTypeError: one does not fit; the message names each, and says why.
        """
        parameters = with_blocks(parameters)
        if self._hints is None:
            self._hints = resolved_hints(self._fn)
        hints, kinds = self._hints, self._signature.parameters
        if all(
            _fits_exactly(hints.get(name, Any), value, kinds[name].kind) for name, value in parameters.items()
        ):
            return parameters
        return self._coerced(parameters)

    def prepare(self) -> None:
        """Make what checking is likely to need, for a process that forks those who check."""
        self._hints = resolved_hints(self._fn)
        if any(hint is not Any for hint in self._hints.values()):
            with suppress(ParameterTypeError):  # whoever checks is told
                self._coerced({})

    def _coerced(self, parameters: dict[str, Any]) -> dict[str, Any]:
        from pydantic import ValidationError  # start-up
        from pydantic.errors import PydanticUserError

        fields = {name: f"p{number}" for number, name in enumerate(self._signature.parameters)}
        try:
            if self._model is None:
                self._model = self._new_model(fields)
            given = {fields[name]: value for name, value in parameters.items() if not _is_field(value)}
            checked = self._model(**given)
        except ValidationError as error:
            raise ParameterTypeError(
                _sentence(error, {field: name for name, field in fields.items()})
            ) from None
        except (PydanticUserError, TypeError) as error:
            raise ParameterTypeError(f"the flow's type hints cannot be checked: {error}") from error
        return {name: getattr(checked, fields[name]) for name in parameters}

    def _new_model(self, fields: dict[str, str]) -> Any:
        """Return a model with a field for each parameter, under names no parameter can clash with."""
        from pydantic import ConfigDict, create_model  # start-up

        hints = self._hints or {}
        described: dict[str, Any] = {
            fields[name]: (
                _annotation(hints.get(name, Any), parameter.kind),
                parameter.default if _is_field(parameter.default) else ...,
            )
            for name, parameter in self._signature.parameters.items()
        }
        config = ConfigDict(arbitrary_types_allowed=True, populate_by_name=True)
        return create_model("Parameters", __config__=config, **described)


def _fits_exactly(hint: Any, value: Any, kind: Any) -> bool:
    """Say whether validating could not change a value: no hint at all, or exactly the plain type it asks for."""
    if hint is Any:
        return not _is_field(value)
    return kind in _NAMED and isinstance(hint, type) and hint in _EXACT and type(value) is hint


def _is_field(value: Any) -> bool:
    """A default made by `pydantic.Field(...)` stands for the value it describes."""
    return type(value).__name__ == "FieldInfo"


def _annotation(hint: Any, kind: Any) -> Any:
    """Return the hint of a parameter as a hint of the value it is bound to: `*args` is a tuple, `**kwargs` a mapping."""
    if kind is inspect.Parameter.VAR_POSITIONAL:
        return types.GenericAlias(tuple, (hint, ...))
    if kind is inspect.Parameter.VAR_KEYWORD:
        return types.GenericAlias(dict, (str, hint))
    return hint


def _sentence(error: Any, names: dict[str, str]) -> str:
    problems = [
        f"{_place(problem['loc'], names)}: {problem['msg']} (got {_short(problem['input'])})"
        for problem in error.errors()
    ]
    return "the flow's parameters do not fit their types: " + "; ".join(problems)


def _place(location: tuple[Any, ...], names: dict[str, str]) -> str:
    """Return where a value did not fit: the parameter, and the path inside it."""
    first, *rest = location or ("?",)
    return ".".join([names.get(first, str(first)), *map(str, rest)])


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 80 else text[:77] + "..."


def resolved_hints(fn: Callable[..., Any]) -> dict[str, Any]:
    """Return a function's type hints with text resolved; a hint that cannot be resolved counts as `Any`."""
    plain = called(fn)
    try:
        return typing.get_type_hints(plain, include_extras=True)
    except Exception:  # noqa: BLE001 - evaluating hints runs user code, which may raise anything
        raw = getattr(plain, "__annotations__", {})
        return {name: _resolved_hint(plain, name, hint) for name, hint in raw.items()}


def _resolved_hint(fn: Callable[..., Any], name: str, hint: Any) -> Any:
    """Return one hint with text resolved, also from the names the function itself sees around it."""
    alone = types.SimpleNamespace(__annotations__={name: hint})
    plain = inspect.unwrap(fn)
    around = inspect.getclosurevars(plain).nonlocals if inspect.isfunction(plain) else {}
    try:
        return typing.get_type_hints(alone, getattr(plain, "__globals__", {}), around, include_extras=True)[
            name
        ]
    except Exception:  # noqa: BLE001 - as above
        return Any


def stored(parameters: dict[str, Any], owner: Any = None) -> str:
    """Return parameters as the JSON text the store keeps; what JSON cannot say is named by its type.

    Args:
        parameters: values by name.
        owner: what a method is bound to; it is left out.

    >>> stored({"city": "Ulm", "client": object()})
    '{"city":"Ulm","client":"<object>"}'
    """
    if not parameters:
        return "{}"
    kept = {
        name: _storable(value) for name, value in parameters.items() if owner is None or value is not owner
    }
    text = _text(kept)
    if len(text) <= MAXIMUM_SIZE:
        return text
    return _text({name: _sized(value, parameters[name]) for name, value in kept.items()})


def _storable(value: Any, inside: frozenset[int] = frozenset()) -> Any:
    """Return a value as JSON can say it; what turns out not to be sayable is named by its type.

    `inside` are the values being looked into, by identity: one may hold itself.
    """
    if isinstance(value, str | int | type(None)):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)  # JSON has no word for nan
    if id(value) in inside:
        return f"<{type(value).__name__}>"
    try:
        return _parts(value, inside | {id(value)})
    except Exception:  # noqa: BLE001 - looking into a user's object runs its code
        return f"<{type(value).__name__}>"


def _parts(value: Any, inside: frozenset[int]) -> Any:
    if isinstance(value, dict):
        return {str(key): _storable(member, inside) for key, member in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_storable(member, inside) for member in value]
    if hasattr(type(value), "model_fields") and hasattr(value, "model_dump"):
        return _storable(value.model_dump(mode="json"), inside)
    if hasattr(value, "isoformat"):
        return value.isoformat()
    return _other(value, inside)


def _other(value: Any, inside: frozenset[int]) -> Any:
    """Enumerations, paths, UUIDs, decimals and dataclasses have a plain form; the rest is named by its type."""
    from dataclasses import fields, is_dataclass
    from decimal import Decimal
    from enum import Enum
    from os import PathLike, fspath
    from uuid import UUID  # start-up: rare kinds of arguments

    if isinstance(value, Enum):
        return _storable(value.value, inside)
    if isinstance(value, UUID | Decimal):
        return str(value)
    if isinstance(value, PathLike):
        return str(fspath(value))
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: _storable(getattr(value, field.name), inside) for field in fields(value)}
    return f"<{type(value).__name__}>"


def _sized(storable: Any, value: Any) -> Any:
    size = len(_text(storable))
    return storable if size <= 1024 else f"<{type(value).__name__}, {size} bytes>"


def _text(value: Any) -> str:
    from pacc._internal.jsontext import dumps  # start-up: declaring a flow writes no JSON

    return dumps(value)
