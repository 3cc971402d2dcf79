"""What the thread that looks at the store says to a pane. Handlers alone change the screen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from textual.message import Message


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What a look at the store found."""

    name: str
    """The look's name."""
    value: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Unseen:
    """The store could not be looked at; what is on the screen is old from now on."""

    name: str
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """Something that was asked for has been done."""

    name: str
    value: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """Something that was asked for could not be done."""

    name: str
    sentence: str
    hint: str | None = None


Report = Seen | Unseen | Done | Refused


class Reported(Message, bubble=False):
    """Carries a report from the thread to a pane.

    Args:
        report: what is said.
    """

    def __init__(self, report: Report) -> None:
        super().__init__()
        self.report = report
