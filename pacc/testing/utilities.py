"""What tests of flows use: a store of their own for a block of code, and small helpers under Prefect's names."""

from __future__ import annotations

import os
import shutil
import tempfile
import warnings
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pacc.engine import place
from pacc.exceptions import ObjectNotFound
from pacc.loops.housekeeper import housekeeper
from pacc.settings import (
    PACC_HOME,
    PACC_PROFILES_PATH,
    PACC_STORE_SYNCHRONOUS,
    temporary_settings,
)
from pacc.store import FILE_NAME, close_store, open_store
from pacc.testing.recorded import Recorded

if TYPE_CHECKING:
    from collections.abc import Generator

    from pacc.schemas.flow_runs import FlowRun

__all__ = [
    "assert_does_not_warn",
    "exceptions_equal",
    "get_most_recent_flow_run",
    "pacc_test_harness",
    "prefect_test_harness",
]


@contextmanager
def pacc_test_harness(server_startup_timeout: int | None = 30) -> Generator[Recorded, None, None]:
    """Give a block of code an empty home of its own, and remove it afterwards with all that was recorded.

    Flows and tasks called inside, in threads and in processes started inside as well, keep their runs there. The other settings
    stay as they are, but that the store need not survive a power cut. Blocks nest. It takes some milliseconds, so a test can have
    one, as well as a whole session.

    Args:
        server_startup_timeout: taken for Prefect's sake; there is no server to wait for.

    Yields:
        What the store says happened, see `Recorded`.

    Example:
        >>> with pacc_test_harness() as recorded:
        ...     greet("Ada")
        ...     recorded.flow_run().state_name
        'Hello, Ada'
        'Completed'
    """
    del server_startup_timeout
    home = Path(os.path.realpath(tempfile.mkdtemp(prefix="pacc-test-")))
    try:
        _blank.furnish(home)
        with (
            temporary_settings(
                {PACC_HOME: str(home)}, {PACC_STORE_SYNCHRONOUS: "normal"}, [PACC_PROFILES_PATH]
            ),
            _environment("PACC_HOME", str(home)),
        ):
            yield Recorded(home)
    finally:
        _put_away(home)


prefect_test_harness = pacc_test_harness


class _Blank:
    """A new store's file, made once and copied from then on: making one waits for the disk again and again, a copy does not."""

    def __init__(self) -> None:
        self._homes = 0
        self._file: bytes | None = None

    def furnish(self, home: Path) -> None:
        """Put an empty store into a home, unless it is the first one, for which it is made when it is used."""
        self._homes += 1
        if self._homes == 1:
            return
        if self._file is None:
            self._file = self._made()
        (home / FILE_NAME).write_bytes(self._file)
        (home / FILE_NAME).chmod(0o600)

    def _made(self) -> bytes:
        with tempfile.TemporaryDirectory(prefix="pacc-test-") as folder:
            home = Path(folder)
            open_store(home)
            close_store(home)  # which folds the log back into the file
            return (home / FILE_NAME).read_bytes()


_blank = _Blank()


def _put_away(home: Path) -> None:
    """End all that this process holds in a home and remove the folder."""
    try:
        housekeeper.leave(home)
        place.leave(home)
    finally:
        shutil.rmtree(home, ignore_errors=True)


@contextmanager
def _environment(name: str, value: str) -> Generator[None, None, None]:
    """Set a variable for the processes that are started in the block."""
    before = os.environ.get(name)
    os.environ[name] = value
    try:
        yield
    finally:
        if before is None:
            del os.environ[name]
        else:
            os.environ[name] = before


async def get_most_recent_flow_run(client: Any = None, flow_name: str | None = None) -> FlowRun:
    """Return the newest flow run.

    Args:
        client: taken for Prefect's sake; the store in force is asked.
        flow_name: only runs of this flow.

    Raises:
        ObjectNotFound: there is none.
    """
    from pacc.schemas.filters import FlowFilter, FlowFilterName  # start-up
    from pacc.services import flow_runs

    del client
    found = flow_runs.select(
        open_store(place.current().home),
        flow_filter=FlowFilter(name=FlowFilterName(any_=[flow_name])) if flow_name else None,
        limit=1,
    )
    if not found:
        raise ObjectNotFound(f'no run of the flow "{flow_name}"' if flow_name else "no flow run")
    return found[0]


def exceptions_equal(a: Exception, b: Exception) -> bool:
    """Say whether two errors are of one class and hold the same.

    >>> exceptions_equal(ValueError("no"), ValueError("no")), exceptions_equal(ValueError("no"), KeyError("no"))
    (True, False)
    """
    return type(a) is type(b) and a.args == b.args


@contextmanager
def assert_does_not_warn(ignore_warnings: list[type[Warning]] | None = None) -> Generator[None, None, None]:
    """Fail if a warning is given inside the block.

    Args:
        ignore_warnings: classes of warnings that may be given.

    Raises:
        AssertionError: a warning was given.

    >>> with assert_does_not_warn():
    ...     pass
    """
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for kind in ignore_warnings or ():
            warnings.filterwarnings("ignore", category=kind)
        try:
            yield
        except Warning as warning:
            raise AssertionError(f"a warning was given: {warning!r}") from warning
