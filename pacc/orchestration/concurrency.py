"""Whether slots of concurrency limits can be had now: a pure decision over how the limits stand."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pacc._internal.counting import counted
from pacc.exceptions import ConcurrencySlotAcquisitionError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pacc.schemas.concurrency import Mode


class Standing(NamedTuple):
    """How one limit stands."""

    name: str
    slots: int
    """How many there are."""
    taken: float
    """How many of them are taken at this moment; a fraction where they decay."""
    decay: float
    """How many taken ones become free in a second by themselves."""
    active: bool = True


class Verdict(NamedTuple):
    """What becomes of a request for slots."""

    granted: bool
    full: tuple[str, ...] = ()
    """The limits that have too few free slots."""
    seconds: float | None = None
    """When decay alone will have made room; `None` where somebody has to give slots back."""


def level_now(level: float, since: int, decay: float, now: int) -> float:
    """Return how full a limit is that was filled up to a level once and empties by itself.

    Args:
        level: slots taken at that moment.
        since: the moment, in microseconds since the epoch.
        decay: slots that become free in a second.
        now: the present moment, in microseconds since the epoch; an earlier one counts as the same.

    >>> level_now(3.0, 0, 2.0, 1_000_000)
    1.0
    """
    return max(0.0, level - decay * max(0, now - since) / 1_000_000)


def judge(standings: Sequence[Standing], wanted: int, mode: Mode) -> Verdict:
    """Say whether so many slots of each of several limits can be had now; all or nothing.

    Args:
        standings: how the limits stand.
        wanted: slots of each.
        mode: `rate_limit` asks for slots that decay alone makes free again.

    Returns:
        The verdict; limits that are not active always have room.

    Raises:
        ConcurrencySlotAcquisitionError: it will never be possible.

    >>> judge([Standing("database", 2, 1, 0)], 1, "concurrency").granted
    True
    >>> judge([Standing("database", 2, 2, 0)], 1, "concurrency").full
    ('database',)
    """
    counting = [each for each in standings if each.active]
    for each in counting:
        _require_possible(each, wanted, mode)
    full = [each for each in counting if each.taken + wanted > each.slots + _TOLERANCE]
    if not full:
        return Verdict(granted=True)
    waits = [_seconds(each, wanted) for each in full]
    known = [seconds for seconds in waits if seconds is not None]
    return Verdict(False, tuple(each.name for each in full), max(known) if len(known) == len(waits) else None)


_TOLERANCE = 1e-9
"""What adding up fractions may be off by."""


def _require_possible(standing: Standing, wanted: int, mode: Mode) -> None:
    if wanted > standing.slots:
        raise ConcurrencySlotAcquisitionError(
            f'the concurrency limit "{standing.name}" has {counted(standing.slots, "slot")}, so {wanted} can never be taken at once'
        )
    if mode == "rate_limit" and standing.decay <= 0:
        raise ConcurrencySlotAcquisitionError(
            f'the concurrency limit "{standing.name}" has no slot decay, so it cannot limit a rate',
            hint=f'pacc gcl update "{standing.name}" --slot-decay-per-second 1',
        )


def _seconds(standing: Standing, wanted: int) -> float | None:
    """When a limit that empties by itself has room."""
    return (standing.taken + wanted - standing.slots) / standing.decay if standing.decay > 0 else None
