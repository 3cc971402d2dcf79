"""Waiting for what can be read, also where the numbers of descriptors are high."""

from __future__ import annotations

import fcntl
import os
import resource
import time

import pytest

from pacc._internal.readable import readable


@pytest.fixture
def pipe():
    ears, mouth = os.pipe()
    yield ears, mouth
    os.close(ears)
    os.close(mouth)


def test_what_can_be_read_is_returned_and_what_cannot_is_waited_for(pipe):
    ears, mouth = pipe
    began = time.monotonic()
    assert readable([ears], 0.05) == []
    assert time.monotonic() - began >= 0.05
    os.write(mouth, b"x")
    assert readable([ears]) == [ears]


def test_descriptors_above_a_thousand_are_waited_for_as_well(pipe):
    if resource.getrlimit(resource.RLIMIT_NOFILE)[0] <= 1100:
        pytest.skip("this process may not have so many")
    ears, mouth = pipe
    high = fcntl.fcntl(ears, fcntl.F_DUPFD_CLOEXEC, 1050)
    os.write(mouth, b"x")
    assert readable([high], 0) == [high]
    os.close(high)
