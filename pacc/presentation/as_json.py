"""Records as JSON: the field names of `schemas/`, times in UTC as ISO 8601, nothing cut."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import Any

from pacc.schemas.states import State

STATE_FIELDS = ("id", "type", "name", "timestamp", "message", "state_details")


def json_text(value: Any, *, indent: int | None = None) -> str:
    r"""Return a value as JSON text, every character of it safe to write to a terminal.

    Args:
        value: a record, or anything records hold. Of an object JSON cannot say, its text is kept.
        indent: how far to indent, in spaces; one line unless given.

    Example:
        >>> json_text({"took": timedelta(seconds=2), "tags": ("a", "é")})
        '{"took": 2.0, "tags": ["a", "\\u00e9"]}'
    """
    return json.dumps(value, indent=indent, default=plain)


def yaml_text(value: Any) -> str:
    r"""Return a value as YAML text that says the same as the JSON, every character of it safe to write to a terminal.

    Example:
        >>> yaml_text({"took": timedelta(seconds=2), "tags": ("a", "é")})
        'took: 2.0\ntags:\n- a\n- "\\xE9"\n'
    """
    import yaml  # start-up: only for -o yaml

    text: str = yaml.safe_dump(json.loads(json_text(value)), sort_keys=False)
    return text.removesuffix("...\n")


def plain(value: Any) -> Any:
    """Return what stands in JSON for an object it does not know; what that holds is asked for in turn."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, State):
        return {name: getattr(value, name) for name in STATE_FIELDS}
    fields = getattr(value, "__dataclass_fields__", None)
    if fields is not None and not isinstance(value, type):
        return {name: getattr(value, name) for name in fields if not name.startswith("_")}
    return _scalar(value)


def _scalar(value: Any) -> Any:
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, set | frozenset):
        return sorted(value, key=str)
    return str(value)
