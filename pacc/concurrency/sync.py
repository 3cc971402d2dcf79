"""Limits on how much goes on at once, for code that does not await."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from pacc._internal.steps import drive
from pacc.concurrency._acquiring import acquiring, names_of
from pacc.exceptions import AcquireConcurrencySlotTimeoutError, ConcurrencySlotAcquisitionError

if TYPE_CHECKING:
    from collections.abc import Generator

    from pacc.schemas.concurrency import ConcurrencyLeaseHolder

__all__ = [
    "AcquireConcurrencySlotTimeoutError",
    "ConcurrencySlotAcquisitionError",
    "concurrency",
    "rate_limit",
]


@contextmanager
def concurrency(
    names: str | list[str],
    occupy: int = 1,
    timeout_seconds: float | None = None,
    max_retries: int | None = None,
    lease_duration: float = 300,  # noqa: ARG001 - see the docstring
    strict: bool = False,
    holder: ConcurrencyLeaseHolder | None = None,
    raise_on_lease_renewal_failure: bool | None = None,  # noqa: ARG001 - see the docstring
) -> Generator[None, None, None]:
    """Do something only while slots of some limits are held; whoever came first is served first.

    Args:
        names: the limits; slots of all of them are taken together. A name that is no limit's is passed over with a warning.
        occupy: slots of each.
        timeout_seconds: how long to wait for them; for ever unless given.
        max_retries: how often to ask again after slots were given back.
        lease_duration: Prefect's, and without effect: slots are held as long as their process lives, and free the moment it dies.
        strict: whether a name that is no limit's is an error.
        holder: the run that takes them; the one this code runs in by default.
        raise_on_lease_renewal_failure: Prefect's, and without effect: there is nothing to renew.

    Raises:
        AcquireConcurrencySlotTimeoutError: the time was over.
        ConcurrencySlotAcquisitionError: more slots than there are, a limit that is missing, or no retry left.

    Example:
        >>> with concurrency("database", occupy=2):  # doctest: +SKIP
        ...     query()
    """
    lease = drive(
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


def rate_limit(
    names: str | list[str], occupy: int = 1, timeout_seconds: float | None = None, strict: bool = False
) -> None:
    """Wait until as much may go on as limits with a slot decay allow.

    Args:
        names: the limits; each needs a slot decay.
        occupy: slots of each.
        timeout_seconds: how long to wait for them; for ever unless given.
        strict: whether a name that is no limit's is an error.

    Raises:
        AcquireConcurrencySlotTimeoutError: the time was over.
        ConcurrencySlotAcquisitionError: a limit without decay, more slots than there are, or a limit that is missing.

    Example:
        >>> rate_limit("api")  # doctest: +SKIP
    """
    drive(
        acquiring(
            names_of(names), occupy=occupy, mode="rate_limit", timeout_seconds=timeout_seconds, strict=strict
        )
    )
