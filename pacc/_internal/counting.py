"""Numbers of things, in words."""

from __future__ import annotations


def counted(number: int, noun: str) -> str:
    """Return how many there are of something.

    Args:
        number: so many.
        noun: what one of them is called.

    >>> counted(1, "flow run"), counted(1200, "flow run")
    ('1 flow run', '1,200 flow runs')
    """
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
