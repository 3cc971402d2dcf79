"""What is asked about the schedules of a deployment: on and off, one more, and runs for times that lie in the past."""

from __future__ import annotations

from shlex import quote
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from pacc._internal.counting import counted
from pacc._internal.spoken_times import moment
from pacc._internal.visible import visible
from pacc.exceptions import PaccException
from pacc.orchestration import occurrences
from pacc.presentation.block_fields import NO_DEFAULT, Field
from pacc.presentation.schedules import in_words
from pacc.schemas.backfills import BackfillMode
from pacc.schemas.choices import Catchup, Overlap
from pacc.schemas.deployments import DeploymentScheduleCreate
from pacc.schemas.schedules import construct_schedule
from pacc.services import backfills, deployment_schedules, deployments
from pacc.tui.screens import asking
from pacc.tui.screens.asking import Asked

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from pacc.schemas.deployments import Deployment, DeploymentSchedule
    from pacc.store import Store

_NEXT = 3
_KINDS = ("cron", "interval", "rrule")


def _field(
    name: str, kind: str, told: str, default: Any = NO_DEFAULT, *choices: str, needed: bool = False
) -> Field:
    return Field(name, kind, told, default, required=needed, secret=False, choices=choices)


# ------------------------------------------------------------------------------------------ on and off


def toggle_all(deployment: Deployment) -> Asked:
    """Ask whether all schedules of a deployment are to rest, or to go on."""
    verb = "resume" if deployment.paused else "pause"
    about = "" if deployment.paused else " Runs they made and nobody began are removed."

    def act(store: Store, _: Mapping[str, Any]) -> str:
        (deployments.resume if deployment.paused else deployments.pause)(store, deployment.id)
        return f'{verb.capitalize()}d "{deployment.full_name}".'

    return Asked(
        question=f'{verb.capitalize()} the schedules of "{visible(deployment.full_name)}"?{about}',
        command=f"pacc deployment {verb} {quote(deployment.full_name)}",
        yes=f"{verb} them",
        act=act,
    )


def toggle_one(deployment: Deployment, schedule: DeploymentSchedule) -> Asked:
    """Ask the same about one of its schedules."""
    verb = "pause" if schedule.active else "resume"
    words = in_words(schedule.schedule)

    def act(store: Store, _: Mapping[str, Any]) -> str:
        deployment_schedules.set_active(store, deployment.id, schedule.id, not schedule.active)
        return f'{verb.capitalize()}d "{words}" of "{deployment.full_name}".'

    return Asked(
        question=f'{verb.capitalize()} the schedule "{words}" of "{visible(deployment.full_name)}"?',
        command=f"pacc deployment schedule {verb} {quote(deployment.full_name)} {quote(schedule.slug or str(schedule.id))}",
        yes=f"{verb} it",
        act=act,
    )


# -------------------------------------------------------------------------------------------- one more


_SCHEDULE = (
    _field("kind", "text", "", "cron", *_KINDS),
    _field("times", "text", "0 9 * * 1-5, or seconds, or FREQ=DAILY;BYHOUR=9.", needed=True),
    _field("timezone", "text", "Europe/Berlin; UTC otherwise."),
    _field("slug", "text", "A name for it."),
    _field("catchup", "text", "Of times missed while nothing ran.", "none", *Catchup),
    _field("overlap", "text", "While an earlier run is open.", "allow", *Overlap),
)


def new_schedule(deployment: Deployment) -> Asked:
    """Return the form for one more schedule."""

    def command(typed: Mapping[str, str]) -> str:
        kind = typed["kind"] or _KINDS[0]
        words = [
            f"pacc deployment schedule create {quote(deployment.full_name)} --{kind} {quote(typed['times'] or 'TIMES')}"
        ]
        words += [f"--{name} {quote(typed[name])}" for name in ("timezone", "slug") if typed[name]]
        usual = {"catchup": "none", "overlap": "allow"}
        words += [f"--{name} {typed[name]}" for name in usual if typed[name] not in ("", usual[name])]
        return " ".join(words)

    def wrong(values: Mapping[str, Any]) -> dict[str, str]:
        try:
            _wanted(values)
        except PaccException as error:
            return {"timezone" if "zone" in str(error) else "times": str(error)}
        except ValueError:
            return {"times": "an interval is a number of seconds"}
        return {}

    def trial(_: Store, values: Mapping[str, Any], now: datetime) -> tuple[str, ...]:
        return tuple(f"{each:%a %Y-%m-%d %H:%M %Z}" for each in _coming(_wanted(values), now)) or (
            "never again",
        )

    def act(store: Store, values: Mapping[str, Any]) -> str:
        made = deployment_schedules.add(store, deployment.id, _wanted(values))
        return f'"{deployment.full_name}" runs {in_words(made.schedule)}.'

    return Asked(
        question=f'One more schedule of "{visible(deployment.full_name)}"',
        command=command,
        yes="adds it",
        act=act,
        fields=_SCHEDULE,
        values={"kind": "cron", "catchup": "none", "overlap": "allow"},
        wrong=wrong,
        trial=trial,
        live=True,
    )


def _wanted(values: Mapping[str, Any]) -> DeploymentScheduleCreate:
    kind, times = values.get("kind", _KINDS[0]), values.get("times", "")
    given: dict[str, Any] = {kind: float(times) if kind == "interval" else times}
    return DeploymentScheduleCreate(
        schedule=construct_schedule(**given, timezone=values.get("timezone")),
        slug=values.get("slug"),
        catchup=Catchup(values.get("catchup", "none")),
        overlap=Overlap(values.get("overlap", "allow")),
    )


def _coming(wanted: DeploymentScheduleCreate, now: datetime) -> list[datetime]:
    zone = ZoneInfo(getattr(wanted.schedule, "timezone", None) or "UTC")
    return [each.astimezone(zone) for each in occurrences.next_times(wanted.schedule, now, _NEXT)]


# -------------------------------------------------------------------------------------- in the past


_BACKFILL = (
    _field("from", "moment", "2026-11-01, 30 days ago.", needed=True),
    _field("to", "moment", "Now otherwise."),
    _field("which", "text", "Times without a run, whose last run failed, or all.", "missing", *BackfillMode),
    _field("at once", "whole number", "How many of its runs may be open at once.", 4)._replace(
        bounds="at least 1"
    ),
)


def backfill(deployment: Deployment, now: Callable[[], datetime]) -> Asked:
    """Return the form for the runs that a deployment's schedules would have made between two times.

    Args:
        deployment: the deployment.
        now: says the present moment, when the form is sent.
    """

    def command(typed: Mapping[str, str]) -> str:
        words = [
            f"pacc deployment backfill {quote(deployment.full_name)} --from {quote(typed['from'] or 'TIME')}"
        ]
        words += [f"--to {quote(typed['to'])}"] if typed["to"] else []
        words += [f"--{typed['which']}"] if typed["which"] not in ("", "missing") else []
        words += [f"--max-active {quote(typed['at once'])}"] if typed["at once"] not in ("", "4") else []
        return " ".join(words)

    def stretch(values: Mapping[str, Any]) -> tuple[datetime, datetime, BackfillMode]:
        to = values.get("to")
        last = now() if to is None else moment(to, now(), past=True)
        return moment(values["from"], now(), past=True), last, BackfillMode(values.get("which", "missing"))

    def wrong(values: Mapping[str, Any]) -> dict[str, str]:
        problems = {} if values.get("at once", 1) >= 1 else {"at once": "one at least"}
        for name in ("from", "to"):
            try:
                moment(values.get(name, "now"), now(), past=True)
            except ValueError as error:
                problems[name] = str(error)
        return problems

    def trial(store: Store, values: Mapping[str, Any], _: datetime) -> tuple[str, ...]:
        times = [time for time, _ in backfills.plan(store, deployment, *stretch(values))]
        told = f"{counted(len(times), 'run')} would be made"
        return (
            f"{told}, from {times[0]:%Y-%m-%d %H:%M} to {times[-1]:%Y-%m-%d %H:%M} UTC" if times else told,
        )

    def act(store: Store, values: Mapping[str, Any]) -> str:
        first, last, mode = stretch(values)
        made = backfills.create(
            store, deployment, first, last, mode=mode, max_active=values.get("at once", 4)
        )
        return f"{counted(made.total, 'run')} to make; :backfills shows how far it is."

    return Asked(
        question=f'Runs of "{visible(deployment.full_name)}" for times in the past',
        command=command,
        yes="makes them",
        act=act,
        fields=_BACKFILL,
        values={"which": "missing", "at once": "4"},
        wrong=wrong,
        trial=trial,
        live=True,
    )


def delete(deployment: Deployment) -> Asked:
    """Ask for a deployment's name before it is deleted."""

    def act(store: Store) -> str:
        deployments.delete(store, deployment.id)
        return f'Deleted deployment "{deployment.full_name}".'

    name = deployment.full_name
    goes = "Its schedules, and the runs that wait, go with it; runs that ended stay."
    return asking.by_name("deployment", name, f"pacc deployment delete {quote(name)} --yes", act, goes)
