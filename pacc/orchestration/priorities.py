"""Places in a row, each taken once: who takes a taken one pushes the others back."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

K = TypeVar("K")


def lowest_free(taken: Iterable[int]) -> int:
    """Return the first place that nobody has.

    >>> lowest_free([1, 2, 4])
    3
    """
    places = set(taken)
    return next(place for place in range(1, len(places) + 2) if place not in places)


def put(places: Mapping[K, int], who: K, place: int) -> dict[K, int]:
    """Return the places after somebody took one: whoever had it goes one back, and so on until one was free.

    Args:
        places: who has which place.
        who: takes a place, and leaves the one it may have had.
        place: which, from 1 on.

    >>> put({"default": 1, "nightly": 2, "later": 4}, "urgent", 1)
    {'default': 2, 'nightly': 3, 'later': 4, 'urgent': 1}
    """
    result = {key: held for key, held in places.items() if key != who}
    taken = place
    for key in sorted(result, key=lambda each: result[each]):
        if result[key] == taken:
            taken = result[key] = taken + 1
    return {**result, who: place}
