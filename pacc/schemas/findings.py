"""What a look at the health of pacc's home found."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked at."""

    subject: str
    """What was looked at, e.g. `store`."""
    level: str
    """`ok`, `warning` or `problem`."""
    message: str
    """What was found, a sentence."""
    hint: str | None = None
    """What to do about it."""
