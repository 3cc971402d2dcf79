"""Deployments of a file, deployed: built, sent away and written to the store."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pacc._internal.templates import LEFT, fill, first_of, look_up_in
from pacc.deployments.project import checked_item, kind_of, unknown_keys
from pacc.deployments.runner import RunnerDeployment, loaded_flow
from pacc.deployments.steps.core import do_steps, step_parts
from pacc.exceptions import InvalidDeploymentError
from pacc.runner.storage import STEPS
from pacc.services import deployments
from pacc.services.templates import look_up_in_store
from pacc.settings import get_current_settings

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pacc._internal.templates import Placeholder
    from pacc.deployments.project import DeploymentItem, Project
    from pacc.schemas.deployments import Deployment
    from pacc.store import Store

_STEPS = ("build", "push", "pull")


def deploy_declared(
    store: Store, project: Project, deployment: Mapping[str, Any], *, say: Callable[[str], object]
) -> Deployment:
    """Deploy one deployment of a file and return it as it is in the store.

    Its build and push steps are carried out first. What they return, environment variables and variables of the store are filled
    in then; blocks never, because what they hold is no text to keep in a deployment. In the pull steps and the job variables
    everything but what the steps returned waits for the run.

    Args:
        store: where it is written.
        project: the file.
        deployment: the deployment, with what the command line says laid over it.
        say: told of each step, and of what in the file means nothing.

    Raises:
        StepExecutionError: a step failed. InvalidDeploymentError: something is missing or of the wrong kind.
        MissingFlowError: there is no such flow. ScriptError: its file raised an error while it was loaded.
        ObjectNotFound: there is no such work pool. InvalidSchedule, ParameterTypeError: as for `flow.deploy`.
    """
    for remark in unknown_keys(dict(deployment)):
        say(f"Warning: {remark}")
    steps = {kind: project.steps(dict(deployment), kind) for kind in _STEPS}
    outputs = do_steps(steps["build"] or [], say=say)
    outputs = do_steps(steps["push"] or [], outputs, say=say)
    item = _item(store, deployment, outputs, project)
    pull = [_own_folder()] if steps["pull"] is None else fill(steps["pull"], _given(outputs))
    for step in pull:
        step_parts(step)
    wanted = replace(_declared(item, project).wanted(), path=None, pull_steps=pull or None)
    return deployments.upsert(store, wanted)


def _item(
    store: Store, deployment: Mapping[str, Any], outputs: Mapping[str, Any], project: Project
) -> DeploymentItem:
    config = {key: value for key, value in deployment.items() if key not in _STEPS}
    pool = config.get("work_pool")
    waiting = pool.get("job_variables") if isinstance(pool, dict) else None
    filled = fill(config, first_of(look_up_in(outputs, os.environ), _variables_of(store)))
    if waiting:
        filled["work_pool"]["job_variables"] = fill(waiting, _given(outputs))
    return checked_item(filled, f"{_called(config.get('name'))} in {project.name}")


def _called(name: Any) -> str:
    return f'the deployment "{name}"' if name else "a deployment without a name"


def _given(outputs: Mapping[str, Any]) -> Callable[[Placeholder], Any]:
    """Return the look-up of what steps returned; the rest is left for the run."""
    inner = look_up_in(outputs)

    def look_up(placeholder: Placeholder) -> Any:
        known = placeholder.kind == "value" and placeholder.path.partition(".")[0] in outputs
        return inner(placeholder) if known else LEFT

    return look_up


def _variables_of(store: Store) -> Callable[[Placeholder], Any]:
    inner = look_up_in_store(store)
    return lambda placeholder: inner(placeholder) if placeholder.kind == "variable" else LEFT


def _own_folder() -> dict[str, Any]:
    return {f"{STEPS}.set_working_directory": {"directory": str(Path.cwd())}}


def _declared(item: DeploymentItem, project: Project) -> RunnerDeployment:
    pool = item.work_pool.name or get_current_settings().deployments.default_work_pool_name
    missing = {"an entrypoint": item.entrypoint, "a name": item.name, "a work pool": pool}
    for what, value in missing.items():
        if not value:
            raise InvalidDeploymentError(
                f"{_called(item.name) if item.name else 'a deployment'} needs {what}; say so in {project.name} or on the command line",
                hint="pacc deploy --help",
            )
    flow = loaded_flow(str(item.entrypoint))
    return RunnerDeployment.declared(
        flow,
        str(item.name),
        str(item.entrypoint),
        flow_name=item.flow_name,
        schedules=item.all_schedules or None,
        paused=item.paused,
        concurrency_limit=item.limit,
        parameters=item.parameters,
        triggers=item.triggers,
        description=item.description,
        tags=item.tags,
        version=item.version,
        version_type=item.version_type,
        enforce_parameter_schema=item.enforce_parameter_schema,
        work_pool_name=pool,
        work_queue_name=item.work_pool.work_queue_name,
        job_variables=item.work_pool.job_variables,
    )


def overlaid(deployment: Mapping[str, Any], said: Mapping[str, Any]) -> dict[str, Any]:
    """Return a deployment of a file with what the command line says laid over it; the work pool's job variables are added to.

    >>> overlaid({"name": "a", "work_pool": {"name": "x"}}, {"work_pool": {"job_variables": {"memory": "1GiB"}}})
    {'name': 'a', 'work_pool': {'name': 'x', 'job_variables': {'memory': '1GiB'}}}
    """
    own = dict(said.get("work_pool") or {})
    laid = {**deployment, **said}
    if "schedules" in said:
        laid.pop("schedule", None)
    if own:
        pool = _mapping(deployment, "work_pool")
        variables = {**_mapping(pool, "job_variables"), **(own.get("job_variables") or {})}
        laid["work_pool"] = {**pool, **own, **({"job_variables": variables} if variables else {})}
    return laid


def _mapping(part: Mapping[str, Any], key: str) -> dict[str, Any]:
    value = part.get(key) or {}
    if not isinstance(value, dict):
        raise InvalidDeploymentError(f'"{key}" of a deployment is a mapping, not {kind_of(value)}')
    return value
