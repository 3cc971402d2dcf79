"""Deployments and their schedules as listings, and one deployment in full."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pacc.presentation.fitting import Fit
from pacc.presentation.runs import data, present
from pacc.presentation.schedules import in_brief, in_words
from pacc.presentation.sifting import Order
from pacc.presentation.states import ended_badly, ends_cell
from pacc.presentation.tables import Cell, Column, Description, Table, cell
from pacc.presentation.times import ago, clock_time, dated, local, short_ago
from pacc.schemas.deployments import DeploymentStatus

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime
    from uuid import UUID

    from pacc.schemas.deployments import Deployment, DeploymentSchedule
    from pacc.schemas.flow_runs import FlowRun

COLUMNS = (
    Column(name="Name"),
    Column(name="ID", at_least=13, gives_way=True),
    Column(name="Status"),
    Column(name="Schedules", gives_way=True),
    Column(name="Next"),
    Column(name="Work pool"),
)

SCHEDULE_COLUMNS = (
    Column(name="ID", at_least=13, gives_way=True),
    Column(name="Slug"),
    Column(name="Schedule", gives_way=True),
    Column(name="Active"),
    Column(name="Next"),
    Column(name="Parameters", gives_way=True),
)

COMING_COLUMNS = (Column(name="Time"), Column(name="In"), Column(name="Schedule", gives_way=True))


def deployment_table(
    deployments: Iterable[Deployment], coming: Mapping[UUID, datetime], now: datetime
) -> Table:
    """Return deployments as a table, in the order given.

    Args:
        deployments: what to list.
        coming: when each runs next by itself, by id.
        now: the moment times are counted from.
    """
    rows = (
        (
            cell(each.full_name, "green"),
            cell(each.id, "cyan"),
            status_cell(each),
            cell(", ".join(in_words(schedule.schedule) for schedule in each.schedules) or None),
            cell(None if each.paused else ago(coming.get(each.id), now)),
            cell(each.work_pool_name),
        )
        for each in deployments
    )
    return Table(title="Deployments", columns=COLUMNS, rows=tuple(rows))


def status_cell(deployment: Deployment) -> Cell:
    """Return whether a deployment's runs are taken and its schedules make some."""
    if deployment.paused:
        return Cell("Paused", "yellow")
    ready = deployment.status is DeploymentStatus.READY
    return Cell("Ready", "green") if ready else Cell("Not Ready", "bright_black")


def deployment_description(
    deployment: Deployment, now: datetime, *, coming: Sequence[datetime] = ()
) -> Description:
    """Return everything worth reading about a deployment; what it does not have is left out.

    Args:
        deployment: the deployment.
        now: the present moment, in the machine's zone or any other.
        coming: when it runs next by itself, where that is to be said.
    """
    limit, options = deployment.concurrency_limit, deployment.concurrency_options
    facts = [
        ("Name", cell(deployment.full_name, "green")),
        ("ID", cell(deployment.id, "cyan")),
        ("Status", status_cell(deployment)),
        ("Description", cell(deployment.description)),
        ("Version", cell(deployment.version)),
        ("Created", cell(dated(deployment.created, now))),
        ("Updated", cell(dated(deployment.updated, now))),
        ("Entrypoint", cell(deployment.entrypoint)),
        ("Path", cell(deployment.path)),
        ("Pull steps", data(deployment.pull_steps)),
        ("Work pool", cell(deployment.work_pool_name)),
        ("Work queue", cell(deployment.work_queue_name)),
        ("Last polled", cell(ago(deployment.last_polled, now) or None)),
        ("Concurrency limit", cell(limit if options is None else f"{limit} ({options.collision_strategy})")),
        *_schedules(deployment.schedules),
        (
            "Next runs",
            cell(", ".join(f"{clock_time(each, now)} ({ago(each, now)})" for each in coming) or None),
        ),
        ("Parameters", data(deployment.parameters)),
        ("Takes", cell(_signature(deployment.parameter_openapi_schema or {}))),
        ("Job variables", data(deployment.job_variables)),
        ("Triggers", data(deployment.triggers)),
        ("Tags", cell(", ".join(deployment.tags) or None)),
        ("Labels", data(deployment.labels)),
    ]
    return Description(title=f"Deployment '{deployment.full_name}'", facts=present(facts))


def _schedules(schedules: Iterable[DeploymentSchedule]) -> list[tuple[str, Cell]]:
    facts: list[tuple[str, Cell]] = []
    for each in schedules:
        name = f"{each.slug}: " if each.slug else ""
        facts.append(("" if facts else "Schedules", cell(f"{name}{in_words(each.schedule)}{_how(each)}")))
    return facts


def _how(schedule: DeploymentSchedule) -> str:
    said = [
        "" if schedule.active else "paused",
        "" if schedule.catchup == "none" else f"catches up {schedule.catchup}",
        "" if schedule.overlap == "allow" else f"overlap: {schedule.overlap}",
    ]
    return "".join(f", {each}" for each in said if each)


def _signature(schema: Mapping[str, Mapping[str, Mapping[str, object]]]) -> str | None:
    """Return a flow's parameters as its deployment's schema tells them: `city: string, days: integer = 3`."""
    parts = []
    for name, described in schema.get("properties", {}).items():
        kind = f": {described['type']}" if "type" in described else ""
        default = f" = {described['default']!r}" if "default" in described else ""
        parts.append(f"{name}{kind}{default}")
    return ", ".join(parts) or None


def schedule_table(deployment: Deployment, coming: Mapping[UUID, datetime], now: datetime) -> Table:
    """Return the schedules of a deployment as a table.

    Args:
        deployment: whose schedules.
        coming: when each of them comes next, by id.
        now: the moment times are counted from.
    """
    rows = (
        (
            cell(each.id, "cyan"),
            cell(each.slug, "green"),
            cell(in_words(each.schedule) + _how(each).replace(", paused", "")),
            Cell("yes", "green") if each.active else Cell("no", "yellow"),
            cell(ago(coming.get(each.id), now) if each.active else None),
            data(each.parameters),
        )
        for each in deployment.schedules
    )
    return Table(title=f"Schedules of {deployment.full_name}", columns=SCHEDULE_COLUMNS, rows=tuple(rows))


def coming_table(coming: Iterable[tuple[datetime, DeploymentSchedule]], now: datetime) -> Table:
    """Return the times a deployment runs next as a table, in this machine's zone."""
    rows = (
        (
            cell(local(time).replace(".000", "")),
            cell(ago(time, now).removeprefix("in ")),
            cell(each.slug or in_words(each.schedule)),
        )
        for time, each in coming
    )
    return Table(title="Next runs", columns=COMING_COLUMNS, rows=tuple(rows))


def new_run_description(run: FlowRun, deployment: Deployment, now: datetime) -> Description:
    """Return what is worth reading about a run that was just made."""
    due = run.next_scheduled_start_time
    later = due is not None and due > now
    facts = [
        ("Flow run", cell(run.name, "green")),
        ("ID", cell(run.id, "cyan")),
        ("Deployment", cell(deployment.full_name)),
        ("Parameters", data(run.parameters)),
        ("Job variables", data(run.job_variables)),
        ("Starts", cell(dated(due, now) if later else "now")),
    ]
    return Description(title=f"Flow run '{run.name}'", facts=present(facts))


# ------------------------------------------------------------------------------------------ on a screen


class ListedDeployment(NamedTuple):
    """A deployment with what a list shows beside it."""

    deployment: Deployment
    next_time: datetime | None
    """When it runs next by itself."""
    last_ends: tuple[tuple[str, str], ...]
    """Types and names of the states its last runs ended in, the oldest first."""


LIST_COLUMNS = (
    Fit("on", 2),
    Fit("name", 18, grows=3),
    Fit("schedule", 16, grows=3, goes=1),
    Fit("next", 8, right=True),
    Fit("last runs", 10),
    Fit("pool", 10, grows=1, goes=2),
)
"""The columns of a list of deployments."""
ORDERS = (
    Order("by name"),
    Order("next run first", key=lambda listed: listed.next_time),
    Order("failures first", key=lambda listed: not ended_badly(listed.last_ends)),
)
"""The orders of a list of deployments that is read by name."""


CHOICE_COLUMNS = (Fit("on", 2), Fit("schedule", 20, grows=2), Fit("name", 10, grows=1, goes=1))
"""The columns of a list of one deployment's schedules."""


def schedule_choices(deployment: Deployment, *, glyphs: bool = True) -> dict[str, tuple[Cell, ...]]:
    """Return a row of `CHOICE_COLUMNS` for each schedule of a deployment by its id, below one for all of them by an empty text.

    Args:
        deployment: the deployment.
        glyphs: false where only ASCII may be drawn.
    """
    on, off = ("●", "○") if glyphs else ("*", "o")
    rows: dict[str, tuple[Cell, ...]] = {
        "": (_switch(deployment, glyphs=glyphs), Cell("all of them", "bold"), Cell(""))
    }
    for each in deployment.schedules:
        mark = Cell(on, "green") if each.active else Cell(off, "bright_black")
        rows[str(each.id)] = (mark, cell(in_words(each.schedule)), cell(each.slug, "bright_black"))
    return rows


def listed_cells(listed: ListedDeployment, now: datetime, *, glyphs: bool = True) -> tuple[Cell, ...]:
    """Return a deployment as a row of `LIST_COLUMNS`."""
    each = listed.deployment
    return (
        _switch(each, glyphs=glyphs),
        cell(each.full_name, "cyan"),
        cell(_schedules_in_brief(each), "bright_black"),
        cell(short_ago(listed.next_time, now)),
        ends_cell(listed.last_ends, glyphs=glyphs),
        cell(each.work_pool_name or ("served" if each.status is DeploymentStatus.READY else "")),
    )


def started(deployment: Deployment, run: FlowRun) -> str:
    """Return what there is to say of a run that was started just now."""
    waits = ""
    if deployment.status is DeploymentStatus.NOT_READY:
        waits = " Nobody takes its runs now; it waits until somebody does."
    return f'Started flow run "{run.name}".{waits}'


def _switch(deployment: Deployment, *, glyphs: bool) -> Cell:
    """Whether a deployment runs by itself: all of its schedules, some, none, or it has none."""
    active = [schedule.active for schedule in deployment.schedules]
    if not active:
        return Cell("–" if glyphs else "-", "bright_black")
    if deployment.paused or not any(active):
        return Cell("○" if glyphs else "o", "yellow")
    if all(active):
        return Cell("●" if glyphs else "*", "green")
    return Cell("◐" if glyphs else "+", "green")


def _schedules_in_brief(deployment: Deployment) -> str:
    schedules = deployment.schedules
    if len(schedules) > 1:
        return f"{sum(each.active for each in schedules)} of {len(schedules)} active"
    said = "".join(in_brief(each.schedule) for each in schedules) or "none"
    return f"{said}, paused" if deployment.paused and schedules else said
