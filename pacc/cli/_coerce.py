"""Turn the words of a command line into plain values without pydantic.

typer 0.29 builds a pydantic adapter for every option, 80 ms for a command that only takes a number and a
name. The parameters of our commands are plain, so they get a coercion of their own; whatever isn't plain is
left to typer.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args, get_origin

import typer

if TYPE_CHECKING:
    from collections.abc import Iterable

    from typer.models import ParameterInfo

_YES = frozenset(("1", "true", "t", "yes", "y", "on"))
_NO = frozenset(("0", "false", "f", "no", "n", "off", ""))


def coerce_plainly(parameters: Iterable[Any]) -> None:
    """Give each plain parameter of a typer command a coercion that needs no pydantic.

    Args:
        parameters: the parameter objects typer made for a command. Those of an older typer, and those whose
            type is not plain, are left as they are.
    """
    for parameter in parameters:
        descriptor = getattr(parameter, "type_descriptor", None)
        if descriptor is None or getattr(parameter, "_runtime_param", descriptor) is not None:
            continue
        convert = converter(descriptor.annotation, descriptor.parameter_info)
        if convert is not None:
            parameter._runtime_param = _Coercion(convert)  # noqa: SLF001 - typer offers no other place


def converter(annotation: Any, info: ParameterInfo) -> Callable[[Any], Any] | None:
    """Return a function from a word to a value of a plain type, nothing when the type is not plain.

    Args:
        annotation: the type hint of an option or argument, without its `| None`.
        info: its `typer.Option` or `typer.Argument`.

    Example:
        >>> converter(int, typer.Option())("15")
        15
    """
    if get_origin(annotation) is list:
        annotation = get_args(annotation)[0]
    if info.parser is not None:
        return info.parser
    if get_origin(annotation) is Literal or _is_enum(annotation):
        return _choice(annotation, case_sensitive=info.case_sensitive)
    if annotation in (int, float):
        return _number(annotation, info.min, info.max)
    if annotation is Path:
        checked = (info.exists, info.writable, info.resolve_path, info.path_type)
        return None if any(checked) else Path
    return _SCALARS.get(annotation)


class _Coercion:
    """What typer asks for the value of one parameter."""

    def __init__(self, convert: Callable[[Any], Any]) -> None:
        self._convert = convert

    def coerce(self, value: Any, *, param: Any, ctx: Any) -> Any:
        several = param.multiple or param.nargs == -1
        if value is None:
            return () if several else None
        try:
            return tuple(map(self._convert, value)) if several else self._convert(value)
        except (ValueError, TypeError) as error:
            raise typer.BadParameter(str(error), ctx=ctx, param=param) from error


def _number(kind: type[int | float], least: float | None, most: float | None) -> Callable[[Any], Any]:
    def convert(word: Any) -> Any:
        try:
            number = kind(word)
        except ValueError:
            raise ValueError(f'"{word}" is not a {"whole " if kind is int else ""}number') from None
        if least is not None and number < least:
            raise ValueError(f"{number} is less than {least}")
        if most is not None and number > most:
            raise ValueError(f"{number} is more than {most}")
        return number

    return convert


def _choice(annotation: Any, *, case_sensitive: bool) -> Callable[[Any], Any]:
    members: list[Any] = [*annotation] if _is_enum(annotation) else [*get_args(annotation)]

    def key(choice: Any) -> str:
        text = str(choice.value if isinstance(choice, Enum) else choice)
        return text if case_sensitive else text.casefold()

    choices = {key(member): member for member in members}

    def convert(word: Any) -> Any:
        try:
            return choices[key(word)]
        except KeyError:
            raise ValueError(f'"{word}" is none of {", ".join(choices)}') from None

    return convert


def _boolean(word: Any) -> bool:
    if isinstance(word, bool):
        return word
    text = str(word).strip().casefold()
    if text not in _YES | _NO:
        raise ValueError(f'"{word}" is neither yes nor no')
    return text in _YES


def _is_enum(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, Enum)


_SCALARS: dict[Any, Callable[[Any], Any]] = {str: str, bool: _boolean}
