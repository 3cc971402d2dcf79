"""Why something is as it is: an answer in a sentence, what it rests on, and what to do."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """The answer to "why?" about one thing."""

    subject: str
    """What was asked about, in words."""
    answer: str
    """Why it is as it is, in a sentence or two."""
    facts: tuple[str, ...] = ()
    """What the answer rests on, each a sentence."""
    next_step: str | None = None
    """A command that shows more or changes it."""
