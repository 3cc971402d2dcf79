"""The heap of a process that forks: what its children allocate is to lie together, and not in the holes between what they share.

A child that writes into a hole gets a copy of the whole page. A thousand children have a thousand copies, and each takes time.
"""

from __future__ import annotations

import ctypes

_SIZES = tuple(1 << power for power in range(16, 4, -1))
_MOST = 100_000
"""Pieces taken at most: a heap with more holes than that is left as it is."""


class _Counts(ctypes.Structure):
    """What `mallinfo2` says, in its order."""

    _fields_ = [
        (name, ctypes.c_size_t)
        for name in (
            "arena", "ordblks", "smblks", "hblks", "hblkhd", "usmblks", "fsmblks", "uordblks", "fordblks", "keepcost",
        )
    ]  # fmt: skip


def fill_holes() -> int:
    """Take what is free inside the heap of this process, for good, so that the next allocations lie at its end.

    Returns:
        How many pieces were taken; 0 where the C library does not tell where its heap ends, as only glibc does.

    Example:
        >>> fill_holes()  # doctest: +SKIP
        347
    """
    system = ctypes.CDLL(None)
    if not hasattr(system, "mallinfo2"):
        return 0
    system.mallinfo2.restype = _Counts
    for function, takes in ((system.malloc, ctypes.c_size_t), (system.sbrk, ctypes.c_ssize_t)):
        function.restype, function.argtypes = ctypes.c_void_p, [takes]
    system.free.argtypes = [ctypes.c_void_p]
    taken = 0
    for size in _SIZES:
        while taken < _MOST:
            end = system.sbrk(0) - system.mallinfo2().keepcost
            piece = system.malloc(size)
            if piece is None or piece >= end:
                system.free(piece)
                break
            taken += 1
    return taken
