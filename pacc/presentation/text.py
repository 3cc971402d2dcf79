"""Text measured in terminal cells, so that columns stay straight whatever people call their flows."""

from __future__ import annotations

import unicodedata

ELLIPSIS = "…"


def width(text: str) -> int:
    """Return how many terminal cells a visible text takes.

    Example:
        >>> width("é"), width("日本")
        (1, 4)
    """
    if text.isascii():
        return len(text)
    return sum(_cells(char) for char in text)


def shorten(text: str, limit: int) -> str:
    """Return text that takes at most `limit` cells, ending in an ellipsis if something was left out.

    Example:
        >>> shorten("brave-otter", 6)
        'brave…'
    """
    if width(text) <= limit:
        return text
    kept, used = [], 0
    for char in text:
        used += _cells(char)
        if used > limit - 1:
            break
        kept.append(char)
    return "".join(kept) + ELLIPSIS


def pad(text: str, cells: int, *, right: bool = False) -> str:
    """Return text filled up with spaces to the given number of cells, on its left when `right` aligned.

    Example:
        >>> pad("ok", 4), pad("7", 3, right=True)
        ('ok  ', '  7')
    """
    missing = " " * max(0, cells - width(text))
    return missing + text if right else text + missing


def _cells(char: str) -> int:
    if unicodedata.combining(char) or unicodedata.category(char) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1
