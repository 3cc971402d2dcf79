"""Contracts between floors: what the lower one needs, the upper one provides."""

from __future__ import annotations

from abc import ABC, abstractmethod
from importlib import import_module
from typing import Any

_READER = "pacc.results"
"""The module that reads kept results: many floors up, so it is asked by name, and only when a result is wanted."""


class ResultHandle(ABC):
    """A stored result that a state carries instead of the value.

    Subclassed by `pacc.results`; called by `State.result()` from any thread. A nominal base class rather than a protocol: user
    values that happen to have a `fetch` method must never be taken for one.
    """

    __slots__ = ()

    @abstractmethod
    def fetch(self, *, retry: bool = True) -> Any:
        """Return what was stored, a value or the error of a failed run.

        Args:
            retry: try again for a while when the record is not there yet.

        Raises:
            MissingResult: the record is gone.
        """


class KeptValue(ResultHandle):
    """A result kept elsewhere, known by the reference a run's row holds; it is read when it is asked for."""

    __slots__ = ("reference",)

    def __init__(self, reference: str) -> None:
        self.reference = reference
        """Where it is and how it is read, as JSON."""

    def fetch(self, *, retry: bool = True) -> Any:
        """Return the value; see `ResultHandle.fetch`."""
        return import_module(_READER).read_reference(self.reference, retry=retry)

    def __repr__(self) -> str:
        return f"KeptValue({self.reference})"
