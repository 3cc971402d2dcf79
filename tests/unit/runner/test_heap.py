"""A process that forks many fills the holes of its heap first."""

from __future__ import annotations

import ctypes
import os

import pytest

from pacc.runner.heap import fill_holes


@pytest.mark.skipif(not hasattr(ctypes.CDLL(None), "mallinfo2"), reason="only glibc tells of its heap")
def test_holes_are_filled_once():
    pid = os.fork()  # what is taken is never given back
    if not pid:
        pieces = [bytearray(5000) for _ in range(1000)]
        del pieces[::2]
        first = fill_holes()
        os._exit(0 if first >= 400 and fill_holes() < first / 10 else 1)
    assert os.waitpid(pid, 0)[1] == 0
