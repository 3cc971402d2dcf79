"""Notifications: who wants to be told of which states of flow runs, and what is to be told, or was."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pacc.exceptions import InvalidNameError

if TYPE_CHECKING:
    from datetime import datetime, timedelta
    from uuid import UUID

    from pacc.schemas.states import StateType

MAX_NAME_LENGTH = 100
"""Characters a subscription's name may have."""

_NAME = re.compile(r"[\w][\w.-]*")


def checked_name(name: str) -> str:
    """Return a name a subscription may have.

    Raises:
        InvalidNameError: it is empty, too long, or holds something else than letters, digits, `_`, `.` and `-`.

    >>> checked_name("ops")
    'ops'
    """
    if len(name) > MAX_NAME_LENGTH:
        raise InvalidNameError(
            f"a subscription's name has {MAX_NAME_LENGTH} characters at most, not {len(name):,}"
        )
    if not _NAME.fullmatch(name):
        raise InvalidNameError(
            f'"{name}" is no name for a subscription; use letters, digits, "_", "." and "-"'
        )
    return name


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """Where notifications go."""

    address: str
    """What people may see of it."""
    url: str | None = None
    """The address itself, which is a secret."""
    block: str | None = None
    """The block that knows the address, `type/name`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """Somebody wants to be told when flow runs enter certain states."""

    id: UUID
    """Its id."""
    name: str
    """What commands call it."""
    created: datetime
    """When it was made."""
    updated: datetime
    """When it was last changed."""
    states: list[str]
    """Types and names of states, in small letters."""
    address: str
    """Where it goes, as far as people may see it."""
    flow_name: str | None = None
    """Only runs of this flow."""
    deployment_name: str | None = None
    """Only runs of this deployment, `flow/deployment`."""
    tags: list[str]
    """Only runs that have all of these tags."""
    subflows: bool = False
    """Whether runs that other runs called count too."""
    paused: bool = False
    """Whether nothing is told at present."""
    sent: int = 0
    """How many were sent, of those still remembered."""
    waiting: int = 0
    """How many are to be sent."""
    given_up: int = 0
    """How many could not be sent, after many tries."""
    last_sent: datetime | None = None
    """When one was last sent."""
    error: str | None = None
    """Why the latest that was not sent was not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notification:
    """One state of one flow run, to be told to one subscription."""

    subscription_id: UUID
    """Who wants to be told."""
    flow_run_id: UUID
    """Whose state it is."""
    version: int
    """Which state of the run: its number."""
    run_name: str
    """The run's name at that time."""
    flow_name: str
    """Its flow."""
    deployment_name: str | None
    """Its deployment, `flow/deployment`."""
    state_type: StateType
    """The state's type."""
    state_name: str
    """Its name."""
    state_message: str | None
    """What it says, the beginning of it."""
    state_time: datetime
    """When the run entered it."""
    total_run_time: timedelta
    """How long the run's code had run by then."""
    due: datetime | None
    """When it is tried next; `None` once it was sent or given up."""
    tries: int
    """How often it was tried."""
    sent: datetime | None
    """When it was sent."""
    error: str | None
    """Why the latest try failed."""
    session: str | None
    """Which process is trying, if any."""
    failed_in: str | None = None
    """The task in which the error came up, where that is known still."""
    failed_at: str | None = None
    """The file and the line where it did."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """A subscription that could not be told something."""

    name: str
    """What commands call it."""
    address: str
    """Where it goes, as far as people may see it."""
    waiting: int
    """How many notifications were tried in vain and are tried again."""
    given_up: int
    """How many are not tried again."""
    error: str
    """Why the latest try failed."""
