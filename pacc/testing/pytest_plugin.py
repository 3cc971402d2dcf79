"""The plugin that pytest loads by itself where pacc is installed: fixtures for tests of flows.

It is loaded in every test run of the environment, so it imports nothing of pacc until a test asks for a fixture.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

    from pacc.testing.clock import MovableClock
    from pacc.testing.recorded import Recorded


@pytest.fixture
def pacc_store() -> Generator[Recorded, None, None]:
    """Give the test a store of its own: `pacc_store.flow_run()`, `.task_runs("fetch")`, `.history(run)`."""
    from pacc.testing.utilities import (
        pacc_test_harness,
    )  # start-up: suites that test no flow never pay for it

    with pacc_test_harness() as recorded:
        yield recorded


@pytest.fixture
def pacc_harness(pacc_store: Recorded) -> Path:
    """Give the test a home of its own, and return its folder."""
    return pacc_store.home


@pytest.fixture
def pacc_clock() -> Generator[MovableClock, None, None]:
    """Give the test a clock to move: `pacc_clock.advance(hours=1)`, `.freeze(...)`; retries are not waited for."""
    from pacc.testing.clock import MovableClock  # start-up: as above

    with MovableClock() as clock:
        yield clock
