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


def shorten(text: str, limit: int, *, tail: int = 0) -> str:
    """Return text that takes at most `limit` cells, with an ellipsis if something was left out.

    Args:
        text: the text.
        limit: how many terminal cells there are.
        tail: so many characters at its end are kept, unless they would be more than half of it: what tells names apart
            that begin alike.

    Example:
        >>> shorten("brave-otter", 6), shorten("fetch-page-596", 10, tail=4)
        ('brave…', 'fetch…-596')
    """
    if width(text) <= limit:
        return text
    end = text[-tail:] if tail else ""
    if 2 * width(end) > limit:
        end = ""
    kept, used = [], width(end)
    for char in text:
        used += _cells(char)
        if used > limit - 1:
            break
        kept.append(char)
    return "".join(kept) + ELLIPSIS + end


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
