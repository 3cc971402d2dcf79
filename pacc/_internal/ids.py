"""Ids that sort by the time they were made: UUID version 7 (RFC 9562, section 5.7), as text.

They are made by the process that needs them, ten thousand a second and more, so the random bytes come from a pool that a
forked child throws away.
"""

from __future__ import annotations

import os
import time

_POOL_BYTES = 4096
_LOW_BITS = (1 << 62) - 1
_VARIANT = 0b10 << 62
_VERSION_7 = 0x7 << 12


class _Pool:
    """Random bytes fetched from the system a page at a time."""

    __slots__ = ("_bytes", "_last", "_position")

    def __init__(self) -> None:
        self.forget()
        self._last = 0

    def forget(self) -> None:
        """Drop what is left, so that two processes never share random bytes."""
        self._bytes = b""
        self._position = _POOL_BYTES

    def take(self, count: int) -> bytes:
        """Return the next `count` bytes."""
        start = self._position
        end = start + count
        taken = self._bytes[start:end]
        if len(taken) < count:
            self._bytes = os.urandom(_POOL_BYTES)
            taken = self._bytes[:count]
            end = count
        self._position = end
        return taken

    def tick(self) -> int:
        """Return the time in 1/4096 ms, always later than the last answer of this process."""
        tick = (time.time_ns() << 12) // 1_000_000
        self._last = tick if tick > self._last else self._last + 1
        return self._last


_pool = _Pool()
os.register_at_fork(after_in_child=_pool.forget)


def new_id() -> str:
    """Return a new UUIDv7 as 36 characters of text; ids of one process sort in the order they were made."""
    tick = _pool.tick()
    high = ((tick >> 12) << 16) | _VERSION_7 | (tick & 0xFFF)
    low = _VARIANT | (int.from_bytes(_pool.take(8), "big") & _LOW_BITS)
    return _text(high, low)


def first_id(microseconds: int) -> str:
    """Return what sorts before every id made at that moment or later, and after every one made before.

    >>> first_id(1_795_251_600_000_000)
    '01a1fd55-7a80-7000-8000-000000000000'
    """
    return _text(((microseconds // 1000) << 16) | _VERSION_7, _VARIANT)


def derived_id(run_id: str, number: int) -> str:
    """Return the id of the `number`-th thing that belongs to a run, e.g. its third state: the same every time it is asked.

    Saves storing an id for every state of every run.
    """
    digits = int(run_id.replace("-", ""), 16)
    high, low = digits >> 64, digits & _LOW_BITS
    return _text(high, _VARIANT | ((low + number * 0x9E3779B97F4A7C15) & _LOW_BITS))


def origin(derived: str) -> str:
    """Return what a derived id and the id of its run begin with both.

    >>> origin(derived_id("01a1fd55-7a80-7000-8000-000000000000", 3))
    '01a1fd55-7a80-7000'
    """
    return derived[:18]


def random_key() -> str:
    """Return a random UUID (version 4) as text: the dynamic key that tells two calls of one task apart."""
    digits = _pool.take(16).hex()
    variant = "89ab"[int(digits[16], 16) & 3]
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-{variant}{digits[17:20]}-{digits[20:]}"


def _text(high: int, low: int) -> str:
    digits = f"{high:016x}{low:016x}"
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"
