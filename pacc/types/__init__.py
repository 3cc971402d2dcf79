"""Contracts between floors: what the lower one needs, the upper one provides."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any


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
