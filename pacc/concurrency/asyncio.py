"""Limits on how much goes on at once, for code that awaits; the event loop does other things while one waits for slots."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from pacc._internal.steps import adrive
from pacc.concurrency._acquiring import acquiring, names_of
from pacc.exceptions import AcquireConcurrencySlotTimeoutError, ConcurrencySlotAcquisitionError

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from pacc.schemas.concurrency import ConcurrencyLeaseHolder

__all__ = [
    "AcquireConcurrencySlotTimeoutError",
    "ConcurrencySlotAcquisitionError",
    "concurrency",
    "rate_limit",
]


@asynccontextmanager
async def concurrency(
    names: str | list[str],
    occupy: int = 1,
    timeout_seconds: float | None = None,
    max_retries: int | None = None,
    lease_duration: float = 300,  # noqa: ARG001 - as in `pacc.concurrency.sync`
    strict: bool = False,
    holder: ConcurrencyLeaseHolder | None = None,
    raise_on_lease_renewal_failure: bool | None = None,  # noqa: ARG001 - as in `pacc.concurrency.sync`
) -> AsyncGenerator[None, None]:
    """Do something only while slots of some limits are held; see `pacc.concurrency.sync.concurrency`.

    Example:
        >>> async with concurrency("database", occupy=2):  # doctest: +SKIP
        ...     await query()
    """
    lease = await adrive(
        acquiring(
            names_of(names),
            occupy=occupy,
            timeout_seconds=timeout_seconds,
            max_retries=max_retries,
            strict=strict,
            holder=holder,
        )
    )
    try:
        yield
    finally:
        lease.release()


async def rate_limit(
    names: str | list[str],
    occupy: int = 1,
    timeout_seconds: float | None = None,
    strict: bool = False,
) -> None:
    """Wait until as much may go on as limits with a slot decay allow; see `pacc.concurrency.sync.rate_limit`.

    Example:
        >>> await rate_limit("api")  # doctest: +SKIP
    """
    await adrive(
        acquiring(
            names_of(names), occupy=occupy, mode="rate_limit", timeout_seconds=timeout_seconds, strict=strict
        )
    )
