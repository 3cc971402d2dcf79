"""A flow as the store knows it: a name that runs are gathered under."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pacc.exceptions import InvalidNameError

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

BANNED_CHARACTERS = ("/", "%", "&", ">", "<")
"""Characters no name of a flow or deployment may hold."""


def checked_name(name: str, noun: str = "flow") -> str:
    """Return a name a flow may have, or a deployment.

    Raises:
        InvalidNameError: it is empty, or holds a character that is not allowed. TypeError: it is no text.

    >>> checked_name("nightly-report")
    'nightly-report'
    """
    if not isinstance(name, str):
        raise TypeError(f"a {noun}'s name is text, not {name!r}")
    banned = [character for character in BANNED_CHARACTERS if character in name]
    if banned or not name:
        reason = f"holds {banned[0]!r}" if banned else "is empty"
        raise InvalidNameError(f"the {noun} name {name!r} {reason}; leave out {' '.join(BANNED_CHARACTERS)}")
    return name


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """A flow that has been run or deployed at least once."""

    id: UUID
    """The flow's id."""
    name: str
    """Its name, unique in the store."""
    created: datetime | None = None
    """When it was first seen."""
    updated: datetime | None = None
    """When its record last changed."""
    tags: list[str] = field(default_factory=list)
    """Tags people gave it."""
    labels: dict[str, bool | int | float | str] = field(default_factory=dict)
    """Key-value labels."""
