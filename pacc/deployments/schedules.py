"""Schedules as people give them to a deployment, in whichever form, turned into the one the store takes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any, TypeAlias

from pacc.exceptions import InvalidSchedule
from pacc.schedules import Schedule
from pacc.schemas.deployments import DeploymentScheduleCreate
from pacc.schemas.schedules import (
    SCHEDULE_TYPES,
    Catchup,
    NoSchedule,
    Overlap,
    construct_schedule,
    schedule_from_json,
)

if TYPE_CHECKING:
    from pacc.schemas.schedules import AnySchedule

__all__ = ["create_deployment_schedule_create", "normalize_to_deployment_schedule"]

if TYPE_CHECKING:
    Seconds: TypeAlias = int | float | timedelta
    AnyDeclared: TypeAlias = Schedule | AnySchedule | DeploymentScheduleCreate | Mapping[str, Any]

_USE = frozenset(each.name for each in fields(DeploymentScheduleCreate)) - {"schedule"}
"""What is said of a schedule besides its times."""


def create_deployment_schedule_create(
    schedule: Schedule | AnySchedule, active: bool | None = True
) -> DeploymentScheduleCreate:
    """Return a schedule as a deployment takes it.

    Args:
        schedule: a schedule of `pacc.schedules` or one of its kinds.
        active: whether it makes runs; a schedule of `pacc.schedules` says so itself.

    >>> from pacc.schedules import Cron
    >>> create_deployment_schedule_create(Cron("@daily", slug="nightly")).slug
    'nightly'
    """
    if not isinstance(schedule, Schedule):
        return DeploymentScheduleCreate(schedule=schedule, active=active is not False)
    return DeploymentScheduleCreate(
        schedule=schedule.to_schedule(),
        active=schedule.active,
        parameters=schedule.parameters,
        slug=schedule.slug,
        catchup=Catchup(schedule.catchup),
        overlap=Overlap(schedule.overlap),
    )


def normalize_to_deployment_schedule(
    schedules: Iterable[AnyDeclared] | None,
) -> list[DeploymentScheduleCreate]:
    """Return schedules of any form as a deployment takes them.

    Args:
        schedules: each a schedule of `pacc.schedules`, one of its kinds, or a mapping such as
            `{"schedule": CronSchedule(cron="@daily"), "active": False}` or `{"cron": "@daily", "timezone": "Europe/Berlin"}`.

    Raises:
        InvalidSchedule: one of them is none of these.

    >>> [each.schedule.cron for each in normalize_to_deployment_schedule([{"cron": "@daily", "slug": "nightly"}])]
    ['@daily']
    """
    return [_normal(each) for each in schedules or ()]


def _normal(declared: Any) -> DeploymentScheduleCreate:
    if isinstance(declared, DeploymentScheduleCreate):
        return declared
    if isinstance(declared, (Schedule, *SCHEDULE_TYPES)):
        return create_deployment_schedule_create(declared)
    if isinstance(declared, Mapping):
        return _of_mapping(declared)
    raise InvalidSchedule(
        f"{declared!r} is no schedule", hint='a schedule reads like Cron("0 9 * * *"), of pacc.schedules'
    )


def _of_mapping(declared: Mapping[str, Any]) -> DeploymentScheduleCreate:
    use = {name: value for name, value in declared.items() if name in _USE}
    times = {name: value for name, value in declared.items() if name not in _USE}
    schedule = times.pop("schedule", None)
    if schedule is None:
        schedule = schedule_from_json(times)
    elif times:
        raise InvalidSchedule(f'a schedule has no "{next(iter(times))}" beside "schedule"')
    elif isinstance(schedule, Mapping):
        schedule = schedule_from_json(schedule)
    normal = _normal(schedule)
    return replace(normal, **{**use, **_policies(use.get("catchup"), use.get("overlap"))})


def declared_schedules(
    *,
    interval: Iterable[Seconds] | Seconds | None = None,
    cron: Iterable[str] | str | None = None,
    rrule: Iterable[str] | str | None = None,
    schedule: Schedule | AnySchedule | str | None = None,
    schedules: Iterable[AnyDeclared] | None = None,
    catchup: Catchup | str | None = None,
    overlap: Overlap | str | None = None,
) -> list[DeploymentScheduleCreate]:
    """Return the schedules that the arguments of `serve` and `deploy` stand for.

    Args:
        interval: one distance, in seconds or as a timedelta, or several.
        cron: one cron expression, or several.
        rrule: one recurrence rule, or several.
        schedule: a single one of any kind; text is a cron expression.
        schedules: several of any kind.
        catchup: what becomes of their missed times; as each says by default.
        overlap: what becomes of their overlapping runs; as each says by default.

    Raises:
        InvalidSchedule: more than one of the first five is given, or one is wrong.

    >>> [each.schedule.cron for each in declared_schedules(cron=["0 9 * * *", "0 17 * * *"])]
    ['0 9 * * *', '0 17 * * *']
    """
    forms = {"interval": interval, "cron": cron, "rrule": rrule, "schedule": schedule, "schedules": schedules}
    given = {name: value for name, value in forms.items() if value is not None}
    if len(given) > 1:
        raise InvalidSchedule(
            f"give only one of interval, cron, rrule, schedule and schedules, not {' and '.join(given)}"
        )
    found = [each for name, value in given.items() for each in _of_form(name, value)]
    policies = _policies(catchup, overlap)
    return [replace(each, **policies) for each in found if not isinstance(each.schedule, NoSchedule)]


def _of_form(form: str, value: Any) -> list[DeploymentScheduleCreate]:
    if form == "schedules":
        return normalize_to_deployment_schedule(value)
    if form == "schedule":
        return [_normal(construct_schedule(cron=value) if isinstance(value, str) else value)]
    several = [value] if isinstance(value, str | timedelta) or not isinstance(value, Iterable) else value
    arguments: list[dict[str, Any]] = [{form: each} for each in several]
    return [_normal(construct_schedule(**each)) for each in arguments]


def _policies(catchup: Catchup | str | None, overlap: Overlap | str | None) -> dict[str, Any]:
    said = Schedule(catchup=catchup or Catchup.NONE, overlap=overlap or Overlap.ALLOW)
    policies = {"catchup": said.catchup, "overlap": said.overlap}
    return {name: policies[name] for name, value in (("catchup", catchup), ("overlap", overlap)) if value}
