"""`pacc deployment update`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from pacc.cli._arguments import Param, Params, whole_arguments
from pacc.cli._deployment_options import CollisionStrategy, Description, JobVariables, Limit, Tags, WorkQueue
from pacc.cli._exits import UsageError
from pacc.cli._store import open_for_command
from pacc.cli._terminal import terminal
from pacc.cli._values import named_values, nested_values
from pacc.cli.deployment._reference import DeploymentReference
from pacc.orchestration.job_variables import merged
from pacc.schemas.deployments import ConcurrencyOptions, DeploymentUpdate
from pacc.services import deployments

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pacc.schemas.deployments import Deployment


def command(
    deployment: DeploymentReference,
    *,
    description: Description = None,
    tag: Tags = None,
    no_tags: Annotated[bool, typer.Option("--no-tags", help="Take its tags away.")] = False,
    concurrency_limit: Limit = None,
    no_concurrency_limit: Annotated[
        bool, typer.Option("--no-concurrency-limit", help="Any number of its runs at once.")
    ] = False,
    collision_strategy: CollisionStrategy = None,
    pool: Annotated[
        str | None, typer.Option("--pool", metavar="NAME", help="The work pool its runs wait in.")
    ] = None,
    work_queue: WorkQueue = None,
    param: Param = None,
    params: Params = None,
    no_param: Annotated[
        list[str] | None,
        typer.Option("--no-param", metavar="NAME", help="Leave an argument to the flow; repeat for more."),
    ] = None,
    job_variable: JobVariables = None,
) -> None:
    """Change what a deployment is like; what is not given stays as it is.

    With --params the arguments are those alone. Once its code is deployed again, what that says counts.
    """
    if concurrency_limit is not None and no_concurrency_limit:
        raise UsageError("--concurrency-limit and --no-concurrency-limit exclude each other")
    if tag and no_tags:
        raise UsageError("--tag and --no-tags exclude each other")
    whole = None if params is None else whole_arguments(params)
    single = named_values(param or (), "--param")
    variables = nested_values(job_variable or (), "--job-variable")
    store = open_for_command(reap=False)
    found = deployments.find(store, deployment)
    given: dict[str, Any] = {
        "description": description,
        "tags": [] if no_tags else tag,
        "concurrency_limit": concurrency_limit,
        "concurrency_options": None
        if collision_strategy is None
        else ConcurrencyOptions(collision_strategy=collision_strategy),
        "work_pool_name": pool,
        "work_queue_name": work_queue,
        "parameters": _parameters(found, whole, single, no_param or ()),
        "job_variables": merged(found.job_variables, variables) if variables else None,
    }
    wanted = {field: value for field, value in given.items() if value is not None}
    without = ("concurrency_limit",) if no_concurrency_limit else ()
    if not wanted and not without:
        raise UsageError("there is nothing to change", hint="pacc deployment update --help")
    deployments.update(store, found.id, DeploymentUpdate(**wanted), without=without)
    terminal.remark(f'Changed "{found.full_name}".')


def _parameters(
    found: Deployment, whole: dict[str, Any] | None, single: Mapping[str, Any], left: Sequence[str]
) -> dict[str, Any] | None:
    """Its arguments as they are to be; `None` where they stay."""
    if whole is None and not single and not left:
        return None
    changed = {**(found.parameters if whole is None else whole), **single}
    for name in left:
        if name not in changed:
            raise UsageError(f'"{found.full_name}" has no argument "{name}" of its own')
        del changed[name]
    return changed
