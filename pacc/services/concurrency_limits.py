"""Concurrency limits: made, changed, listed, removed. What is taken of them is the business of `concurrency_slots`."""

from __future__ import annotations

import math
from contextlib import suppress
from typing import TYPE_CHECKING

from pacc._internal import clock
from pacc._internal.ids import new_id
from pacc.exceptions import InvalidValueError, ObjectAlreadyExists, ObjectNotFound
from pacc.schemas.concurrency import TAG_PREFIX, LimitInUse, checked_limit_name
from pacc.services import concurrency_slots
from pacc.services.references import LIMIT, LIMIT_OF_TAG, did_you_mean
from pacc.store.concurrency import limit_from_row, slots_from_row

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable
    from uuid import UUID

    from pacc.schemas.concurrency import GlobalConcurrencyLimit, TakenSlots
    from pacc.schemas.task_runs import TaskRun
    from pacc.store import Store


def put(
    store: Store,
    name: str,
    limit: int,
    *,
    active: bool = True,
    active_slots: int = 0,
    slot_decay_per_second: float = 0.0,
    overwrite: bool = False,
) -> GlobalConcurrencyLimit:
    """Make a limit and return it.

    Args:
        store: where it is kept.
        name: its name.
        limit: how many slots there are; none at all lets nobody through.
        active: whether it counts.
        active_slots: slots that are taken from the beginning, by nobody in particular.
        slot_decay_per_second: taken slots that become free in a second by themselves.
        overwrite: whether one of that name that is there already is given these slots and this decay.

    Raises:
        ObjectAlreadyExists: there is one of that name, and it was not to be overwritten.
        InvalidNameError: it can have no such name. InvalidValueError: a number is below zero.
    """
    row = {
        "id": new_id(), "name": checked_limit_name(name), "slots": _checked("the limit", limit),
        "active": int(active), "slot_decay_per_second": _checked("the slot decay", slot_decay_per_second),
        "now": clock.now(), "overwrite": int(overwrite),
    }  # fmt: skip
    if not store.write("concurrency.put", row):
        raise ObjectAlreadyExists(
            f'the concurrency limit "{name}" exists already', hint=f'pacc gcl update "{name}" --limit {limit}'
        )
    if active_slots:
        return update(store, name, active_slots=active_slots)
    return read(store, name)


def update(
    store: Store,
    name: str,
    *,
    new_name: str | None = None,
    limit: int | None = None,
    active: bool | None = None,
    active_slots: int | None = None,
    slot_decay_per_second: float | None = None,
) -> GlobalConcurrencyLimit:
    """Change what is given about a limit and return it.

    Args:
        store: where it is kept.
        name: the limit.
        new_name: another name.
        limit: how many slots there are.
        active: whether it counts.
        active_slots: so many slots count as taken, by nobody in particular; what anyone holds counts no longer.
        slot_decay_per_second: taken slots that become free in a second by themselves.

    Raises:
        ObjectNotFound: there is none of that name.
        InvalidNameError: it can have no such name. InvalidValueError: a number is below zero.
    """
    known = read(store, name)
    decay = known.slot_decay_per_second if slot_decay_per_second is None else slot_decay_per_second
    changed: dict[str, object] = {
        "name": name,
        "new_name": None if new_name is None else checked_limit_name(new_name),
        "slots": None if limit is None else _checked("the limit", limit),
        "active": None if active is None else int(active),
        "slot_decay_per_second": None
        if slot_decay_per_second is None
        else _checked("the slot decay", slot_decay_per_second),
        "now": clock.now(),
    }
    steps: list[tuple[str, dict[str, object]]] = [("concurrency.update", changed)]
    if active_slots is not None:
        _checked("the number of active slots", active_slots)
        steps += _occupied(str(known.id), active_slots, decays=decay > 0)
    store.write_all(*steps)
    return read(store, known.id)


def _occupied(limit_id: str, slots: int, *, decays: bool) -> list[tuple[str, dict[str, object]]]:
    """The statements after which so many slots of a limit are taken, by nobody in particular."""
    now = clock.now()
    level = float(slots) if decays else 0.0
    steps: list[tuple[str, dict[str, object]]] = [
        ("concurrency.clear", {"limit_id": limit_id}),
        ("concurrency.fill", {"limit_id": limit_id, "level": level, "now": now}),
    ]
    if slots and not decays:
        nobody = dict.fromkeys(("session", "until", "holder_type", "holder_id"))
        taken = {"limit_id": limit_id, "lease": new_id(), "slots": slots, "now": now}
        steps.append(("concurrency.take", {**taken, **nobody}))
    return steps


def read(store: Store, reference: UUID | str) -> GlobalConcurrencyLimit:
    """Return a limit by its name or id.

    Raises:
        ObjectNotFound: there is none; the message says what was perhaps meant.
    """
    concurrency_slots.free_dead_slots(store)
    now = clock.now()
    rows = store.read("concurrency.read", {"reference": str(reference), "now": now})
    if not rows:
        raise _nothing(store, str(reference))
    return _record(rows[0], now)


def select(
    store: Store, *, tags: bool = False, limit: int | None = None, offset: int = 0
) -> list[GlobalConcurrencyLimit]:
    """Return limits by name.

    Args:
        store: where they are kept.
        tags: those of tags; the others otherwise.
        limit: so many at most; all otherwise.
        offset: so many are passed over first.
    """
    concurrency_slots.free_dead_slots(store)
    now = clock.now()
    wanted = {
        "beginning": TAG_PREFIX, "wanted": int(tags), "limit": -1 if limit is None else limit,
        "offset": offset, "now": now,
    }  # fmt: skip
    return [_record(row, now) for row in store.read("concurrency.select", wanted)]


def slots(store: Store, limit_id: UUID | str) -> list[TakenSlots]:
    """Return what is taken of a limit and by whom, what was taken first comes first."""
    rows = store.read("concurrency.slots", {"limit_id": str(limit_id), "now": clock.now()})
    return [slots_from_row(row) for row in rows]


def names_of_holders(store: Store, taken: Iterable[TakenSlots]) -> dict[UUID, str]:
    """Return the names of the runs that hold slots, by their ids; those that were deleted meanwhile have none."""
    from pacc.services import flow_runs, task_runs  # start-up: only to tell who holds what

    names: dict[UUID, str] = {}
    for holder in (each.holder for each in taken):
        if holder is not None and holder.type != "deployment":
            read = flow_runs.read if holder.type == "flow_run" else task_runs.read
            with suppress(ObjectNotFound):
                names[holder.id] = read(store, holder.id).name
    return names


def in_use(store: Store, limit: GlobalConcurrencyLimit) -> LimitInUse:
    """Return a limit and, where it is full, who holds it and how many wait for it.

    Args:
        store: where it is kept.
        limit: as it is now.
    """
    if not limit.active or limit.active_slots < limit.limit:
        return LimitInUse(limit=limit)
    taken = slots(store, limit.id)
    names = names_of_holders(store, taken[:1])
    return LimitInUse(
        limit=limit,
        held_by=next(iter(names.values()), ""),
        holders=len(taken),
        waiting=len(waiting(store, limit)),
    )


def waiting(store: Store, limit: GlobalConcurrencyLimit, *, most: int = 50) -> list[TaskRun]:
    """Return task runs that wait for slots of a tag's limit; what code waits for in its own words leaves no record.

    Args:
        store: where they are kept.
        limit: the limit.
        most: so many at most.
    """
    if limit.tag is None:
        return []
    from pacc.schemas.filters import (  # start-up: only to tell who waits
        TaskRunFilter,
        TaskRunFilterState,
        TaskRunFilterStateType,
        TaskRunFilterTags,
    )
    from pacc.schemas.states import StateType  # start-up: as above
    from pacc.services import task_runs  # start-up: as above

    wanted = TaskRunFilter(
        tags=TaskRunFilterTags(all_=[limit.tag]),
        state=TaskRunFilterState(type=TaskRunFilterStateType(any_=[StateType.PENDING])),
    )
    return task_runs.select(store, task_run_filter=wanted, limit=most)


def remove(store: Store, name: str) -> None:
    """Remove a limit; whoever holds slots of it goes on.

    Raises:
        ObjectNotFound: there is none of that name.
    """
    if not store.write("concurrency.delete", {"name": name}):
        raise _nothing(store, name)


def _record(row: sqlite3.Row, now: int) -> GlobalConcurrencyLimit:
    return limit_from_row(row, math.ceil(concurrency_slots.taken(row, now)))


def _checked(what: str, number: float) -> float:
    if number < 0:
        raise InvalidValueError(f"{what} must be 0 or more, not {number:g}")
    return number


def _nothing(store: Store, name: str) -> ObjectNotFound:
    is_tag = name.startswith(TAG_PREFIX)
    noun, beginning = (LIMIT_OF_TAG, TAG_PREFIX) if is_tag else (LIMIT, "")
    known = [row["name"] for row in store.read("concurrency.names")]
    alike = [each.removeprefix(beginning) for each in known if each.startswith(TAG_PREFIX) == is_tag]
    return ObjectNotFound(did_you_mean(noun, name.removeprefix(beginning), alike), hint=noun.listing)
