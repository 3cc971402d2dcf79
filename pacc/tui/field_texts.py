"""Values as a person would type them into a field."""

from __future__ import annotations

import json
from typing import Any


def text_of(value: Any) -> str:
    """Return a value as a person would type it into a field.

    Example:
        >>> text_of("x"), text_of([1, 2]), text_of(True)
        ('x', '[1, 2]', 'yes')
    """
    if isinstance(value, str):
        return value
    return ("yes" if value else "no") if isinstance(value, bool) else json.dumps(value, ensure_ascii=False)
