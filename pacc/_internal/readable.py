"""Waiting until there is something to read, whatever the descriptors' numbers.

`select.select` refuses numbers from 1024 on, and a process that keeps many stores, pipes and children open has those.
"""

from __future__ import annotations

import math
import select
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Protocol

    class HasFileno(Protocol):
        """A socket, a pipe's end."""

        def fileno(self) -> int:
            """Return its descriptor."""
            ...


D = TypeVar("D", bound="int | HasFileno")


def readable(descriptors: Sequence[D], seconds: float | None = None) -> list[D]:
    """Return those that can be read without waiting, as soon as there is one; those whose other end is closed can.

    Args:
        descriptors: numbers, or objects with a `fileno`.
        seconds: how long to wait at most; for ever unless given. Then none is returned.

    Example:
        >>> import os
        >>> ears, mouth = os.pipe()
        >>> readable([ears], 0)
        []
        >>> os.close(mouth)
        >>> readable([ears]) == [ears]
        True
        >>> os.close(ears)
    """
    poll = select.poll()
    for each in descriptors:
        poll.register(each, select.POLLIN)
    ready = {
        number for number, _ in poll.poll(None if seconds is None else max(0, math.ceil(seconds * 1000)))
    }
    return [each for each in descriptors if _number(each) in ready]


def _number(descriptor: int | HasFileno) -> int:
    return descriptor if isinstance(descriptor, int) else descriptor.fileno()
