"""The words of transactions: how far one is, when it commits, what others see of it."""

from __future__ import annotations

from enum import StrEnum


class _Words(StrEnum):
    """Words one of which is meant."""

    @classmethod
    def _missing_(cls, value: object) -> None:
        raise ValueError(f"{value!r} is none of {', '.join(cls)}")


class IsolationLevel(_Words):
    """What transactions with the same key see of each other."""

    READ_COMMITTED = "READ_COMMITTED"
    """What the others have committed; two may do the same work at the same time."""
    SERIALIZABLE = "SERIALIZABLE"
    """One at a time; needs a lock manager."""


class CommitMode(_Words):
    """When a transaction commits."""

    EAGER = "EAGER"
    """When it is left."""
    LAZY = "LAZY"
    """When the outermost one commits."""
    OFF = "OFF"
    """Only when asked to."""


class TransactionState(StrEnum):
    """How far a transaction is."""

    PENDING = "PENDING"
    ACTIVE = "ACTIVE"
    STAGED = "STAGED"
    COMMITTED = "COMMITTED"
    ROLLED_BACK = "ROLLED_BACK"
