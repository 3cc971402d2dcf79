"""JSON text as the store keeps it: compact, and never an error because of a user's value."""

from __future__ import annotations

import json
from json.encoder import encode_basestring_ascii
from typing import Any

quoted = encode_basestring_ascii
"""One string as JSON, many times faster than an encoder for the whole; the hot path builds its lines with it."""


def dumps(value: Any) -> str:
    """Return a value as compact JSON; what JSON has no word for becomes `<TypeName>`.

    >>> dumps({"city": "Ulm", "when": object()})
    '{"city":"Ulm","when":"<object>"}'
    """
    try:
        return _encode(value)
    except (TypeError, ValueError, RecursionError):
        return json.dumps(f"<{type(value).__name__}>")


def _type_name(value: Any) -> str:
    return f"<{type(value).__name__}>"


_encode = json.JSONEncoder(separators=(",", ":"), default=_type_name).encode
