"""Automations as they are kept, when they fired, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptAutomation:
    """An automation as it is kept: its trigger and actions as plain data, lengths of time in seconds."""

    id: UUID
    """What tells it from all others."""
    name: str
    """What people call it; several may have one name."""
    description: str = ""
    """What it is for."""
    enabled: bool = True
    """Whether it fires."""
    tags: list[str] = field(default_factory=list)
    """Words to find it by."""
    trigger: dict[str, Any]
    """What it waits for."""
    actions: list[dict[str, Any]]
    """What is done when it fires, and when what fired it is over."""
    actions_on_trigger: list[dict[str, Any]] = field(default_factory=list)
    """What is done besides when it fires."""
    actions_on_resolve: list[dict[str, Any]] = field(default_factory=list)
    """What is done when what fired it is over."""
    owner_resource: str | None = None
    """The resource whose end is its end."""
    created: datetime
    """When it was made."""
    updated: datetime
    """When it was last changed."""
    stopped: str | None = None
    """Why it was paused, where nobody asked for it."""

    @property
    def definition(self) -> dict[str, Any]:
        """Its trigger and actions."""
        return {
            "trigger": self.trigger,
            "actions": self.actions,
            "actions_on_trigger": self.actions_on_trigger,
            "actions_on_resolve": self.actions_on_resolve,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionOutcome:
    """One action of a firing and what became of it."""

    place: int
    """Which one it is, from 0."""
    action: dict[str, Any]
    """What was to be done."""
    status: str
    """`waiting`, `running`, `executed` or `failed`."""
    attempts: int
    """How often it was tried."""
    due: datetime | None = None
    """When it is tried next."""
    ended: datetime | None = None
    """When it was tried last."""
    outcome: dict[str, Any] = field(default_factory=dict)
    """What it did."""
    error: str | None = None
    """Why it failed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Firing:
    """One time an automation fired."""

    id: UUID
    """What tells it from all others."""
    fired: datetime
    """When."""
    because: str
    """Why, in a sentence."""
    resolved: bool = False
    """Whether it ceased instead."""
    labels: dict[str, str] = field(default_factory=dict)
    """The values of its `for_each`."""
    event: dict[str, Any] | None = None
    """The last event it saw, as plain data."""
    actions: list[ActionOutcome] = field(default_factory=list)
    """What was done."""
