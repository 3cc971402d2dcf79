"""Parameters that stand for saved blocks: `{"$ref": "secret/api-key"}` in what people and deployments write becomes the block."""

from __future__ import annotations

import re
from typing import Any

from pacc.exceptions import PaccException, ParameterTypeError

_SLUG = re.compile(r"[a-z0-9-]+/[a-z0-9-]+", re.ASCII)
_ID = re.compile(r"[0-9a-fA-F]{8}(-?[0-9a-fA-F]{4}){3}-?[0-9a-fA-F]{12}", re.ASCII)
_HOLDERS = frozenset({dict, list})
_KEYS = ("block_document_id", "block_document_slug")


def with_blocks(parameters: dict[str, Any]) -> dict[str, Any]:
    """Return parameters with the blocks they refer to in their places; the same object where they refer to none.

    Args:
        parameters: values by name; references may stand inside dicts and lists.

    Raises:
        ParameterTypeError: a block cannot be loaded; the message names the parameter and says why.

    >>> with_blocks({"schema": {"$ref": "#/definitions/City"}})
    {'schema': {'$ref': '#/definitions/City'}}
    """
    found = {name: value for name, value in parameters.items() if type(value) in _HOLDERS and _finds(value)}
    return (
        {**parameters, **{name: _loaded(name, value) for name, value in found.items()}}
        if found
        else parameters
    )


def _finds(value: Any) -> bool:
    try:
        return _refers(value)
    except RecursionError:  # it holds itself
        return False


def _refers(value: Any) -> bool:
    """Say whether a reference to a block stands in a value."""
    kind = type(value)
    if kind is dict:
        return _is_reference(value) or any(map(_refers, value.values()))
    return kind is list and any(map(_refers, value))


def _is_reference(value: dict[Any, Any]) -> bool:
    """Other programs' `{"$ref": ...}` are left alone: those of JSON Schema, above all."""
    named = value.get("$ref") if len(value) == 1 else None
    if isinstance(named, dict):
        named = next((named[key] for key in _KEYS if len(named) == 1 and key in named), None)
    return isinstance(named, str) and bool(_SLUG.fullmatch(named) or _ID.fullmatch(named))


def _loaded(name: str, value: Any) -> Any:
    from pacc.blocks.core import load_block  # start-up: few parameters are blocks

    def place(part: Any) -> Any:
        if type(part) is dict:
            if _is_reference(part):
                return load_block(part)
            return {key: place(member) for key, member in part.items()}
        return [place(member) for member in part] if type(part) is list else part

    try:
        return place(value)
    except PaccException as error:
        raise ParameterTypeError(f"the parameter {name!r} refers to a block: {error}") from error
