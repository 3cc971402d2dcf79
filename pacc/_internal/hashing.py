"""One short digest of any values, the same in every process: what cache keys are made of.

Values are first brought into a form that JSON tells apart without loss. What JSON has no word for is pickled, and what cannot
be pickled cannot be hashed.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

_PLAIN = frozenset({str, int, float, bool, type(None)})
_encode = json.JSONEncoder(sort_keys=True, separators=(",", ":")).encode


def digest_of(*values: Any) -> str:
    """Return 32 hex digits that differ wherever the values differ.

    Raises:
        TypeError: a value cannot be hashed; the message says which type.

    >>> digest_of({"a": 1, "b": 2}) == digest_of({"b": 2, "a": 1})
    True
    >>> digest_of((1, 2)) == digest_of([1, 2])
    False
    """
    return _md5(text_of(values).encode())


def text_of(value: Any) -> str:
    """Return a value as text that differs wherever values differ; see `digest_of`."""
    try:
        return _encode(_canonical(value))
    except (ValueError, RecursionError):  # a number too long for JSON, a value that holds itself
        return _encode({"\0pickle": _pickled(value)})


def _canonical(value: Any) -> Any:
    kind = type(value)
    if kind in _PLAIN:
        return value
    if kind is list:
        return [_canonical(member) for member in value]
    if kind is dict:
        return _mapping(value)
    if kind is tuple:
        return {"\0tuple": [_canonical(member) for member in value]}
    if kind in (set, frozenset):
        return {"\0set": sorted(_encode(_canonical(member)) for member in value)}
    return _object(value)


def _mapping(value: dict[Any, Any]) -> Any:
    if all(type(key) is str and not key.startswith("\0") for key in value):
        return {key: _canonical(member) for key, member in value.items()}
    pairs = [[_encode(_canonical(key)), _canonical(member)] for key, member in value.items()]
    return {"\0pairs": sorted(pairs, key=lambda pair: pair[0])}


def _object(value: Any) -> Any:
    """Records are hashed by what they hold, since two equal ones may be pickled into different bytes."""
    kind = type(value)
    name = f"{kind.__module__}.{kind.__qualname__}"
    if hasattr(kind, "model_fields") and hasattr(value, "model_dump"):
        return {"\0model": [name, _canonical(value.model_dump())]}
    fields = getattr(kind, "__dataclass_fields__", None)
    if fields is not None:
        return {"\0record": [name, {field: _canonical(getattr(value, field, None)) for field in fields}]}
    return {"\0pickle": _pickled(value)}


def _pickled(value: Any) -> str:
    import cloudpickle  # start-up: most inputs are plain

    try:
        return _md5(cloudpickle.dumps(value))
    except Exception as error:  # pickling runs the code of the value's own class, which may raise anything
        raise TypeError(f"a value of type {type(value).__name__!r} cannot be hashed: {error}") from error


def _md5(data: bytes) -> str:
    return hashlib.md5(data, usedforsecurity=False).hexdigest()
