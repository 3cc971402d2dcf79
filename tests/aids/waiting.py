"""Waiting for what will be, for as long as only a hang would take."""

from __future__ import annotations

import time

PATIENCE = 60.0
"""Seconds that a busy machine may take for what a quiet one does at once."""


def wait_until(condition, within=PATIENCE):
    """Wait until a condition holds, and return what it gave; that it never does fails the test."""
    end = time.monotonic() + within
    while not (answer := condition()):
        assert time.monotonic() < end, "it never came to that"
        time.sleep(0.005)
    return answer
