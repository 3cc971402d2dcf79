"""Types of fields that hold secrets, besides pydantic's own `SecretStr`, `SecretBytes` and `Secret`."""

from __future__ import annotations

from typing import Any

from pydantic import Secret

__all__ = ["SecretDict"]


class SecretDict(Secret[dict[str, Any]]):
    """A dict whose values are secrets; its keys are not.

    >>> SecretDict({"token": "shh"}).get_secret_value()["token"]
    'shh'
    """

    def _display(self) -> str:
        return "********"
