"""Numbers of bytes the way people read them."""

from __future__ import annotations


def size(count: float) -> str:
    """Return a number of bytes the way people read it.

    >>> size(512), size(2048), size(5 << 20)
    ('512 B', '2.0 KiB', '5.0 MiB')
    """
    if count < 1024:
        return f"{count:.0f} B"
    amount = float(count)
    for unit in ("KiB", "MiB", "GiB"):
        amount /= 1024
        if amount < 1024:
            return f"{amount:.1f} {unit}"
    return f"{amount / 1024:.1f} TiB"
