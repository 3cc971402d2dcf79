"""`Deployment.build_from_flow(...).apply()`, as programs of the older Prefect write it, over today's deployments."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pacc._internal.steps import awaitable
from pacc.context import either_colour
from pacc.deployments.runner import RunnerDeployment
from pacc.schemas.choices import DEFAULT_AGENT_POOL
from pacc.services import work_pools
from pacc.settings import get_current_settings
from pacc.store import open_store

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from uuid import UUID

__all__ = ["Deployment"]


class Deployment:
    """A deployment in the older spelling. Its runs are taken by a worker of its pool, or by an agent of its queue.

    It has the attributes of a `RunnerDeployment`.

    >>> Deployment.build_from_flow(etl, name="nightly", schedule=CronSchedule(cron="@daily")).apply()  # doctest: +SKIP
    UUID('0192f0c4-7d1e-7000-8000-000000000000')
    """

    def __init__(self, declared: RunnerDeployment) -> None:
        self.declared = declared

    def __getattr__(self, name: str) -> Any:
        if name == "declared":  # a copy that has nothing yet
            raise AttributeError(name)
        return getattr(self.declared, name)

    @classmethod
    def build_from_flow(
        cls,
        flow: Any,
        name: str,
        *,
        version: str | None = None,
        description: str | None = None,
        tags: Sequence[str] | None = None,
        parameters: Mapping[str, Any] | None = None,
        schedule: Any = None,
        schedules: Sequence[Any] | None = None,
        is_schedule_active: bool | None = None,
        work_pool_name: str | None = None,
        work_queue_name: str | None = None,
        infra_overrides: Mapping[str, Any] | None = None,
        job_variables: Mapping[str, Any] | None = None,
        entrypoint: str | None = None,
        path: str | None = None,
        apply: bool = False,
    ) -> Deployment:
        """Return the deployment of a flow.

        Args:
            flow: the flow.
            name: the deployment's name.
            version: the version of its code; the flow's own by default.
            description: what it is for; the flow's own description by default.
            tags: tags of it and of its runs.
            parameters: arguments of its runs, unless they have their own.
            schedule: when it runs by itself.
            schedules: several such.
            is_schedule_active: false lets its schedules rest.
            work_pool_name: the work pool its runs wait in; the agents' own by default.
            work_queue_name: the queue of that pool.
            infra_overrides: an older name of `job_variables`.
            job_variables: what the infrastructure of its runs is told.
            entrypoint: where the flow is found; where it is by default.
            path: the folder the entrypoint is relative to; the current one by default.
            apply: write it to the store at once.

        Raises:
            InvalidDeploymentError, InvalidSchedule, ParameterTypeError: as for `flow.to_deployment`.
        """
        if work_pool_name is None:
            work_pool_name = DEFAULT_AGENT_POOL
        declared = RunnerDeployment.from_flow(
            flow, name, version=version, description=description, tags=tags, parameters=parameters,
            schedule=schedule, schedules=schedules, paused=is_schedule_active is False,
            work_pool_name=work_pool_name, work_queue_name=work_queue_name,
            job_variables={**(infra_overrides or {}), **(job_variables or {})},
        )  # fmt: skip
        declared.entrypoint = entrypoint or declared.entrypoint
        declared.path = path or declared.path
        made = cls(declared)
        if apply:
            made._apply()
        return made

    abuild_from_flow = classmethod(awaitable(build_from_flow.__func__))  # type: ignore[attr-defined]

    def _apply(self) -> UUID:
        """Write the deployment to the store and return its id; in async code, await it. The agents' own pool is made if need be."""
        if self.declared.work_pool_name == DEFAULT_AGENT_POOL:
            work_pools.ensure(open_store(get_current_settings().home), DEFAULT_AGENT_POOL)
        return self.declared.write()

    apply = either_colour(_apply)
