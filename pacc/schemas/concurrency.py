"""Concurrency limits: how much may go on at once, and who takes part of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from pacc.exceptions import InvalidNameError
from pacc.schemas.flows import BANNED_CHARACTERS

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

Mode = Literal["concurrency", "rate_limit"]
"""Whether slots are given back, or let go by the limit's decay alone."""

TAG_PREFIX = "tag:"
"""What the name of a tag's limit begins with: `tag:database` limits the task runs tagged `database`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GlobalConcurrencyLimit:
    """A limit on how much goes on at once, in all processes that share the store."""

    id: UUID
    """Its id."""
    name: str
    """Its name, by which code asks for slots."""
    limit: int
    """How many slots there are."""
    created: datetime
    """When it was made."""
    updated: datetime
    """When it was last changed."""
    active: bool = True
    """Whether it counts; one that does not lets everyone through."""
    active_slots: int = 0
    """How many slots are taken at this moment."""
    slot_decay_per_second: float = 0.0
    """How many taken slots become free in a second by themselves; none for a plain limit."""

    @property
    def tag(self) -> str | None:
        """The tag whose task runs it limits, `None` for any other limit."""
        return self.name.removeprefix(TAG_PREFIX) if self.name.startswith(TAG_PREFIX) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitInUse:
    """A limit, and where it is full who holds it and how many wait."""

    limit: GlobalConcurrencyLimit
    """The limit."""
    held_by: str = ""
    """The name of the run that has held some of it the longest; nothing where it is not full, or nobody knows."""
    holders: int = 0
    """How many hold some of it, where it is full."""
    waiting: int = 0
    """How many task runs wait for it, of a tag's that is full."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConcurrencyLeaseHolder:
    """Who took slots."""

    type: Literal["flow_run", "task_run", "deployment"]
    """What kind of thing it is."""
    id: UUID
    """Its id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenSlots:
    """Slots that somebody took of one limit."""

    lease_id: UUID
    """What they are given back by."""
    slots: int
    """How many."""
    since: datetime
    """When they were taken."""
    holder: ConcurrencyLeaseHolder | None = None
    """The run whose code took them, where it was a run's."""
    until: datetime | None = None
    """When they become free by themselves; unset where they are held as long as their process lives."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MinimalConcurrencyLimit:
    """As much of a limit as an answer to a request for slots tells."""

    id: UUID
    """Its id."""
    name: str
    """Its name."""
    limit: int
    """How many slots there are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConcurrencyLease:
    """The answer to a request for slots that was granted."""

    lease_id: UUID
    """What the slots are given back by."""
    limits: tuple[MinimalConcurrencyLimit, ...]
    """The limits they were taken of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GlobalConcurrencyLimitCreate:
    """What a limit is made of."""

    name: str
    """Its name."""
    limit: int
    """How many slots there are."""
    active: bool | None = True
    """Whether it counts."""
    active_slots: int | None = 0
    """How many slots are taken from the beginning, by nobody in particular."""
    slot_decay_per_second: float | None = 0.0
    """How many taken slots become free in a second by themselves."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GlobalConcurrencyLimitUpdate:
    """What is to change about a limit; what is `None` stays."""

    name: str | None = None
    """Another name."""
    limit: int | None = None
    """How many slots there are."""
    active: bool | None = None
    """Whether it counts."""
    active_slots: int | None = None
    """How many slots count as taken, by nobody in particular; whoever holds some now holds none that count."""
    slot_decay_per_second: float | None = None
    """How many taken slots become free in a second by themselves."""


def checked_limit_name(name: str) -> str:
    """Return a name a limit may have.

    Raises:
        InvalidNameError: it is empty or holds one of `/ % & > <`.

    >>> checked_limit_name("database")
    'database'
    """
    if not name or any(character in name for character in BANNED_CHARACTERS):
        raise InvalidNameError(
            f'"{name}" is no name for a concurrency limit; it may hold anything but {" ".join(BANNED_CHARACTERS)}'
        )
    return name
