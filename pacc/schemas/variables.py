"""Variables: small values under names, for settings that flows share and people change without touching code."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pacc.exceptions import InvalidNameError, InvalidValueError

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

MAX_VARIABLE_NAME_LENGTH = 255
"""Characters a name may have."""

MAX_VALUE_LENGTH = 5000
"""Characters a value may have, written as compact JSON."""

UNCHANGED: Any = object()
"""What an update leaves as it is; `None` is a value like any other."""

_NAME = re.compile("[a-z0-9_-]+", re.ASCII)
_encode = json.JSONEncoder(separators=(",", ":"), allow_nan=False).encode


def checked_name(name: str) -> str:
    """Return a name a variable may have.

    Raises:
        InvalidNameError: it is empty, too long, or holds something else than lower-case letters, digits, `_` and `-`.

    >>> checked_name("retries_in_prod")
    'retries_in_prod'
    """
    if not isinstance(name, str):
        raise TypeError(f"a variable's name is text, not {name!r}")
    if len(name) > MAX_VARIABLE_NAME_LENGTH:
        raise InvalidNameError(
            f"a variable's name has {MAX_VARIABLE_NAME_LENGTH} characters at most, not {len(name):,}"
        )
    if not _NAME.fullmatch(name):
        raise InvalidNameError(
            f'"{name}" is no name for a variable; use lower-case letters, digits, "_" and "-"'
        )
    return name


def value_text(value: Any) -> str:
    """Return a variable's value as the JSON text that is stored.

    Args:
        value: text, a number, a boolean, `None`, or lists and dicts of these; a tuple becomes a list.

    Raises:
        InvalidValueError: JSON has no word for it, or it takes more than `MAX_VALUE_LENGTH` characters.

    >>> value_text({"model": "ford", "wheels": 4})
    '{"model":"ford","wheels":4}'
    """
    try:
        _require_text_keys(value)
        text = _encode(value)
    except (TypeError, ValueError, RecursionError) as error:
        raise InvalidValueError(f"a variable holds what JSON can say: {error}") from None
    if len(text) > MAX_VALUE_LENGTH:
        raise InvalidValueError(
            f"a variable holds {MAX_VALUE_LENGTH:,} characters of JSON at most, not {len(text):,}; "
            "keep more in a file or a result and its place in the variable"
        )
    return text


def _require_text_keys(value: Any) -> None:
    """`json` would turn the key 1 into "1" without a word, and another value would come back."""
    if isinstance(value, dict):
        for key, member in value.items():
            if not isinstance(key, str):
                raise TypeError(f"the key {key!r} is not text")
            _require_text_keys(member)
    elif isinstance(value, list | tuple):
        for member in value:
            _require_text_keys(member)


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    """A value under a name."""

    name: str
    """The name, unique in the store."""
    value: Any
    """What it holds: anything JSON can say."""
    tags: list[str] = field(default_factory=list)
    """Tags people gave it."""
    id: UUID | None = None
    """Its id."""
    created: datetime | None = None
    """When it was first set."""
    updated: datetime | None = None
    """When it was last set."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VariableCreate:
    """A variable that is to be made."""

    name: str
    """The name it is to have."""
    value: Any
    """What it is to hold."""
    tags: list[str] | None = None
    """Tags it is to have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VariableUpdate:
    """What is to change about a variable; what is not given stays."""

    name: str
    """Which variable."""
    value: Any = UNCHANGED
    """What it is to hold from now on."""
    tags: list[str] | None = None
    """The tags it is to have from now on."""
