"""Secrets by value: whoever decrypts one says so here, and every place that shows or keeps text asks before it does.

Redacting by name or by shape misses a password inside an error message; the value itself cannot hide.
"""

from __future__ import annotations

MASK = "********"
SHORTEST = 4
"""Shorter secrets are not masked: they would blot out ordinary words and digits, and say nothing when found."""

_secrets: tuple[str, ...] = ()
"""Every hidden value, the longest first: one may be part of another."""


def hide(secret: str) -> None:
    """From now on, replace this value wherever this process shows or logs text.

    Args:
        secret: the plain value; one shorter than `SHORTEST` characters is not remembered. Each line of a value of several lines
            (a private key) is hidden as well.
    """
    global _secrets
    parts = {part for part in (secret, *secret.splitlines()) if len(part.strip()) >= SHORTEST}
    if parts.issubset(_secrets):
        return
    _secrets = tuple(sorted(parts.union(_secrets), key=len, reverse=True))


def forget_hidden() -> None:
    """Hide nothing any more; for tests."""
    global _secrets
    _secrets = ()


def redact(text: str) -> str:
    """Return the text with every hidden value masked.

    Example:
        >>> hide("hunter2"); redact("the password is hunter2")
        'the password is ********'
    """
    for secret in _secrets:
        text = text.replace(secret, MASK)
    return text


def has_secrets() -> bool:
    """Return whether there is anything to hide; lets a hot path skip the work."""
    return bool(_secrets)
