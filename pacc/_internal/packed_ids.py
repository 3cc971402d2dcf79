"""Very many ids in little room: sixteen bytes each, where a string takes ninety."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice
from typing import overload
from uuid import UUID

_SIZE = 16
_AT_ONCE = 1000


class PackedIds(Sequence[str]):
    """The ids of a long list in its order, as their texts.

    Args:
        ids: texts of UUIDs.

    Example:
        >>> found = PackedIds(["0198a1b2-0000-7000-8000-000000000001"])
        >>> len(found), found[0]
        (1, '0198a1b2-0000-7000-8000-000000000001')
    """

    __slots__ = ("_bytes",)

    def __init__(self, ids: Iterable[str] = ()) -> None:
        packed, waiting = bytearray(), iter(ids)
        while texts := "".join(
            islice(waiting, _AT_ONCE)
        ):  # the texts of very many would take as much room again
            packed += bytes.fromhex(texts.replace("-", ""))
        self._bytes = bytes(packed)

    def __len__(self) -> int:
        return len(self._bytes) // _SIZE

    @overload
    def __getitem__(self, place: int) -> str: ...

    @overload
    def __getitem__(self, place: slice) -> list[str]: ...

    def __getitem__(self, place: int | slice) -> str | list[str]:
        if isinstance(place, slice):
            return [self._text(each) for each in range(*place.indices(len(self)))]
        return self._text(range(len(self))[place])

    def __eq__(self, other: object) -> bool:
        return isinstance(other, PackedIds) and self._bytes == other._bytes

    def __hash__(self) -> int:
        return hash(self._bytes)

    def place(self, identity: str) -> int | None:
        """Return where an id stands, nothing where it does not."""
        wanted = UUID(identity).bytes
        found = self._bytes.find(wanted)
        while found >= 0 and found % _SIZE:  # the end of one id and the beginning of the next look like it
            found = self._bytes.find(wanted, found + 1)
        return None if found < 0 else found // _SIZE

    def _text(self, place: int) -> str:
        return str(UUID(bytes=self._bytes[place * _SIZE : (place + 1) * _SIZE]))
