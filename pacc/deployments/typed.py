"""What the files that `pacc sdk generate` writes stand on: a deployment whose runs are started by a method with its parameters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from pacc.deployments.flow_runs import arun_deployment, run_deployment
from pacc.exceptions import ObjectNotFound

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime
    from typing import Self

    from pacc.schemas.flow_runs import FlowRun

UNSET: Any = object()
"""The default of a parameter that the deployment, or the flow, has a value for."""


class TypedDeployment:
    """A deployment by its name; a class made of it knows its parameters too.

    Args:
        options: what `run_deployment` is told besides the parameters.
    """

    deployment_name: ClassVar[str]
    """`flow/deployment`."""

    def __init__(self, options: Mapping[str, Any] | None = None) -> None:
        self._options = dict(options or {})

    def with_options(
        self,
        *,
        scheduled_time: datetime | None = UNSET,
        flow_run_name: str | None = UNSET,
        timeout: float | None = UNSET,
        poll_interval: float | None = UNSET,
        tags: Iterable[str] | None = UNSET,
        idempotency_key: str | None = UNSET,
        work_queue_name: str | None = UNSET,
        as_subflow: bool | None = UNSET,
    ) -> Self:
        """Return the same deployment, whose runs are started with these options; see `run_deployment` for what they mean.

        >>> deployment.with_options(timeout=0, tags=["by-hand"]).run()  # doctest: +SKIP
        """
        given = {
            "scheduled_time": scheduled_time, "flow_run_name": flow_run_name, "timeout": timeout,
            "poll_interval": poll_interval, "tags": tags, "idempotency_key": idempotency_key,
            "work_queue_name": work_queue_name, "as_subflow": as_subflow,
        }  # fmt: skip
        return type(self)({**self._options, **_set(given)})

    def _told(self, job_variables: Mapping[str, Any]) -> Self:
        """The same deployment, whose infrastructure is told this."""
        told = {**self._options.get("job_variables", {}), **_set(job_variables)}
        return type(self)({**self._options, "job_variables": told})

    def _started(self, parameters: Mapping[str, Any]) -> FlowRun:
        """Start a run, wait for its end, and return it."""
        run: FlowRun = run_deployment(self.deployment_name, parameters=_set(parameters), **self._options)
        return run

    async def _astarted(self, parameters: Mapping[str, Any]) -> FlowRun:
        """Start a run, wait for its end, and return it, in code that awaits."""
        return await arun_deployment(self.deployment_name, parameters=_set(parameters), **self._options)


def named(known: Mapping[str, type[TypedDeployment]], name: str) -> TypedDeployment:
    """Return a deployment of a generated file by its name.

    Raises:
        ObjectNotFound: the file was written without it.

    >>> named({}, "etl/nightly")
    Traceback (most recent call last):
    ...
    pacc.exceptions.ObjectNotFound: this file knows no deployment "etl/nightly"
    """
    if name not in known:
        raise ObjectNotFound(
            f'this file knows no deployment "{name}"',
            hint="Write it again: `pacc sdk generate --output FILE`.",
        )
    return known[name]()


def _set(given: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in given.items() if value is not UNSET}
