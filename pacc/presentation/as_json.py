"""Records as JSON: the field names of `schemas/`, times in UTC as ISO 8601, nothing cut."""

from __future__ import annotations

import json
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import Any

from pacc.schemas.states import State

STATE_FIELDS = ("id", "type", "name", "timestamp", "message", "state_details")


def jsonable(value: Any) -> Any:
    """Return a value made of what JSON knows.

    Args:
        value: a record, or anything records hold. Of an object JSON cannot say, its text is kept.

    Example:
        >>> from datetime import timedelta
        >>> jsonable({"took": timedelta(seconds=2), "tags": ("a", "b")})
        {'took': 2.0, 'tags': ['a', 'b']}
    """
    if value is None or (isinstance(value, (str, int, float, bool)) and not isinstance(value, Enum)):
        return value
    if isinstance(value, State):
        return {name: jsonable(getattr(value, name)) for name in STATE_FIELDS}
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: jsonable(getattr(value, field.name)) for field in _shown(value)}
    if isinstance(value, dict):
        return {str(key): jsonable(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [jsonable(item) for item in value]
    return _scalar(value)


def json_text(value: Any, *, indent: int | None = None) -> str:
    """Return a value as JSON text, every character of it safe to write to a terminal.

    Args:
        value: see `jsonable`.
        indent: how far to indent, in spaces; one line unless given.
    """
    return json.dumps(jsonable(value), indent=indent)


def _shown(record: Any) -> list[Any]:
    return [field for field in fields(record) if not field.name.startswith("_")]


def _scalar(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, (set, frozenset)):
        return sorted(map(jsonable, value), key=str)
    return str(value)
