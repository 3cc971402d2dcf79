"""A block's fields on their way into the store: values of JSON, secrets marked as such, saved blocks inside by their ids."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, Secret, SecretBytes, SecretStr
from pydantic_core import PydanticSerializationError, to_jsonable_python

from pacc.blocks.fields import SecretDict
from pacc.exceptions import InvalidValueError
from pacc.schemas.blocks import Hidden, Reference

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_SECRETS = (SecretStr, SecretBytes, Secret)
_CONTAINERS = (list, tuple, set, frozenset)


def contents_of(model: BaseModel, slug_of: Callable[[BaseModel], tuple[str | None, Any]]) -> dict[str, Any]:
    """Return a model's fields as `pacc.services.blocks.save` takes them.

    Args:
        model: a block, or a model inside one.
        slug_of: returns a model's block type and, if it is saved, its document's id; `None` for what it does not have.

    Raises:
        InvalidValueError: JSON has no word for a field.
    """
    values = dict(_values(model))
    plain = {name for name, value in values.items() if not _holds_more(value)}
    try:
        dumped = BaseModel.model_dump(model, mode="json", include=plain)
    except (PydanticSerializationError, ValueError, RecursionError) as error:
        raise InvalidValueError(f"a {type(model).__name__} cannot be saved: {error}") from None
    contents = {}
    for name, value in values.items():
        if name in plain and name not in dumped:
            continue  # the class keeps it out
        contents[_key(model, name)] = dumped[name] if name in plain else _content(value, slug_of)
    return contents


def _values(model: BaseModel) -> Iterator[tuple[str, Any]]:
    for name, field in type(model).model_fields.items():
        if not field.exclude:
            yield name, getattr(model, name)
    yield from (model.model_extra or {}).items()


def _key(model: BaseModel, name: str) -> str:
    """Return what the field is called where it is validated."""
    field = type(model).model_fields.get(name)
    alias = None if field is None else field.validation_alias or field.alias
    return alias if isinstance(alias, str) else name


def _holds_more(value: Any) -> bool:
    """Say whether a value is or holds a secret or a model."""
    if isinstance(value, (BaseModel, *_SECRETS)):
        return True
    if isinstance(value, dict):
        return any(map(_holds_more, value.values()))
    return isinstance(value, _CONTAINERS) and any(map(_holds_more, value))


def _content(value: Any, slug_of: Callable[[BaseModel], tuple[str | None, Any]]) -> Any:
    if isinstance(value, BaseModel):
        slug, identity = slug_of(value)
        if identity is not None:
            return Reference(identity)
        return contents_of(value, slug_of) | ({} if slug is None else {"block_type_slug": slug})
    if isinstance(value, _SECRETS):
        return _hidden(value)
    if isinstance(value, dict):
        return {str(key): _content(member, slug_of) for key, member in value.items()}
    if isinstance(value, _CONTAINERS):
        return [_content(member, slug_of) for member in value]
    return plain_value(value)


def _hidden(value: Any) -> Any:
    secret = value.get_secret_value()
    if isinstance(value, SecretDict):
        return {str(key): Hidden(plain_value(member)) for key, member in secret.items()}
    return Hidden(plain_value(secret))


def plain_value(value: Any) -> Any:
    """Return a value as JSON has it.

    Args:
        value: anything pydantic can put into JSON.

    Raises:
        InvalidValueError: it cannot; the value itself is not told, it may be a secret.
    """
    try:
        return to_jsonable_python(value)
    except (PydanticSerializationError, ValueError, RecursionError):
        raise InvalidValueError(
            f"a block holds what JSON can say, and not a value of type {type(value).__name__!r}"
        ) from None
