"""The files that `pacc deployment build` writes and `pacc deployment apply` reads, as older programs of Prefect deploy."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pacc.deployments.project import checked_item, read_yaml
from pacc.deployments.runner import RunnerDeployment, loaded_flow
from pacc.exceptions import InvalidDeploymentError
from pacc.schemas.choices import DEFAULT_AGENT_POOL
from pacc.schemas.schedules import schedule_as_json
from pacc.services import deployments, work_pools

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pacc.schemas.deployments import Deployment, DeploymentScheduleCreate
    from pacc.store import Store

__all__ = ["apply_manifest", "built", "write_manifest"]

_HEAD = "# A deployment, to be put into the store by: pacc deployment apply FILE\n"


def built(entrypoint: str, name: str, said: Mapping[str, Any]) -> RunnerDeployment:
    """Return the deployment of a flow that an entrypoint names.

    Args:
        entrypoint: the flow, `file.py:function`.
        name: the deployment's name.
        said: what else is said of it, in the words of `pacc.yaml`.

    Raises:
        MissingFlowError: there is no flow. ScriptError: its file raised an error while it was loaded.
        InvalidDeploymentError, InvalidSchedule, ParameterTypeError: something about it cannot work.
    """
    item = checked_item({**said, "name": name, "entrypoint": entrypoint}, f'the deployment "{name}"')
    return RunnerDeployment.declared(
        loaded_flow(entrypoint),
        name,
        entrypoint,
        path=str(Path.cwd()),
        schedules=item.all_schedules or None,
        paused=item.paused,
        parameters=item.parameters,
        description=item.description,
        tags=item.tags,
        version=item.version,
        work_pool_name=item.work_pool.name or DEFAULT_AGENT_POOL,
        work_queue_name=item.work_pool.work_queue_name,
        job_variables=item.work_pool.job_variables,
    )


def write_manifest(declared: RunnerDeployment, path: Path | None = None) -> Path:
    """Write a deployment into a file, `FLOW-deployment.yaml` of the current folder by default, and return its path.

    Raises:
        InvalidDeploymentError: the file cannot be written.
    """
    import yaml  # start-up

    file = path or Path(f"{declared.flow_name.replace('-', '_')}-deployment.yaml")
    content = {
        "name": declared.name,
        "flow_name": declared.flow_name,
        "description": declared.description,
        "version": declared.version,
        "tags": declared.tags,
        "parameters": declared.parameters,
        "schedules": [_schedule(each) for each in declared.schedules],
        "paused": declared.paused,
        "work_pool_name": declared.work_pool_name,
        "work_queue_name": declared.work_queue_name,
        "job_variables": declared.job_variables,
        "path": declared.path,
        "entrypoint": declared.entrypoint,
        "parameter_openapi_schema": declared.parameter_openapi_schema,
    }
    try:
        file.write_text(_HEAD + yaml.safe_dump(json.loads(json.dumps(content)), sort_keys=False), "utf-8")
    except OSError as error:
        raise InvalidDeploymentError(f"{str(file)!r} cannot be written: {error.strerror}") from None
    return file


def apply_manifest(store: Store, path: Path) -> Deployment:
    """Put the deployment of a file into the store and return it.

    The agents' own pool is made where the file names it and it is not there yet.

    Raises:
        InvalidDeploymentError: the file is not there, or is not as `write_manifest` writes it.
        ObjectNotFound: there is no such work pool. InvalidSchedule, ParameterTypeError: something about it cannot work.
    """
    content = read_yaml(path)
    missing = [key for key in ("name", "flow_name", "entrypoint") if not content.get(key)]
    if missing:
        raise InvalidDeploymentError(
            f'{path.name} does not say its "{missing[0]}"; `pacc deployment build` writes such files'
        )
    pool = content.get("work_pool_name")
    item = checked_item(
        {
            **content,
            "work_pool": {
                "name": pool,
                "work_queue_name": content.get("work_queue_name"),
                "job_variables": content.get("job_variables") or content.get("infra_overrides"),
            },
        },
        path.name,
    )
    declared = RunnerDeployment(
        name=str(item.name),
        flow_name=str(item.flow_name),
        description=item.description,
        version=item.version,
        tags=item.tags,
        parameters=item.parameters,
        paused=bool(item.paused),
        entrypoint=item.entrypoint,
        path=content.get("path"),
        parameter_openapi_schema=content.get("parameter_openapi_schema"),
        work_pool_name=pool,
        work_queue_name=item.work_pool.work_queue_name,
        job_variables=item.work_pool.job_variables,
    ).with_schedules(item.all_schedules)
    if pool == DEFAULT_AGENT_POOL:
        work_pools.ensure(store, pool)
    return deployments.upsert(store, declared.wanted())


def _schedule(schedule: DeploymentScheduleCreate) -> dict[str, Any]:
    return {
        **schedule_as_json(schedule.schedule),
        "active": schedule.active,
        "slug": schedule.slug,
        "parameters": dict(schedule.parameters),
    }
