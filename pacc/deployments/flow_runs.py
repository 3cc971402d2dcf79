"""`run_deployment`: start a run of a deployment from anywhere, and wait for its end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import partial, wraps
from typing import TYPE_CHECKING, Any
from uuid import UUID

from pacc._internal import clock
from pacc._internal.steps import Sleep, adrive, drive
from pacc.context import FlowRunContext, TaskRunContext, in_async_code
from pacc.deployments.arguments import as_json
from pacc.engine import upstream
from pacc.engine.waiting import WaitFor
from pacc.exceptions import InvalidValueError, PaccException
from pacc.schemas.flow_runs import CreatedBy
from pacc.services import deployments, flow_runs, reaping, run_transitions, task_runs
from pacc.settings import get_current_settings
from pacc.states import Failed, Scheduled
from pacc.store import open_store

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pacc._internal.steps import Steps
    from pacc.client.orchestration import PaccClient, SyncPaccClient
    from pacc.schemas.deployments import Deployment
    from pacc.schemas.flow_runs import FlowRun
    from pacc.schemas.states import State
    from pacc.store import Store

__all__ = ["arun_deployment", "run_deployment"]

_GLANCE = 0.02
"""Seconds between two questions whether anybody has written anything, which costs next to nothing."""


@dataclass(frozen=True, slots=True)
class _Request:
    """What was asked for, by either colour."""

    name: str | UUID
    client: PaccClient | SyncPaccClient | None = None
    parameters: Mapping[str, Any] | None = None
    scheduled_time: datetime | None = None
    flow_run_name: str | None = None
    timeout: float | None = None
    poll_interval: float | None = 5
    tags: Iterable[str] | None = None
    idempotency_key: str | None = None
    work_queue_name: str | None = None
    as_subflow: bool | None = True
    job_variables: Mapping[str, Any] | None = None

    def steps(self) -> Steps[FlowRun]:
        """Make the run and wait for it."""
        if not isinstance(self.scheduled_time, datetime | None):
            raise InvalidValueError(f"scheduled_time is a datetime, not {self.scheduled_time!r}")
        store = open_store(get_current_settings().home) if self.client is None else self.client.store
        given: dict[str, Any] = dict(self.parameters or {})
        if not upstream.is_plain(given):
            yield WaitFor(upstream.unfinished(given))
        parent = _calling_flow() if self.as_subflow else None
        given, found = upstream.resolve(given, parent.upstream if parent else None, None, None)
        deployment = _named(store, self.name)
        given = as_json(given, f'the deployment "{deployment.full_name}"')
        run = self._known(store, deployment) or self._made(store, deployment, given, parent, found.inputs)
        return (yield from _end_of(store, run, self.timeout, self.poll_interval))

    def _known(self, store: Store, deployment: Deployment) -> FlowRun | None:
        key = self.idempotency_key
        return None if key is None else deployments.read_run_by_key(store, deployment, key)

    def _made(
        self,
        store: Store,
        deployment: Deployment,
        parameters: Mapping[str, Any],
        parent: Any,
        inputs: Mapping[str, Any],
    ) -> FlowRun:
        state: State[Any] = Scheduled(scheduled_time=self.scheduled_time)
        make = partial(
            deployments.create_run,
            store,
            deployment.id,
            parameters=parameters,
            state=state,
            name=self.flow_run_name,
            tags=self.tags or (),
            idempotency_key=self.idempotency_key,
            work_queue_name=self.work_queue_name,
            job_variables=self.job_variables,
        )
        if parent is None:
            return make()
        maker = CreatedBy(id=UUID(parent.run.id), type="FLOW_RUN", display_value=parent.run.name)
        stand_in = _stand_in(store, deployment, parent, inputs, state)
        try:
            run = make(parent_task_run_id=stand_in, created_by=maker)
        except PaccException as refusal:
            run_transitions.propose_task_run_state(
                store, str(stand_in), Failed(message=str(refusal)), force=True
            )
            raise
        if run.parent_task_run_id != stand_in:  # somebody used the same key at the same moment
            task_runs.delete(store, stand_in)
        return run


def _named(store: Store, name: str | UUID) -> Deployment:
    """Return a deployment by its id or its exact name: what a person may shorten a program should not."""
    try:
        identity = name if isinstance(name, UUID) else UUID(name)
    except ValueError:
        return deployments.read_by_name(store, str(name))
    return deployments.read(store, identity)


def _calling_flow() -> Any:
    """Return the flow run this code belongs to, also inside one of its tasks."""
    task_run = TaskRunContext.get()
    return FlowRunContext.get() or (task_run.flow_context if task_run is not None else None)


def _stand_in(
    store: Store, deployment: Deployment, parent: Any, inputs: Mapping[str, Any], state: State[Any]
) -> UUID:
    """Make the task run that stands for the run in the flow run that asks for it; the store keeps it in step with the run."""
    number = parent.number_child(deployment.full_name)
    made = run_transitions.create_task_run(
        store,
        name=f"{deployment.full_name}-{number}",
        task_key=deployments.STANDS_FOR_A_RUN,
        dynamic_key=f"{deployment.id}-{number}",
        flow_run_id=parent.run.id,
        state=state,
        inputs=inputs,
        task_version=deployment.version,
    )
    return made.id


def _end_of(store: Store, run: FlowRun, timeout: float | None, poll_interval: float | None) -> Steps[FlowRun]:
    """Wait until a run has ended or the time is up, and return it as it is then."""
    start = looked = clock.monotonic()
    version = -1
    while not (run.state is not None and run.state.is_final()):
        now = clock.monotonic()
        if timeout is not None and now - start >= timeout:
            break
        if poll_interval and now - looked >= poll_interval:
            reaping.reap(store)
            version, looked = -1, now
        seen = store.data_version()
        if seen != version:
            version, run = seen, flow_runs.read(store, run.id)
            continue
        left = _GLANCE if timeout is None else min(_GLANCE, timeout - (now - start))
        yield Sleep(max(left, 0.001))
    return run


def run_deployment(
    name: str | UUID,
    client: PaccClient | SyncPaccClient | None = None,
    parameters: dict[str, Any] | None = None,
    scheduled_time: datetime | None = None,
    flow_run_name: str | None = None,
    timeout: float | None = None,
    poll_interval: float | None = 5,
    tags: Iterable[str] | None = None,
    idempotency_key: str | None = None,
    work_queue_name: str | None = None,
    as_subflow: bool | None = True,
    job_variables: dict[str, Any] | None = None,
) -> Any:
    """Start a run of a deployment, wait for its end, and return it. In async code, await it.

    Args:
        name: the deployment, as `flow/deployment` or by its id.
        client: whose store is meant; that of the settings in force by default.
        parameters: arguments by name, over those of the deployment.
        scheduled_time: when the run is due, at once by default.
        flow_run_name: the run's name.
        timeout: seconds to wait for its end, zero not to wait; for ever by default. When the time is up the run is returned as it
            is then, and goes on.
        poll_interval: seconds after which to look whether the run's process still lives, if nothing has happened until then. An
            ordinary end is noticed at once.
        tags: tags of the run besides those of the deployment.
        idempotency_key: with one that was used before, the run made then is returned.
        work_queue_name: another queue of the deployment's work pool.
        as_subflow: inside a flow, let the run count as one the flow called.
        job_variables: what its infrastructure is told, over what the deployment says.

    Raises:
        ObjectNotFound: there is no such deployment.
        ParameterTypeError: the parameters do not fit its schema, or cannot be handed to another process.
        InvalidValueError: the job variables do not fit, or the time is none.

    >>> run = run_deployment("report/nightly", parameters={"city": "Ulm"}, timeout=60)  # doctest: +SKIP
    >>> run.state.name  # doctest: +SKIP
    'Completed'
    """
    request = _Request(
        name, client, parameters, scheduled_time, flow_run_name, timeout, poll_interval, tags, idempotency_key,
        work_queue_name, as_subflow, job_variables,
    )  # fmt: skip
    return adrive(request.steps()) if in_async_code() else drive(request.steps())


@wraps(run_deployment)
async def arun_deployment(*args: Any, **kwargs: Any) -> FlowRun:
    """Start a run of a deployment, wait for its end, and return it; see `run_deployment`."""
    return await adrive(_Request(*args, **kwargs).steps())


run_deployment.aio = arun_deployment  # type: ignore[attr-defined]
