"""Records as plain data: what JSON can say of them."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import Enum
from typing import Any


def plain_data(value: Any) -> Any:
    """Return a value with every record in it turned into a dict of its fields, times as ISO text and lengths of time as seconds.

    >>> plain_data({"took": timedelta(seconds=2), "tags": ("a",)})
    {'took': 2.0, 'tags': ['a']}
    """
    if value is None or isinstance(value, str | int | float):
        return value.value if isinstance(value, Enum) else value
    if isinstance(value, dict):
        return {str(key): plain_data(each) for key, each in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain_data(each) for each in value]
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    fields = getattr(value, "__dataclass_fields__", None)
    if fields is not None:
        shown = [name for name in fields if not name.startswith("_") and name != "data"]
        return {name: plain_data(getattr(value, name)) for name in shown}
    return str(value)
