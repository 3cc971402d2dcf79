"""The schedules of deployments: recognised again when a deployment is declared again, and changed one by one."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from heapq import merge
from itertools import islice
from operator import itemgetter
from typing import TYPE_CHECKING, Any, NamedTuple

from pacc._internal import clock, ids
from pacc._internal.jsontext import dumps
from pacc.exceptions import InvalidDeploymentError, ObjectAlreadyExists, ObjectNotFound, StoreConflict
from pacc.orchestration import occurrences
from pacc.schemas.deployments import LONGEST_AHEAD, DeploymentScheduleCreate
from pacc.schemas.schedules import IntervalSchedule
from pacc.services.references import DEPLOYMENT, read_row
from pacc.store.deployments import schedule_from_row, schedule_text

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime
    from uuid import UUID

    from pacc.schemas.deployments import Deployment, DeploymentSchedule
    from pacc.schemas.schedules import AnySchedule
    from pacc.store import Store

_WISHED = ("schedule", "slug", "parameters", "max_scheduled_runs", "catchup", "overlap", "declared_active")


# -- as a deployment declares them -------------------------------------------------------------------------------------


class Plan(NamedTuple):
    """What has to be done so that the schedules a deployment declares are those it has."""

    new: list[dict[str, Any]]
    """Columns of schedules to insert."""
    changed: list[dict[str, Any]]
    """Columns of schedules to change."""
    gone: list[str]
    """Ids of schedules that are declared no more."""

    def is_empty(self) -> bool:
        """Say whether there is nothing to do."""
        return not (self.new or self.changed or self.gone)

    def statements(self, deployment_id: str, now: int) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield the statements that do it: those that free slugs before those that take them."""
        for schedule in self.gone:
            yield "deployments.delete_schedule", {"id": deployment_id, "schedule": schedule}
        for columns in self.changed:
            yield "deployments.update_schedule", {**columns, "now": now}
        for columns in self.new:
            yield "deployments.insert_schedule", {**columns, "deployment_id": deployment_id, "now": now}


def plan(store: Store, deployment_id: str, wanted: Sequence[DeploymentScheduleCreate]) -> Plan:
    """Return what a deployment's schedules lack to be those wanted."""
    return planned(store.read("deployments.schedules", {"id": deployment_id}), wanted)


def planned(known: Sequence[sqlite3.Row], wanted: Sequence[DeploymentScheduleCreate]) -> Plan:
    """Compare the schedules a deployment has with those its code declares.

    A schedule that a person added and the code knows nothing of stays. One that the code declares as it did the last time stays
    active, or paused, as a person last left it.
    """
    left = list(known)
    result = Plan([], [], [])
    for wish, same in _recognised(left, wanted):
        columns = {**_columns(wish), "schedule": _times(wish, same)}
        if same is None:
            result.new.append({**columns, "id": ids.new_id(), "active": int(wish.active)})
        elif any(same[name] != columns[name] for name in _WISHED):
            told_anew = same["declared_active"] not in (None, int(wish.active))
            active = int(wish.active) if told_anew else same["active"]
            result.changed.append({**columns, "id": same["id"], "active": active})
    result.gone.extend(row["id"] for row in left if row["declared_active"] is not None)
    return result


def _recognised(
    left: list[sqlite3.Row], wanted: Sequence[DeploymentScheduleCreate]
) -> list[tuple[DeploymentScheduleCreate, sqlite3.Row | None]]:
    """Pair each wish with the row it is about, and take that row from those that are left.

    Slugs come first, in all wishes; then equality, the parameters first.
    """
    found: dict[int, sqlite3.Row] = {}
    for level in (_has_its_slug, _is_equal, _has_its_times):
        for number, wish in enumerate(wanted):
            same = None if number in found else next((row for row in left if level(row, wish)), None)
            if same is not None:
                found[number] = same
                left.remove(same)
    return [(wish, found.get(number)) for number, wish in enumerate(wanted)]


def _has_its_slug(row: sqlite3.Row, wish: DeploymentScheduleCreate) -> bool:
    return row["slug"] is not None and row["slug"] in (wish.slug, wish.replaces)


def _is_equal(row: sqlite3.Row, wish: DeploymentScheduleCreate) -> bool:
    return _has_its_times(row, wish) and row["parameters"] == dumps(dict(wish.parameters))


def _has_its_times(row: sqlite3.Row, wish: DeploymentScheduleCreate) -> bool:
    unnamed = row["slug"] is None or wish.slug is None
    return unnamed and row["schedule"] == _times(wish, row)


def _times(wish: DeploymentScheduleCreate, row: sqlite3.Row | None) -> str:
    """Return the schedule to keep: as it is wished, but an interval counts on from where it began.

    One without an anchor of its own is anchored at the moment it is declared, which is another one at each start of a program.
    Nobody but a clock gives an anchor to the microsecond.
    """
    wished = wish.schedule
    if row is None or not isinstance(wished, IntervalSchedule) or not wished.anchor_date.microsecond:
        return schedule_text(wished)
    known = schedule_from_row(row).schedule
    if not isinstance(known, IntervalSchedule):
        return schedule_text(wished)
    return schedule_text(replace(wished, anchor_date=known.anchor_date))


def _columns(wish: DeploymentScheduleCreate) -> dict[str, Any]:
    return {
        "schedule": schedule_text(wish.schedule),
        "declared_active": int(wish.active),
        "slug": wish.slug,
        "parameters": dumps(dict(wish.parameters)),
        "max_scheduled_runs": wish.max_scheduled_runs,
        "catchup": str(wish.catchup),
        "overlap": str(wish.overlap),
    }


def as_declared(known: DeploymentSchedule) -> DeploymentScheduleCreate:
    """Return a schedule as the deployment's code declared it the last time."""
    return replace(as_it_is(known), active=bool(known.declared_active))


def as_it_is(known: DeploymentSchedule) -> DeploymentScheduleCreate:
    """Return a schedule as another deployment can be given it."""
    same = {name: getattr(known, name) for name in DeploymentScheduleCreate.__slots__ if name != "replaces"}
    return DeploymentScheduleCreate(**same)


def check(wanted: Sequence[DeploymentScheduleCreate], of: str) -> None:
    """Refuse schedules that cannot work together.

    Raises:
        InvalidDeploymentError: two have the same slug, or one asks for too many runs ahead.
    """
    slugs = [wish.slug for wish in wanted if wish.slug is not None]
    if twice := sorted({slug for slug in slugs if slugs.count(slug) > 1}):
        raise InvalidDeploymentError(f'{of} has two schedules with the slug "{twice[0]}"; give each its own')
    for wish in wanted:
        if wish.max_scheduled_runs is not None and not 1 <= wish.max_scheduled_runs <= LONGEST_AHEAD:
            raise InvalidDeploymentError(
                f"a schedule of {of} makes {wish.max_scheduled_runs} runs ahead; it is 1 to {LONGEST_AHEAD}"
            )


# -- one by one --------------------------------------------------------------------------------------------------------


def read_all(store: Store, deployment_id: UUID | str) -> list[DeploymentSchedule]:
    """Return the schedules of a deployment, the first made first.

    Raises:
        ObjectNotFound: there is no such deployment.
    """
    identity = read_row(store, DEPLOYMENT, deployment_id)["id"]
    return [schedule_from_row(row) for row in store.read("deployments.schedules", {"id": identity})]


def find(store: Store, deployment_id: UUID | str, reference: UUID | str | None = None) -> DeploymentSchedule:
    """Return the schedule of a deployment that a person means.

    Args:
        store: where it is kept.
        deployment_id: the deployment.
        reference: its slug, its id or a beginning of that; nothing where there is but one.

    Raises:
        ObjectNotFound: there is no such deployment, or it has no such schedule, or several and none was named.
    """
    known = read_all(store, deployment_id)
    if reference is None:
        return _only(known, deployment_id)
    text = str(reference)
    by_slug = [each for each in known if each.slug == text]
    found = by_slug or [each for each in known if text and str(each.id).startswith(text.lower())]
    if len(found) == 1:
        return found[0]
    reason = f'several schedules have an id that begins with "{text}"' if found else f'no schedule "{text}"'
    raise ObjectNotFound(f"{reason} in this deployment", hint=_listing(deployment_id))


def _only(known: Sequence[DeploymentSchedule], deployment_id: UUID | str) -> DeploymentSchedule:
    if len(known) == 1:
        return known[0]
    names = ", ".join(f'"{each.slug or each.id}"' for each in known)
    reason = f"the deployment has several schedules; name one of {names}"
    raise ObjectNotFound(reason if known else "the deployment has no schedule", hint=_listing(deployment_id))


def _listing(deployment_id: UUID | str) -> str:
    return f"pacc deployment schedule ls {deployment_id}"


def next_times(schedule: DeploymentSchedule, after: datetime, count: int) -> list[datetime]:
    """Return the next times of a schedule, whether it is active or not; fewer than `count` where it ends."""
    return list(_next_times(schedule.schedule, after, count))


@lru_cache(maxsize=256)
def _next_times(schedule: AnySchedule, after: datetime, count: int) -> tuple[datetime, ...]:
    """Remember what many deployments of one listing have alike."""
    return tuple(occurrences.next_times(schedule, after, count))


def coming(deployment: Deployment, after: datetime, count: int) -> list[tuple[datetime, DeploymentSchedule]]:
    """Return the next times of all active schedules of a deployment together, each with its schedule."""
    times = (
        [(time, each) for time in next_times(each, after, count)]
        for each in deployment.schedules
        if each.active
    )
    return list(islice(merge(*times, key=itemgetter(0)), count))


def add(store: Store, deployment_id: UUID | str, wanted: DeploymentScheduleCreate) -> DeploymentSchedule:
    """Give a deployment one more schedule, which stays when its code is declared again.

    Raises:
        ObjectNotFound: there is no such deployment.
        ObjectAlreadyExists: it has a schedule with this slug.
        InvalidDeploymentError: the schedule asks for too many runs ahead.
    """
    identity = str(read_row(store, DEPLOYMENT, deployment_id)["id"])
    check([wanted], "the deployment")
    now, new = clock.now(), ids.new_id()
    columns = {**_columns(wanted), "declared_active": None, "active": int(wanted.active)}
    try:
        store.write_all(
            ("deployments.insert_schedule", {**columns, "id": new, "deployment_id": identity, "now": now}),
            ("deployments.touch", {"id": identity, "now": now}),
        )
    except StoreConflict:
        raise ObjectAlreadyExists(f'the deployment has a schedule "{wanted.slug}" already') from None
    return find(store, identity, new)


def update(
    store: Store,
    deployment_id: UUID | str,
    schedule_id: UUID | str,
    *,
    active: bool | None = None,
    schedule: AnySchedule | None = None,
    max_scheduled_runs: int | None = None,
    parameters: Mapping[str, Any] | None = None,
    slug: str | None = None,
) -> None:
    """Change what is given about one schedule; runs it made ahead are made again.

    Raises:
        ObjectNotFound: there is no such deployment, or it has no such schedule.
        ObjectAlreadyExists: another of its schedules has this slug.
        InvalidDeploymentError: the schedule asks for too many runs ahead.
    """
    found = find(store, deployment_id, schedule_id)
    given: dict[str, Any] = {
        "schedule": schedule, "max_scheduled_runs": max_scheduled_runs, "parameters": parameters, "slug": slug,
    }  # fmt: skip
    given = {name: value for name, value in given.items() if value is not None}
    if given:
        _change(store, found, replace(as_declared(found), **given))
    if active is not None:
        set_active(store, deployment_id, found.id, active)


def _change(store: Store, found: DeploymentSchedule, wanted: DeploymentScheduleCreate) -> None:
    check([wanted], "the deployment")
    one = {"id": str(found.deployment_id), "schedule": str(found.id)}
    now = clock.now()
    declared = None if found.declared_active is None else int(found.declared_active)
    columns = {
        **_columns(wanted), "declared_active": declared, "active": int(found.active), "id": one["schedule"], "now": now,
    }  # fmt: skip
    try:
        store.write_all(
            ("deployments.update_schedule", columns),
            ("deployments.drop_scheduled_runs", {**one, "after": now}),
            ("deployments.make_again", {**one, "now": now}),
            ("deployments.touch", {"id": one["id"], "now": now}),
        )
    except StoreConflict:
        raise ObjectAlreadyExists(f'the deployment has a schedule "{wanted.slug}" already') from None


def set_active(store: Store, deployment_id: UUID | str, schedule_id: UUID | str, active: bool) -> None:
    """Let one schedule go on from now, or rest; runs it made and nobody began are removed then.

    Raises:
        ObjectNotFound: there is no such deployment, or it has no such schedule.
    """
    found = find(store, deployment_id, schedule_id)
    one = {"id": str(found.deployment_id), "schedule": str(found.id)}
    now = clock.now()
    rest = (
        ("deployments.drop_scheduled_runs", {**one, "after": 0}),
        ("deployments.make_again", {**one, "now": now}),
    )
    go_on = () if found.active else (("deployments.pass_over", {**one, "now": now}),)
    change = ("deployments.set_schedule_active", {**one, "active": int(active), "now": now})
    store.write_all(
        *(go_on if active else rest), change, ("deployments.touch", {"id": one["id"], "now": now})
    )


def delete(store: Store, deployment_id: UUID | str, schedule_id: UUID | str) -> None:
    """Delete one schedule with the runs it made and nobody began.

    Raises:
        ObjectNotFound: there is no such deployment, or it has no such schedule.
    """
    found = find(store, deployment_id, schedule_id)
    one = {"id": str(found.deployment_id), "schedule": str(found.id)}
    store.write_all(
        ("deployments.drop_scheduled_runs", {**one, "after": 0}),
        ("deployments.delete_schedule", one),
        ("deployments.touch", {"id": one["id"], "now": clock.now()}),
    )


def clear(store: Store, deployment_id: UUID | str) -> int:
    """Delete all schedules of a deployment with the runs they made and nobody began; return how many there were.

    Raises:
        ObjectNotFound: there is no such deployment.
    """
    identity = str(read_row(store, DEPLOYMENT, deployment_id)["id"])
    gone = store.write_all(
        ("deployments.clear_schedules", {"id": identity}),
        ("deployments.drop_scheduled_runs", {"id": identity, "after": 0, "schedule": None}),
        ("deployments.touch", {"id": identity, "now": clock.now()}),
    )[0]
    return len(gone)
