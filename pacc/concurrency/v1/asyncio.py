"""Tag limits held for a task run, the older spelling for code that awaits."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from pacc.concurrency import asyncio as slots
from pacc.concurrency._acquiring import names_of
from pacc.schemas.concurrency import TAG_PREFIX, ConcurrencyLeaseHolder

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from uuid import UUID

__all__ = ["concurrency"]


@asynccontextmanager
async def concurrency(
    names: str | list[str],
    task_run_id: UUID,
    timeout_seconds: float | None = None,
) -> AsyncGenerator[None, None]:
    """Do something only while a slot of each of some tags' limits is held; see `pacc.concurrency.v1.sync.concurrency`.

    Example:
        >>> async with concurrency("database", task_run_id):  # doctest: +SKIP
        ...     await query()
    """
    limits = [f"{TAG_PREFIX}{name}" for name in names_of(names)]
    holder = ConcurrencyLeaseHolder(type="task_run", id=task_run_id)
    async with slots.concurrency(limits, timeout_seconds=timeout_seconds, holder=holder):
        yield
