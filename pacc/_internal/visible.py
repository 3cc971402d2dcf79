"""Text that users wrote is shown, never obeyed: control characters become visible before a terminal gets them."""

from __future__ import annotations

import functools
import re

# Control characters (line breaks and tabs apart), lone surrogates, and characters that are harmless to print yet change how the
# text around them is read: direction marks and overrides, zero-width spaces, line and paragraph separators.
_INVISIBLE = (
    "\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060\u2066-\u2069\ufeff\ud800-\udfff"
)


def visible(text: str, *, lines: bool = False) -> str:
    r"""Return text that can be written to a terminal without the terminal acting on it.

    Args:
        text: what a user, a flow or a file provided.
        lines: keep line breaks and tabs, for text that is shown as a block.

    Returns:
        The text with control characters, lone surrogates and direction overrides written as escapes.

    Example:
        >>> visible("red\x1b[31m\n")
        'red\\x1b[31m\\n'
    """
    if text.isascii() and text.isprintable():
        return text
    return _invisible(lines=lines).sub(_escape, text)


@functools.cache
def _invisible(*, lines: bool) -> re.Pattern[str]:
    return re.compile(f"[{_INVISIBLE}]" if lines else f"[{_INVISIBLE}\t\n]")


def _escape(found: re.Match[str]) -> str:
    return found[0].encode("unicode_escape", "surrogatepass").decode("ascii")
