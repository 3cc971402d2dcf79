"""Objects inside JSON: which values beyond JSON's own are kept, how they are written, and how they come back."""

from __future__ import annotations

import base64
import builtins
import importlib
from dataclasses import fields, is_dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any
from uuid import UUID

if TYPE_CHECKING:
    from collections.abc import Callable

_TAG = "__pacc__"
_ENCODERS: tuple[tuple[type, str, Callable[[Any], Any]], ...] = (
    (datetime, "datetime", datetime.isoformat),
    (date, "date", date.isoformat),
    (time, "time", time.isoformat),
    (timedelta, "timedelta", lambda value: [value.days, value.seconds, value.microseconds]),
    (UUID, "uuid", str),
    (Decimal, "decimal", str),
    (PurePath, "path", str),
    (bytes, "bytes", lambda value: base64.b64encode(value).decode()),
    (frozenset, "frozenset", list),
    (set, "set", list),
    (complex, "complex", lambda value: [value.real, value.imag]),
)
_DECODERS: dict[str, Callable[[Any], Any]] = {
    "datetime": datetime.fromisoformat,
    "date": date.fromisoformat,
    "time": time.fromisoformat,
    "timedelta": lambda parts: timedelta(*parts),
    "uuid": UUID,
    "decimal": Decimal,
    "path": Path,
    "bytes": base64.b64decode,
    "frozenset": frozenset,
    "set": set,
    "complex": lambda parts: complex(*parts),
}


def encode(value: Any) -> Any:
    """Return an object JSON has no word for as a mapping that `decode` knows.

    Raises:
        TypeError: it is of a kind that is not kept in JSON.
    """
    for kind, name, plain in _ENCODERS:
        if isinstance(value, kind):
            return {_TAG: name, "value": plain(value)}
    if isinstance(value, Enum):
        return _named("enum", value, value.value)
    if isinstance(value, BaseException):
        return _named("exception", value, list(value.args))
    if hasattr(type(value), "model_validate") and hasattr(value, "model_dump"):
        return _named("model", value, value.model_dump(mode="json"))
    if is_dataclass(value) and not isinstance(value, type):
        held = {field.name: getattr(value, field.name) for field in fields(value) if field.init}
        return _named("record", value, held)
    raise TypeError(f"a value of type {type(value).__name__!r} cannot be kept as JSON")


def decode(value: dict[str, Any]) -> Any:
    """Return the object a mapping stands for, any other mapping as it is."""
    name = value.get(_TAG)
    if name is None:
        return value
    if name in _DECODERS:
        return _DECODERS[name](value["value"])
    kind = _class(value["class"])
    if name == "enum":
        return kind(value["value"])
    if name == "exception":
        return kind(*value["value"])
    return kind.model_validate(value["value"]) if name == "model" else kind(**value["value"])


def _named(name: str, value: Any, held: Any) -> dict[str, Any]:
    kind = type(value)
    return {_TAG: name, "class": f"{kind.__module__}:{kind.__qualname__}", "value": held}


def _class(path: str) -> Any:
    module, _, name = path.partition(":")
    found: Any = builtins if module == "builtins" else importlib.import_module(module)
    for part in name.split("."):
        found = getattr(found, part)
    return found
