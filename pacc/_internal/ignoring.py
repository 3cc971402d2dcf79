"""Which files a folder's ignore file leaves out: the patterns of `.gitignore`, as far as people use them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


class _Rule(NamedTuple):
    pattern: re.Pattern[str]
    takes_back: bool
    only_folders: bool


def ignored_by(lines: Iterable[str]) -> Callable[[str], bool]:
    """Return a function that says whether a file is left out.

    Patterns are git's: `*` and `?` stay within a name, `**` does not, one with a slash before its end begins at the top, one that
    ends in a slash means folders, `!` takes back, and a file below a folder that is left out is left out.

    Args:
        lines: of the ignore file.

    Returns:
        A function from a path relative to the folder, with slashes, to whether it is left out.

    >>> is_ignored = ignored_by(["*.pyc", "/build/", "!keep.pyc"])
    >>> is_ignored("a/b.pyc"), is_ignored("build/x"), is_ignored("a/build"), is_ignored("keep.pyc")
    (True, True, False, False)
    """
    rules = [_rule(line) for line in map(_cleaned, lines) if line]

    def is_ignored(path: str) -> bool:
        parts = path.split("/")
        return any(
            _says(rules, "/".join(parts[:depth]), is_folder=depth < len(parts))
            for depth in range(1, len(parts) + 1)
        )

    return is_ignored


def _cleaned(line: str) -> str:
    line = line.rstrip("\n\r")
    return "" if line.startswith("#") else line.rstrip()


def _rule(line: str) -> _Rule:
    takes_back, pattern = line.startswith("!"), line.removeprefix("!")
    only_folders, pattern = pattern.endswith("/"), pattern.rstrip("/")
    anchored = "/" in pattern
    expression = _expression(pattern.removeprefix("/"))
    return _Rule(re.compile(expression if anchored else f"(?:.*/)?{expression}"), takes_back, only_folders)


def _says(rules: list[_Rule], path: str, *, is_folder: bool) -> bool:
    """The last rule that fits decides."""
    fitting = (
        rule
        for rule in reversed(rules)
        if (is_folder or not rule.only_folders) and rule.pattern.fullmatch(path)
    )
    last = next(fitting, None)
    return last is not None and not last.takes_back


_WILD = {"/**/": "/(?:.*/)?", "**/": "(?:.*/)?", "/**": "/.*", "**": ".*", "*": "[^/]*", "?": "[^/]"}


def _expression(pattern: str) -> str:
    return "".join(
        _WILD.get(part, re.escape(part))
        for part in re.split(r"(/\*\*/|\*\*/|/\*\*|\*\*|\*|\?)", pattern)
        if part
    )
