"""The schema of the store: which version a home's has, the way to the newest, and the way back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pacc.exceptions import StoreError
from pacc.store import open_store, revisions

if TYPE_CHECKING:
    from pathlib import Path

standing = revisions.standing
known = revisions.known
losses = revisions.losses
stamp = revisions.stamp


def named(word: str, version: int) -> int:
    """Return the version of the schema a word names.

    Args:
        word: a number, `head` for the newest, or steps from where the store stands: `-1`, `+2`.
        version: where the store stands.

    Raises:
        StoreError: this pacc knows no such version.

    >>> named("-1", 16), named("0003", 16)
    (15, 3)
    """
    newest = max(known())
    try:
        number = newest if word == "head" else int(word)
    except ValueError:
        raise _unknown(f'"{word}"') from None
    number += version if word[:1] in ("-", "+") else 0
    if number not in known():
        raise _unknown(f"{number}")
    return number


def pending(home: Path) -> dict[int, str]:
    """Return the versions that an upgrade of a home's store leads through, with what each was made for."""
    version = standing(home) or 0
    return {number: why for number, why in known().items() if number > version}


def upgrade(home: Path) -> None:
    """Make the store, or bring it to the newest version; opening it for anything else does the same.

    Raises:
        StoreError: it cannot be done; the store is as it was.
    """
    open_store(home)


def downgrade(home: Path, to: int) -> Path:
    """Bring the store of a home back to an older version, and return the copy from before.

    Args:
        home: the folder of the store.
        to: the version.

    Raises:
        StoreBusy: a process has the store open.
        StoreError: there is no such way back; the store is as it was.
    """
    version = standing(home)
    if version is None or version <= to:
        raise StoreError(
            f"the store is at schema {version or 0} and not above {to}", hint="pacc server database upgrade"
        )
    return revisions.step_down(home, to)


def _unknown(what: str) -> StoreError:
    return StoreError(
        f"there is no schema {what}: this pacc knows {min(known())} to {max(known())}",
        hint="pacc server database upgrade --dry-run",
    )
