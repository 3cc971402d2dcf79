"""`pacc _complete`: what the completion scripts of the shells ask for while somebody types, so it loads next to nothing.

It is no command of the tree and never says what went wrong: a tab offers something, or nothing.
"""

from __future__ import annotations

import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from pacc.exceptions import PaccException

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


def main(words: Sequence[str]) -> int:
    """Write the names that begin with what is typed, one a line.

    Args:
        words: kinds, with commas between, then what is typed, the profile that was asked for and the argument before, if any.

    Returns:
        0, whatever happened.

    Example:
        >>> main(["setting", "PACC_LOGGING_LEV"])
        PACC_LOGGING_LEVEL
        0
    """
    kinds, beginning, profile, before = (*words, "", "", "", "")[:4]
    with suppress(PaccException, OSError):
        for kind in kinds.split(","):
            _write(_names(kind, beginning, profile or None, before))
    return 0


def _names(kind: str, beginning: str, profile: str | None, before: str) -> Iterable[str]:
    if kind == "profile":
        return _beginning_with(beginning, _profiles())
    if kind in ("setting", "assignment"):
        from pacc.settings.declared import SETTINGS  # start-up

        return _beginning_with(beginning, (name + "=" * (kind == "assignment") for name in SETTINGS))
    from pacc.services.completing import KINDS, names  # start-up

    return names(_home(profile), kind, beginning, before) if kind in KINDS else ()


def _profiles() -> Iterable[str]:
    from pacc.settings import read_settings  # start-up
    from pacc.settings.loading import read_profiles

    return read_profiles(Path(read_settings().profiles_path))[0].names


def _home(profile: str | None) -> Path:
    from pacc.settings import choose_profile, read_settings  # start-up

    if profile is not None:
        choose_profile(profile)
    return Path(read_settings().home)


def _beginning_with(beginning: str, names: Iterable[str]) -> list[str]:
    return sorted(name for name in names if name.startswith(beginning))


def _write(names: Iterable[str]) -> None:
    sys.stdout.write("".join(f"{name}\n" for name in names))
