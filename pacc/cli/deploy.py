"""`pacc deploy`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pacc.cli._arguments import LongParam, Params, arguments
from pacc.cli._deployment_options import (
    AnchorDate,
    CollisionStrategy,
    Crons,
    Description,
    Intervals,
    JobVariables,
    Limit,
    Rrules,
    Several,
    Tags,
    Timezone,
    WorkQueue,
    check_together,
)
from pacc.cli._exits import CommandError, UsageError
from pacc.cli._options import not_here
from pacc.cli._store import open_for_command
from pacc.cli._terminal import terminal
from pacc.cli._values import json_object, nested_values
from pacc.exceptions import PaccException
from pacc.schemas.choices import ConcurrencyLimitStrategy

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pacc.deployments.project import Project
    from pacc.schemas.deployments import Deployment
    from pacc.store import Store


Entrypoint = Annotated[
    str | None,
    typer.Argument(metavar="[ENTRYPOINT]", help="The flow: file.py:function.", show_default=False),
]
Names = Annotated[
    Several,
    typer.Option(
        "--name", "-n", metavar="NAME", help="A deployment of the file, or FLOW/NAME; * fits any text."
    ),
]
All = Annotated[bool, typer.Option("--all", help="Every deployment of the file.")]
Version = Annotated[str | None, typer.Option("--version", metavar="TEXT", help="The version of its code.")]
VersionType = Annotated[
    str | None,
    typer.Option(
        "--version-type", metavar="TYPE", help="Where the version comes from: pacc:simple, vcs:git, ..."
    ),
]
Pool = Annotated[
    str | None, typer.Option("--pool", "-p", metavar="NAME", help="The work pool its runs wait in.")
]
Triggers = Annotated[
    Several,
    typer.Option("--trigger", metavar="JSON|FILE", help="An event that starts it; repeat for more."),
]
EnforceParameterSchema = Annotated[
    bool | None,
    typer.Option(
        "--enforce-parameter-schema/--no-enforce-parameter-schema",
        help="Refuse runs whose arguments do not fit, or let them.",
        show_default=False,
    ),
]
Sla = Annotated[
    Several,
    not_here(
        "--sla",
        why="nobody watches over agreements of service here",
        hint="let an automation tell what comes late: pacc automation create --help",
    ),
]
File = Annotated[
    Path | None,
    typer.Option(
        "--file",
        "--prefect-file",
        metavar="FILE",
        help="The file, else pacc.yaml or prefect.yaml of this folder.",
    ),
]


def command(
    entrypoint: Entrypoint = None,
    *,
    name: Names = None,
    all: All = False,
    description: Description = None,
    version: Version = None,
    version_type: VersionType = None,
    tag: Tags = None,
    concurrency_limit: Limit = None,
    collision_strategy: CollisionStrategy = None,
    pool: Pool = None,
    work_queue: WorkQueue = None,
    job_variable: JobVariables = None,
    cron: Crons = None,
    interval: Intervals = None,
    anchor_date: AnchorDate = None,
    rrule: Rrules = None,
    timezone: Timezone = None,
    trigger: Triggers = None,
    param: LongParam = None,
    params: Params = None,
    enforce_parameter_schema: EnforceParameterSchema = None,
    sla: Sla = None,
    prefect_file: File = None,
) -> None:
    """Deploy flows for the workers of a work pool: those pacc.yaml or prefect.yaml declares, or one by its entrypoint.

    What the command line says goes before what the file says. Where several deployments are meant, only the file counts.
    """
    del sla
    if entrypoint == "init":  # `prefect deploy init` is another name of `prefect init`
        from pacc.cli.init import command as init  # start-up: as below

        init()
        return
    if all and name:
        raise UsageError("give --all or -n, not both")
    from pacc.deployments.project import read_project  # start-up: help needs no pydantic

    project = read_project(prefect_file, Path.cwd())
    said: dict[str, Any] = {
        "entrypoint": entrypoint,
        "description": description,
        "version": version,
        "version_type": version_type,
        "tags": tag,
        "concurrency_limit": _limit(concurrency_limit, collision_strategy),
        "schedules": _schedules(cron, interval, rrule, anchor_date, timezone),
        "triggers": [_trigger(each) for each in trigger or ()] or None,
        "parameters": arguments(param, params) or None,
        "enforce_parameter_schema": enforce_parameter_schema,
        "work_pool": _work_pool(pool, work_queue, job_variable),
    }
    said = {key: value for key, value in said.items() if value is not None}
    meant = _meant(project, name or (), everything=all, asks=not said)
    store = open_for_command(reap=False)
    if len(meant) == 1 and terminal.interactive:
        _deploy_with_questions(store, project, meant[0], said)
        return
    if len(meant) > 1 and said:
        terminal.remark(f"Several deployments are meant, so only {project.name} counts, and not the options.")
        said = {}
    _deploy(store, project, meant, said)


def _meant(project: Project, names: Sequence[str], *, everything: bool, asks: bool) -> list[dict[str, Any]]:
    """Return the deployments that are meant; where nobody says which of several, whoever is there is asked."""
    from pacc.cli._deploy_questions import which_of  # start-up: only for deploying
    from pacc.deployments.project import chosen  # start-up: as above

    if asks and terminal.interactive and len(project.deployments) > 1 and not (everything or names):
        return which_of(project)
    return chosen(project, names, everything=everything)


def _deploy_with_questions(
    store: Store, project: Project, declared: dict[str, Any], said: dict[str, Any]
) -> None:
    """Deploy one, ask for what nobody said, and offer to write the answers down."""
    from pacc.cli._deploy_questions import completed, offer_to_write  # start-up: as above
    from pacc.deployments.deploying import overlaid  # start-up: as above

    told = overlaid(declared, said)
    wanted = completed(store, told)
    _deploy(store, project, [wanted], {})
    if wanted != told:
        offer_to_write(project, wanted)


def _deploy(store: Store, project: Project, meant: Sequence[dict[str, Any]], said: dict[str, Any]) -> None:
    """Deploy one after the other; one that cannot be deployed does not keep the others from it."""
    from pacc.deployments.deploying import deploy_declared, overlaid  # start-up: as above

    failed = []
    for each in meant:
        try:
            made = deploy_declared(store, project, overlaid(each, said), say=terminal.remark)
        except PaccException as problem:
            if len(meant) == 1:
                raise
            failed.append(str(each.get("name")))
            terminal.remark(f'Not deployed: "{each.get("name")}": {problem}')
        else:
            _tell(made)
    if failed:
        names = ", ".join(f'"{each}"' for each in failed)
        raise CommandError(f"{len(failed)} of {len(meant)} deployments could not be deployed: {names}")


def _tell(made: Deployment) -> None:
    terminal.remark(f'Deployed "{made.full_name}" ({made.id}).')
    terminal.remark(f"Start a run:    pacc deployment run {made.full_name}")
    if made.status != "READY":
        terminal.remark(f"Start a worker: pacc worker start --pool {made.work_pool_name}")


def _limit(limit: int | None, strategy: ConcurrencyLimitStrategy | None) -> Any:
    if strategy is None:
        return limit
    if limit is None:
        raise UsageError("--collision-strategy goes with --concurrency-limit")
    return {"limit": limit, "collision_strategy": str(strategy)}


def _schedules(
    cron: Several, interval: list[int] | None, rrule: Several, anchor_date: str | None, timezone: str | None
) -> list[dict[str, Any]] | None:
    check_together({"cron": cron, "interval": interval, "rrule": rrule}, anchor_date, timezone)
    zone = {"timezone": timezone} if timezone else {}
    anchor = {"anchor_date": anchor_date} if anchor_date else {}
    times: list[dict[str, Any]] = [
        *({"cron": each, **zone} for each in cron or ()),
        *({"interval": each, **zone, **anchor} for each in interval or ()),
        *({"rrule": each, **zone} for each in rrule or ()),
    ]
    return times or None


def _trigger(text: str) -> dict[str, Any]:
    from pacc.deployments.project import read_yaml  # start-up: as above

    return json_object(text, "--trigger") if text.lstrip().startswith("{") else read_yaml(Path(text))


def _work_pool(pool: str | None, queue: str | None, job_variable: Several) -> dict[str, Any] | None:
    variables = nested_values(job_variable, "--job-variable") if job_variable else None
    said = {"name": pool, "work_queue_name": queue, "job_variables": variables}
    return {key: value for key, value in said.items() if value is not None} or None
