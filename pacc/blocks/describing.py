"""What a block's class says of itself: its fields as JSON Schema, which of them are secret, what its docstring tells."""

from __future__ import annotations

import inspect
import re
import textwrap
from types import UnionType
from typing import TYPE_CHECKING, Annotated, Any, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, Secret, SecretBytes, SecretStr

from pacc._internal.redaction import redact
from pacc.blocks.fields import SecretDict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic import ValidationError

_SECTION = re.compile(
    r"^(Attributes|Args|Arguments|Example|Examples|Raises|Returns|Note|Notes|Usage):\s*$", re.MULTILINE
)
_DOCTEST = re.compile(r"^>>> ", re.MULTILINE)
_CONTAINERS = (list, tuple, set, frozenset)


def problems_of(error: ValidationError) -> str:
    """Return what is wrong with the fields of a block, in a line and without what they hold.

    Args:
        error: what pydantic raised.
    """
    problems = error.errors(include_input=False, include_url=False, include_context=False)
    told = ((".".join(map(str, each["loc"])), each["msg"]) for each in problems)
    return "; ".join(
        f"{f'{place}: ' if place else ''}{redact(message.removeprefix('Value error, '))}"
        for place, message in told
    )


def secret_fields(kind: type[BaseModel]) -> list[str]:
    """Return the paths of a class's secret fields; `*` stands for any key of a dict.

    Args:
        kind: a model.
    """
    return list(dict.fromkeys(_secrets_in(kind, (), ())))


def _secrets_in(annotation: Any, path: tuple[str, ...], around: tuple[Any, ...]) -> Iterator[str]:
    origin, arguments = get_origin(annotation), get_args(annotation)
    if isinstance(annotation, TypeVar):
        return
    if origin is Annotated:
        yield from _secrets_in(arguments[0], path, around)
    elif _is_class(annotation, SecretDict):
        yield ".".join((*path, "*"))
    elif _is_class(annotation, SecretStr, SecretBytes, Secret):
        yield ".".join(path)
    elif _is_class(annotation, BaseModel):
        if annotation not in around:
            for name, field in annotation.model_fields.items():
                yield from _secrets_in(field.annotation, (*path, name), (*around, annotation))
    elif origin is dict:
        yield from _secrets_in(arguments[1], (*path, "*"), around)
    elif origin in (Union, UnionType, *_CONTAINERS):
        for argument in arguments:
            yield from _secrets_in(argument, path, around)


def models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    """Yield the models an annotation speaks of, inside unions and containers too.

    Args:
        annotation: of a field.
    """
    if _is_class(annotation, BaseModel):
        yield annotation
        return
    for argument in get_args(annotation):
        yield from models_in(argument)


def _is_class(annotation: Any, *kinds: type) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, kinds)


def summary_of(kind: type) -> str | None:
    """Return what a class's docstring says before its sections, `None` where it says nothing.

    Args:
        kind: the class.
    """
    text = kind.__doc__ and inspect.cleandoc(kind.__doc__)
    if not text:
        return None
    ends = [found.start() for pattern in (_SECTION, _DOCTEST) if (found := pattern.search(text))]
    return text[: min(ends, default=len(text))].strip() or None


def example_in(kind: type) -> str | None:
    """Return the example in a class's docstring, `None` where there is none.

    Args:
        kind: the class.
    """
    text = kind.__doc__ and inspect.cleandoc(kind.__doc__)
    if not text:
        return None
    parts = _SECTION.split(text)
    bodies = [
        body for name, body in zip(parts[1::2], parts[2::2], strict=False) if name.startswith("Example")
    ]
    return textwrap.dedent(_DOCTEST.split(bodies[0])[0].strip("\n")).strip() or None if bodies else None
