"""Tag limits held for a task run, the older spelling for code that does not await."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from pacc.concurrency import sync
from pacc.concurrency._acquiring import names_of
from pacc.schemas.concurrency import TAG_PREFIX, ConcurrencyLeaseHolder

if TYPE_CHECKING:
    from collections.abc import Generator
    from uuid import UUID

__all__ = ["concurrency"]


@contextmanager
def concurrency(
    names: str | list[str], task_run_id: UUID, timeout_seconds: float | None = None
) -> Generator[None, None, None]:
    """Do something only while a slot of each of some tags' limits is held.

    Args:
        names: the tags.
        task_run_id: the task run that holds them.
        timeout_seconds: how long to wait for them; for ever unless given.

    Raises:
        AcquireConcurrencySlotTimeoutError: the time was over.
        ConcurrencySlotAcquisitionError: a limit lets nobody through.

    Example:
        >>> with concurrency("database", task_run_id):  # doctest: +SKIP
        ...     query()
    """
    limits = [f"{TAG_PREFIX}{name}" for name in names_of(names)]
    holder = ConcurrencyLeaseHolder(type="task_run", id=task_run_id)
    with sync.concurrency(limits, timeout_seconds=timeout_seconds, holder=holder):
        yield
