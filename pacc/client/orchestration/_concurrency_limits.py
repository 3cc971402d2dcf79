"""The client's methods for concurrency limits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pacc._internal.steps import awaitable
from pacc.client.orchestration._base import OfStore
from pacc.exceptions import ConcurrencySlotAcquisitionError, ObjectNotFound
from pacc.schemas.concurrency import TAG_PREFIX, ConcurrencyLeaseHolder
from pacc.services import (
    concurrency_limits,
    concurrency_slots,
)

if TYPE_CHECKING:
    from uuid import UUID

    from pacc.schemas.concurrency import (
        ConcurrencyLease,
        GlobalConcurrencyLimit,
        GlobalConcurrencyLimitCreate,
        GlobalConcurrencyLimitUpdate,
        MinimalConcurrencyLimit,
        Mode,
    )
    from pacc.store import Store

_taken: dict[tuple[object, ...], list[UUID]] = {}
"""The leases behind what this process took without a lease, by what it asked for."""


class ConcurrencyLimitClient(OfStore):
    """What code that does not await asks and says about concurrency limits."""

    def create_global_concurrency_limit(self, concurrency_limit: GlobalConcurrencyLimitCreate) -> UUID:
        """Make a limit and return its id; `ObjectAlreadyExists` if its name is taken."""
        given = concurrency_limit
        return concurrency_limits.put(
            self._store, given.name, given.limit, active=given.active is not False,
            active_slots=given.active_slots or 0, slot_decay_per_second=given.slot_decay_per_second or 0.0,
        ).id  # fmt: skip

    def update_global_concurrency_limit(
        self, name: str, concurrency_limit: GlobalConcurrencyLimitUpdate
    ) -> None:
        """Change what is given about a limit; `ObjectNotFound` if there is none of that name."""
        given = concurrency_limit
        concurrency_limits.update(
            self._store, name, new_name=given.name, limit=given.limit, active=given.active,
            active_slots=given.active_slots, slot_decay_per_second=given.slot_decay_per_second,
        )  # fmt: skip

    def upsert_global_concurrency_limit_by_name(
        self, name: str, limit: int, slot_decay_per_second: float | None = None
    ) -> None:
        """Make a limit, or give the one of that name these slots and this decay."""
        concurrency_limits.put(
            self._store, name, limit, slot_decay_per_second=slot_decay_per_second or 0.0, overwrite=True
        )

    def delete_global_concurrency_limit_by_name(self, name: str) -> None:
        """Remove a limit; `ObjectNotFound` if there is none of that name."""
        concurrency_limits.remove(self._store, name)

    def read_global_concurrency_limit_by_name(self, name: str) -> GlobalConcurrencyLimit:
        """Return a limit; `ObjectNotFound` if there is none of that name."""
        return concurrency_limits.read(self._store, name)

    def read_global_concurrency_limits(
        self, limit: int = 10, offset: int = 0
    ) -> list[GlobalConcurrencyLimit]:
        """Return limits by name; those of tags are read by `read_concurrency_limits`."""
        return concurrency_limits.select(self._store, limit=limit, offset=offset)

    def create_concurrency_limit(self, tag: str, concurrency_limit: int) -> UUID:
        """Limit the task runs with a tag, or change the limit it has, and return the limit's id."""
        return concurrency_limits.put(self._store, f"{TAG_PREFIX}{tag}", concurrency_limit, overwrite=True).id

    def read_concurrency_limit_by_tag(self, tag: str) -> GlobalConcurrencyLimit:
        """Return the limit of a tag; `ObjectNotFound` if it has none."""
        return concurrency_limits.read(self._store, f"{TAG_PREFIX}{tag}")

    def read_concurrency_limits(self, limit: int, offset: int) -> list[GlobalConcurrencyLimit]:
        """Return the limits of tags by name."""
        return concurrency_limits.select(self._store, tags=True, limit=limit, offset=offset)

    def reset_concurrency_limit_by_tag(self, tag: str) -> None:
        """Count all slots of a tag's limit as free."""
        concurrency_limits.update(self._store, f"{TAG_PREFIX}{tag}", active_slots=0)

    def delete_concurrency_limit_by_tag(self, tag: str) -> None:
        """Remove the limit of a tag; `ObjectNotFound` if it has none."""
        concurrency_limits.remove(self._store, f"{TAG_PREFIX}{tag}")

    def increment_concurrency_slots_with_lease(
        self,
        names: list[str],
        slots: int,
        mode: Mode,
        lease_duration: float,
        holder: ConcurrencyLeaseHolder | None = None,
    ) -> ConcurrencyLease | None:
        """Take slots of limits for so many seconds, all or nothing; `None` where there is no room now."""
        wanted = concurrency_slots.Request(tuple(names), slots, mode, holder, lease_duration)
        return concurrency_slots.acquire(self._store, wanted).lease

    def renew_concurrency_lease(self, lease_id: UUID, lease_duration: float) -> None:
        """Keep what was taken for so many seconds from now; `ObjectNotFound` if its time was over."""
        if not concurrency_slots.renew(self._store, lease_id, lease_duration):
            raise ObjectNotFound(f"nothing is held by the lease {lease_id} any more")

    def release_concurrency_slots_with_lease(self, lease_id: UUID) -> None:
        """Give back what was taken with a lease."""
        concurrency_slots.release(self._store, lease_id)

    def increment_concurrency_slots(
        self, names: list[str], slots: int, mode: Mode
    ) -> list[MinimalConcurrencyLimit]:
        """Take slots of limits, all or nothing, and return the limits.

        They are this process's until `release_concurrency_slots` with the same names and number, or until it ends.

        Raises:
            ConcurrencySlotAcquisitionError: there is no room now.
        """
        return _take(self._store, concurrency_slots.Request(tuple(names), slots, mode), _key(names, slots))

    def release_concurrency_slots(self, names: list[str], slots: int, occupancy_seconds: float) -> None:
        """Give back what `increment_concurrency_slots` took; how long it was used is not kept.

        Raises:
            ObjectNotFound: this process took no such slots, or gave them back.
        """
        del occupancy_seconds
        _give_back(self._store, _key(names, slots), names)

    def increment_v1_concurrency_slots(
        self, names: list[str], task_run_id: UUID
    ) -> list[MinimalConcurrencyLimit]:
        """Take one slot of the limit of each tag for a task run, all or nothing, and return the limits.

        Raises:
            ConcurrencySlotAcquisitionError: there is no room now.
        """
        limits = tuple(f"{TAG_PREFIX}{tag}" for tag in names)
        holder = ConcurrencyLeaseHolder(type="task_run", id=task_run_id)
        return _take(self._store, concurrency_slots.Request(limits, holder=holder), _key(names, task_run_id))

    def decrement_v1_concurrency_slots(
        self, names: list[str], task_run_id: UUID, occupancy_seconds: float
    ) -> None:
        """Give back what `increment_v1_concurrency_slots` took for a task run; how long it was used is not kept.

        Raises:
            ObjectNotFound: this process took no such slots, or gave them back.
        """
        del occupancy_seconds
        _give_back(self._store, _key(names, task_run_id), names)


def _take(
    store: Store, wanted: concurrency_slots.Request, key: tuple[object, ...]
) -> list[MinimalConcurrencyLimit]:
    answer = concurrency_slots.acquire(store, wanted)
    if answer.lease is None:
        full = ", ".join(f'"{name}"' for name in answer.full)
        raise ConcurrencySlotAcquisitionError(f"too few free slots of {full}")
    if wanted.mode == "concurrency":
        _taken.setdefault((store.home, *key), []).append(answer.lease.lease_id)
    return list(answer.lease.limits)


def _give_back(store: Store, key: tuple[object, ...], names: list[str]) -> None:
    leases = _taken.get((store.home, *key))
    if not leases:
        shown = ", ".join(f'"{name}"' for name in names)
        raise ObjectNotFound(f"this process took no such slots of {shown}, or gave them back")
    concurrency_slots.release(store, leases.pop())


def _key(names: list[str], what: object) -> tuple[object, ...]:
    return (frozenset(names), what)


class ConcurrencyLimitAsyncClient(OfStore):
    """The same for code that awaits, derived from `ConcurrencyLimitClient`."""

    create_global_concurrency_limit = awaitable(ConcurrencyLimitClient.create_global_concurrency_limit)
    update_global_concurrency_limit = awaitable(ConcurrencyLimitClient.update_global_concurrency_limit)
    upsert_global_concurrency_limit_by_name = awaitable(
        ConcurrencyLimitClient.upsert_global_concurrency_limit_by_name
    )
    delete_global_concurrency_limit_by_name = awaitable(
        ConcurrencyLimitClient.delete_global_concurrency_limit_by_name
    )
    read_global_concurrency_limit_by_name = awaitable(
        ConcurrencyLimitClient.read_global_concurrency_limit_by_name
    )
    read_global_concurrency_limits = awaitable(ConcurrencyLimitClient.read_global_concurrency_limits)
    create_concurrency_limit = awaitable(ConcurrencyLimitClient.create_concurrency_limit)
    read_concurrency_limit_by_tag = awaitable(ConcurrencyLimitClient.read_concurrency_limit_by_tag)
    read_concurrency_limits = awaitable(ConcurrencyLimitClient.read_concurrency_limits)
    reset_concurrency_limit_by_tag = awaitable(ConcurrencyLimitClient.reset_concurrency_limit_by_tag)
    delete_concurrency_limit_by_tag = awaitable(ConcurrencyLimitClient.delete_concurrency_limit_by_tag)
    increment_concurrency_slots_with_lease = awaitable(
        ConcurrencyLimitClient.increment_concurrency_slots_with_lease
    )
    renew_concurrency_lease = awaitable(ConcurrencyLimitClient.renew_concurrency_lease)
    release_concurrency_slots_with_lease = awaitable(
        ConcurrencyLimitClient.release_concurrency_slots_with_lease
    )
    increment_concurrency_slots = awaitable(ConcurrencyLimitClient.increment_concurrency_slots)
    release_concurrency_slots = awaitable(ConcurrencyLimitClient.release_concurrency_slots)
    increment_v1_concurrency_slots = awaitable(ConcurrencyLimitClient.increment_v1_concurrency_slots)
    decrement_v1_concurrency_slots = awaitable(ConcurrencyLimitClient.decrement_v1_concurrency_slots)
