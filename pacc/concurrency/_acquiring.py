"""How slots are waited for, in steps for both colours."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pacc._internal import clock, processes
from pacc._internal.steps import Sleep
from pacc._internal.until import Until
from pacc.concurrency import _lines
from pacc.context import FlowRunContext, TaskRunContext
from pacc.exceptions import AcquireConcurrencySlotTimeoutError, ConcurrencySlotAcquisitionError
from pacc.logging import get_logger
from pacc.schemas.concurrency import ConcurrencyLeaseHolder
from pacc.services.concurrency_slots import Answer, Request, acquire, checked_occupy, release
from pacc.settings import get_current_settings
from pacc.store import open_store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from uuid import UUID

    from pacc._internal.steps import Steps
    from pacc.schemas.concurrency import Mode
    from pacc.store import Store

_SHORTEST = 0.002
_LONGEST = 0.02
"""Seconds between two looks at whether anything was committed, of which only the first in line takes any."""
_LOOK_AGAIN = 1.0
"""Seconds after which slots are asked for although nothing was committed: a holder may have died."""


class Lease:
    """Slots that were taken, or none where no limit of that name exists."""

    __slots__ = ("_id", "_made_in", "_store")

    def __init__(self, store: Store, lease_id: UUID | None) -> None:
        self._store = store
        self._id = lease_id
        self._made_in = processes.this

    def release(self) -> None:
        """Give them back; a forked child leaves its parent's alone."""
        if self._id is not None and self._made_in is processes.this:
            release(self._store, self._id)


def names_of(names: str | Iterable[str]) -> tuple[str, ...]:
    """Return the names of limits as somebody gave them, one or several, each once.

    >>> names_of(["database", "api", "database"])
    ('database', 'api')
    """
    return tuple(dict.fromkeys((names,) if isinstance(names, str) else names))


def acquiring(
    names: tuple[str, ...],
    *,
    occupy: int = 1,
    mode: Mode = "concurrency",
    timeout_seconds: float | None = None,
    max_retries: int | None = None,
    strict: bool = False,
    holder: ConcurrencyLeaseHolder | None = None,
) -> Steps[Lease]:
    """Take slots of some limits, waiting in line for them.

    Args:
        names: the limits.
        occupy: slots of each.
        mode: whether they are given back, or let go by decay alone.
        timeout_seconds: how long to wait at most.
        max_retries: how often to ask again after slots were given back or had the time to decay.
        strict: whether every name has to be a limit's.
        holder: the run that takes them; the one this code runs in by default.

    Raises:
        AcquireConcurrencySlotTimeoutError: the time was over.
        ConcurrencySlotAcquisitionError: it will never be possible, a limit is missing, or it was asked often enough.
    """
    store = open_store(get_current_settings().home)
    request = Request(names, checked_occupy(occupy), mode, holder or _this_run())
    answer = acquire(store, request)
    _say_missing(answer, strict=strict)
    if answer.lease is None:
        deadline = None if timeout_seconds is None else clock.monotonic() + timeout_seconds
        answer = yield from _waiting(
            store, request, answer, _Patience(deadline, timeout_seconds, max_retries)
        )
    return Lease(store, answer.lease.lease_id if answer.lease is not None and mode == "concurrency" else None)


class _Patience:
    """How long and how often somebody asks."""

    __slots__ = ("_deadline", "_retries", "_seconds")

    def __init__(self, deadline: float | None, seconds: float | None, retries: int | None) -> None:
        self._deadline = deadline
        self._seconds = seconds
        self._retries = retries

    def left(self) -> float | None:
        """Return the seconds that are left, `None` for no end."""
        return None if self._deadline is None else max(0.0, self._deadline - clock.monotonic())

    def require_time(self, full: tuple[str, ...]) -> None:
        """Raise where the time is over."""
        if self.left() == 0.0:
            raise AcquireConcurrencySlotTimeoutError(
                f"no free slot of {_quoted(full)} within {self._seconds:g} second(s)"
            )

    def require_retry(self, full: tuple[str, ...]) -> None:
        """Count one more question; raise where there were enough."""
        if self._retries is None:
            return
        if self._retries <= 0:
            raise ConcurrencySlotAcquisitionError(f"no free slot of {_quoted(full)}, and no retry left")
        self._retries -= 1


def _waiting(store: Store, request: Request, answer: Answer, patience: _Patience) -> Steps[Answer]:
    patience.require_retry(answer.full)
    patience.require_time(answer.full)
    places: list[_lines.Place] = []

    def join(tell: Callable[[], None]) -> None:
        places.append(_lines.join(store.home, request.names, tell))

    try:
        yield Until(join, patience.left())
        while answer.lease is None:
            patience.require_time(answer.full)
            answer = acquire(store, request)
            if answer.lease is None:
                yield from _news(store, answer, patience)
                patience.require_retry(answer.full)
    finally:
        for place in places:
            place.leave()
    return answer


def _news(store: Store, answer: Answer, patience: _Patience) -> Steps[None]:
    """Wait until it makes sense to ask again: somebody committed something, slots have decayed, a holder may be dead."""
    seen = store.data_version()
    now = clock.monotonic()
    until = now + min(_LOOK_AGAIN, answer.retry_after or _LOOK_AGAIN)
    left = patience.left()
    end = until if left is None else min(until, now + left)
    pause = _SHORTEST
    while (rest := end - clock.monotonic()) > 0:
        yield Sleep(min(pause, rest))
        if store.data_version() != seen:
            return
        pause = min(2 * pause, _LONGEST)


def _say_missing(answer: Answer, *, strict: bool) -> None:
    if not answer.missing:
        return
    if strict:
        if answer.lease is not None:
            release(open_store(get_current_settings().home), answer.lease.lease_id)
        raise ConcurrencySlotAcquisitionError(
            f"there is no concurrency limit {_quoted(answer.missing)}",
            hint=f'pacc gcl create "{answer.missing[0]}" --limit 10',
        )
    get_logger("concurrency").warning(
        "There is no concurrency limit %s, so nothing is limited by it.", _quoted(answer.missing)
    )


def _quoted(names: tuple[str, ...]) -> str:
    return ", ".join(f'"{name}"' for name in names)


def _this_run() -> ConcurrencyLeaseHolder | None:
    from uuid import UUID  # start-up

    task_run, flow_run = TaskRunContext.get(), FlowRunContext.get()
    if task_run is not None:
        return ConcurrencyLeaseHolder(type="task_run", id=UUID(task_run.run.id))
    return None if flow_run is None else ConcurrencyLeaseHolder(type="flow_run", id=UUID(flow_run.run.id))
