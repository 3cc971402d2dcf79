"""Deployments: made, found, paused and removed, and runs made from them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any
from uuid import UUID

from pacc._internal import clock, ids, names, sessions
from pacc._internal.jsontext import dumps
from pacc._internal.tagtext import tags_text
from pacc.exceptions import InvalidDeploymentError, ObjectNotFound
from pacc.schemas.choices import DEFAULT_QUEUE
from pacc.schemas.deployments import DeploymentCreate, DeploymentStatus, DeploymentUpdate
from pacc.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterDeploymentId,
    FlowRunFilterNextScheduledStartTime,
    FlowRunFilterState,
    FlowRunFilterStateType,
)
from pacc.schemas.flows import checked_name
from pacc.schemas.sorting import FlowRunSort
from pacc.schemas.states import StateType
from pacc.schemas.templated_values import Templates, is_templated
from pacc.services import deployment_schedules as schedules
from pacc.services import deployment_triggers, templated_parameters, work_queues, workers
from pacc.services.flow_names import ensure_flow
from pacc.services.flow_runs import select as select_runs
from pacc.services.job_variables import check as check_job_variables
from pacc.services.live_runs import LiveFlowRun
from pacc.services.parameter_schemas import check, check_names
from pacc.services.references import DEPLOYMENT, beginning_with, canonical, did_you_mean, read_row
from pacc.states import Scheduled
from pacc.store import filters, flow_runs
from pacc.store.columns import moment
from pacc.store.deployments import from_row, options_text, schedule_from_row

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from pacc.schemas.deployments import Deployment
    from pacc.schemas.filters import DeploymentFilter, FlowFilter, TaskRunFilter
    from pacc.schemas.flow_runs import CreatedBy, FlowRun
    from pacc.schemas.sorting import DeploymentSort
    from pacc.schemas.states import State
    from pacc.store import Store

STANDS_FOR_A_RUN = "run_deployment"
"""The key of task runs that stand for a deployment's run in another flow run; a trigger keeps the two in step."""

_MANY = 20
"""Listings of more deployments read the schedules of all at once."""


# -- made --------------------------------------------------------------------------------------------------------------


def upsert(store: Store, wanted: DeploymentCreate, *, maker: CreatedBy | None = None) -> Deployment:
    """Make a deployment, or let the one of the same flow and name become as it is wished, and return it.

    Schedules are recognised by their slug, otherwise by being equal: these keep their id, how far their runs were made, and
    whether a person has paused them. Runs that schedules made ahead are made again where anything has changed. Nothing is
    written where nothing has.

    Args:
        store: where it is kept.
        wanted: what it is to be like; its flow is made where there is none of that name.
        maker: who wishes it.

    Raises:
        InvalidNameError: no deployment may have that name.
        InvalidDeploymentError: something about it cannot work.
        InvalidValueError: its job variables do not fit.
        ParameterTypeError: its parameters do not fit its own schema.
        ObjectNotFound: there is no such work pool.
    """
    _check(store, wanted)
    deployment_triggers.check(wanted)
    flow_id = ensure_flow(store, wanted.flow_name)
    row = _row(wanted, flow_id, maker)
    found = store.read("deployments.of_flow", {"flow_id": flow_id, "name": wanted.name})
    if (
        found
        and _is_same(found[0], row)
        and schedules.plan(store, found[0]["id"], wanted.schedules).is_empty()
    ):
        deployment_triggers.keep(store, found[0]["id"], wanted)
        return _whole(store, found[0])
    with store.transaction() as changes:
        identity = str(changes.run("deployments.upsert", row)[0]["id"])
        known = changes.run("deployments.schedules", {"id": identity})
        for statement, values in schedules.planned(known, wanted.schedules).statements(identity, row["now"]):
            changes.run(statement, values)
        changes.run(
            "deployments.drop_scheduled_runs", {"id": identity, "after": row["now"], "schedule": None}
        )
        changes.run("deployments.make_again", {"id": identity, "now": row["now"], "schedule": None})
    deployment_triggers.keep(store, identity, wanted)
    return read(store, identity)


def update(
    store: Store, deployment_id: UUID | str, changes: DeploymentUpdate, *, without: Iterable[str] = ()
) -> None:
    """Change what is given about a deployment; what is unset stays as it is.

    In another work pool its runs wait in the default queue, unless another queue is given as well.

    Args:
        store: where it is kept.
        deployment_id: the deployment.
        changes: what is to be another value.
        without: fields of `changes` that are to have no value any more, such as `concurrency_limit`.

    Raises:
        ObjectNotFound: there is no such deployment, or no such work pool.
        InvalidDeploymentError, InvalidValueError, ParameterTypeError: as for `upsert`.
    """
    known = read(store, deployment_id)
    given = {name: getattr(changes, name) for name in DeploymentUpdate.__slots__}
    given = {name: value for name, value in given.items() if value is not None}
    paused = given.pop("paused", None)
    if given.get("work_pool_name", known.work_pool_name) != known.work_pool_name:
        given.setdefault("work_queue_name", DEFAULT_QUEUE)
    wished: dict[str, Any] = {**given, **dict.fromkeys(without)}
    upsert(store, replace(_as_declared(known), **wished))
    if paused is not None:
        (pause if paused else resume)(store, known.id)


def _as_declared(known: Deployment) -> DeploymentCreate:
    """Return a deployment as its code declared it the last time."""
    same = {name: getattr(known, name) for name in DeploymentCreate.__slots__}
    declared = [each for each in known.schedules if each.declared_active is not None]
    wished = {
        "paused": known.declared_paused,
        "schedules": [schedules.as_declared(each) for each in declared],
    }
    return DeploymentCreate(**{**same, **wished})


def _check(store: Store, wanted: DeploymentCreate) -> None:
    checked_name(wanted.name, "deployment")
    checked_name(wanted.flow_name)
    of = f'the deployment "{wanted.flow_name}/{wanted.name}"'
    if wanted.concurrency_limit is not None and wanted.concurrency_limit < 0:
        raise InvalidDeploymentError(
            f"{of} has a concurrency limit of {wanted.concurrency_limit}; it is 0 or more"
        )
    if wanted.work_pool_name is not None:
        work_queues.ensure(store, wanted.work_pool_name, wanted.work_queue_name or DEFAULT_QUEUE)
    check_job_variables(store, wanted.job_variables, pool=wanted.work_pool_name, of=of)
    schedules.check(wanted.schedules, of)
    if wanted.parameter_openapi_schema and wanted.enforce_parameter_schema:
        check_names(wanted.parameters, wanted.parameter_openapi_schema, of=of)
        plain = templated_parameters.plain(wanted.parameters)
        check(plain, wanted.parameter_openapi_schema, whole=False, of=of)


def _row(wanted: DeploymentCreate, flow_id: str, maker: CreatedBy | None) -> dict[str, Any]:
    schema, steps, info = wanted.parameter_openapi_schema, wanted.pull_steps, wanted.version_info
    queue = wanted.work_queue_name or (DEFAULT_QUEUE if wanted.work_pool_name else None)
    return {
        "id": ids.new_id(),
        "flow_id": flow_id,
        "name": wanted.name,
        "now": clock.now(),
        "version": wanted.version,
        "version_info": None if info is None else dumps(dict(info)),
        "description": wanted.description,
        "declared_paused": int(wanted.paused),
        "tags": tags_text(sorted(set(wanted.tags))),
        "labels": dumps(dict(wanted.labels)),
        "parameters": dumps(dict(wanted.parameters)),
        "parameter_openapi_schema": None if schema is None else dumps(dict(schema)),
        "enforce_parameter_schema": int(wanted.enforce_parameter_schema),
        "entrypoint": wanted.entrypoint,
        "path": wanted.path,
        "pull_steps": None if steps is None else dumps([dict(step) for step in steps]),
        "work_pool_name": wanted.work_pool_name,
        "work_queue_name": queue,
        "job_variables": dumps(dict(wanted.job_variables)),
        "concurrency_limit": wanted.concurrency_limit,
        "concurrency_options": options_text(wanted.concurrency_options),
        "triggers": dumps([dict(trigger) for trigger in wanted.triggers]),
        "maker": None if maker is None else flow_runs.created_by_text(maker),
    }


def _is_same(found: sqlite3.Row, wished: Mapping[str, Any]) -> bool:
    told = (name for name in wished if name not in {"id", "now", "maker"})
    return not found["paused_at_shutdown"] and all(found[name] == wished[name] for name in told)


# -- found -------------------------------------------------------------------------------------------------------------


def read(store: Store, deployment_id: UUID | str) -> Deployment:
    """Return a deployment by its id.

    Raises:
        ObjectNotFound: there is none.
    """
    return _whole(store, read_row(store, DEPLOYMENT, deployment_id))


def read_by_name(store: Store, full_name: str) -> Deployment:
    """Return a deployment by the names of its flow and its own, `flow/deployment`.

    Raises:
        ObjectNotFound: there is none; the message says what was perhaps meant.
    """
    by_name = _full_names(store)
    if full_name in by_name:
        return read(store, by_name[full_name])
    raise ObjectNotFound(did_you_mean(DEPLOYMENT, full_name, by_name), hint=DEPLOYMENT.listing)


def full_name(store: Store, deployment_id: UUID | str) -> str | None:
    """Return the name people refer to a deployment by, `None` where it is gone."""
    return next((name for name, each in _full_names(store).items() if each == str(deployment_id)), None)


def find(store: Store, reference: UUID | str) -> Deployment:
    """Return the deployment a person means.

    Args:
        store: where it is kept.
        reference: its `flow/deployment`, also with a colon between, or a beginning of it that no other one has; its own name where it
            is the only one of that name, or a beginning of it; its id, or a beginning of its id that no other one has.

    Raises:
        ObjectNotFound: there is none; the message says what was perhaps meant.
    """
    if isinstance(reference, UUID):
        return read(store, reference)
    by_name = _full_names(store)
    for exact in (reference, reference.replace(":", "/", 1)):
        if exact in by_name:
            return read(store, by_name[exact])
    alike = [row["id"] for row in beginning_with(store, DEPLOYMENT, reference)]
    named = [by_name[each] for each in by_name if each.endswith(f"/{reference}")]
    begun = [by_name[each] for each in by_name if reference and each.startswith(reference)]
    own = [by_name[each] for each in by_name if reference and each.partition("/")[2].startswith(reference)]
    for meant in (alike, named, begun, own):
        if len(meant) == 1:
            return read(store, meant[0])
    if several := named or begun or alike or own:
        fitting = sorted(each for each in by_name if by_name[each] in several)[:4]
        raise ObjectNotFound(
            f'"{reference}" could mean several deployments: {", ".join(fitting)}; give more of the name',
            hint=DEPLOYMENT.listing,
        )
    raise ObjectNotFound(did_you_mean(DEPLOYMENT, reference, by_name), hint=DEPLOYMENT.listing)


def select(
    store: Store,
    *,
    flow_filter: FlowFilter | None = None,
    flow_run_filter: FlowRunFilter | None = None,
    task_run_filter: TaskRunFilter | None = None,
    deployment_filter: DeploymentFilter | None = None,
    sort: DeploymentSort | None = None,
    limit: int | None = None,
    offset: int = 0,
) -> list[Deployment]:
    """Return the deployments that every filter given lets through.

    Args:
        store: where they are kept.
        flow_filter: only deployments of such a flow.
        flow_run_filter: only deployments that have such a run.
        task_run_filter: only deployments that have a run with such a task run.
        deployment_filter: which deployments.
        sort: the order; the newest first otherwise.
        limit: so many at most; all otherwise.
        offset: so many are passed over first.
    """
    store.journal.flush()
    wanted = filters.Wanted(flow_filter, flow_run_filter, task_run_filter, deployment_filter)
    query = filters.select("deployment", wanted, sort=sort, limit=limit, offset=offset)
    rows = store.read_sql(query.sql, query.values)
    around = _Around(store, many=len(rows) > _MANY) if rows else None
    return [around.whole(row) for row in rows if around is not None]


def count(
    store: Store,
    *,
    flow_filter: FlowFilter | None = None,
    flow_run_filter: FlowRunFilter | None = None,
    task_run_filter: TaskRunFilter | None = None,
    deployment_filter: DeploymentFilter | None = None,
) -> int:
    """Return how many deployments every filter given lets through."""
    store.journal.flush()
    wanted = filters.Wanted(flow_filter, flow_run_filter, task_run_filter, deployment_filter)
    query = filters.count("deployment", wanted)
    return int(store.read_sql(query.sql, query.values)[0][0])


def _full_names(store: Store) -> dict[str, str]:
    return {row["full_name"]: row["id"] for row in store.read("deployments.full_names")}


def _whole(store: Store, row: sqlite3.Row) -> Deployment:
    return _Around(store).whole(row)


class _Around:
    """What other tables know of deployments, asked once for a whole listing."""

    def __init__(self, store: Store, *, many: bool = False) -> None:
        self._store = store
        self._schedules: dict[str, list[sqlite3.Row]] | None = None
        if many:
            self._schedules = {}
            for row in store.read("deployments.every_schedule"):
                self._schedules.setdefault(row["deployment_id"], []).append(row)
        self._flows: dict[str, str] = {}
        self._alive: dict[str, bool] = {}
        self._serving: dict[str, list[str]] = {}
        for row in store.read("deployments.serving"):
            self._serving.setdefault(row["deployment_id"], []).append(row["session"])
        self._queues = {
            (row["work_pool_name"], row["work_queue_name"]): row for row in store.read("deployments.queues")
        }
        self._ready = workers.ready(store) if self._queues else None

    def whole(self, row: sqlite3.Row) -> Deployment:
        """Return the record of a deployment."""
        queue = self._queues.get((row["work_pool_name"], row["work_queue_name"]))
        taken = self.is_served(row["id"]) or self._is_looked_into(queue)
        return from_row(
            row,
            flow_name=self._flow_name(row["flow_id"]),
            schedules=[schedule_from_row(each) for each in self._schedules_of(row["id"])],
            status=DeploymentStatus.READY if taken else DeploymentStatus.NOT_READY,
            last_polled=None if queue is None else moment(queue["last_polled"]),
        )

    def _schedules_of(self, deployment_id: str) -> list[sqlite3.Row]:
        if self._schedules is not None:
            return self._schedules.get(deployment_id, [])
        return self._store.read("deployments.schedules", {"id": deployment_id})

    def _flow_name(self, flow_id: str) -> str:
        if flow_id not in self._flows:
            self._flows[flow_id] = self._store.read("flows.read", {"id": flow_id})[0]["name"]
        return self._flows[flow_id]

    def is_served(self, deployment_id: str) -> bool:
        """Say whether a living process serves it."""
        return any(self._is_alive(session) for session in self._serving.get(deployment_id, ()))

    def _is_looked_into(self, queue: sqlite3.Row | None) -> bool:
        if queue is None or self._ready is None:
            return False
        return self._ready.has(queue["work_pool_id"], queue["work_queue_name"])

    def _is_alive(self, session: str) -> bool:
        if session not in self._alive:
            self._alive[session] = sessions.is_alive(self._store.home, session)
        return self._alive[session]


# -- paused and removed ------------------------------------------------------------------------------------------------


def pause(store: Store, deployment_id: UUID | str) -> None:
    """Let the schedules of a deployment rest; runs they made and nobody began are removed, runs people made stay.

    Raises:
        ObjectNotFound: there is no such deployment.
    """
    _pause(store, "deployments.pause", deployment_id)


def pause_at_shutdown(store: Store, deployment_id: UUID | str) -> None:
    """Let the schedules of a deployment rest until it is upserted again, because the process that serves it ends.

    One that a person has paused stays theirs to resume.
    """
    _pause(store, "deployments.pause_at_shutdown", deployment_id)


def _pause(store: Store, statement: str, deployment_id: UUID | str) -> None:
    identity, now = read_row(store, DEPLOYMENT, deployment_id)["id"], clock.now()
    store.write_all(
        (statement, {"id": identity, "now": now}),
        ("deployments.drop_scheduled_runs", {"id": identity, "after": 0, "schedule": None}),
        ("deployments.make_again", {"id": identity, "now": now, "schedule": None}),
    )


def resume(store: Store, deployment_id: UUID | str) -> None:
    """Let the schedules of a deployment go on from now; what passed while they rested is passed over.

    Raises:
        ObjectNotFound: there is no such deployment.
    """
    identity, now = read_row(store, DEPLOYMENT, deployment_id)["id"], clock.now()
    store.write_all(
        ("deployments.pass_over", {"id": identity, "now": now, "schedule": None}),
        ("deployments.resume", {"id": identity, "now": now}),
    )


def delete(store: Store, deployment_id: UUID | str) -> None:
    """Delete a deployment with its schedules and those of its runs that nobody began; other runs stay.

    Raises:
        ObjectNotFound: there is no such deployment.
    """
    identity = canonical(DEPLOYMENT, deployment_id)
    _, gone = store.write_all(
        ("deployments.drop_waiting_runs", {"id": identity}), ("deployments.delete", {"id": identity})
    )
    if not gone:
        raise ObjectNotFound(f'no deployment "{deployment_id}"', hint=DEPLOYMENT.listing)


# -- served ------------------------------------------------------------------------------------------------------------


def serve(store: Store, deployment_ids: Iterable[UUID | str], session: str) -> None:
    """Say that a process takes the runs of these deployments, as long as its session lives."""
    now = clock.now()
    steps = [
        ("deployments.serve", {"session": session, "deployment_id": str(identity), "now": now})
        for identity in deployment_ids
    ]
    store.write_all(*steps)


def unserve(store: Store, session: str) -> None:
    """Say that a process takes no runs any more."""
    store.write("deployments.unserve", {"session": session})


def served(store: Store) -> set[str]:
    """Return the ids of the deployments that a living process serves.

    >>> served(store)  # doctest: +SKIP
    {'019ae64c-7d0f-7ce1-8a50-3f1c5f2a9b11'}
    """
    around = _Around(store)
    return {
        row["deployment_id"]
        for row in store.read("deployments.serving")
        if around.is_served(row["deployment_id"])
    }


# -- runs --------------------------------------------------------------------------------------------------------------


def create_run(
    store: Store,
    deployment_id: UUID | str,
    *,
    parameters: Mapping[str, Any] | None = None,
    state: State[Any] | None = None,
    name: str | None = None,
    tags: Iterable[str] = (),
    idempotency_key: str | None = None,
    parent_task_run_id: UUID | str | None = None,
    work_queue_name: str | None = None,
    job_variables: Mapping[str, Any] | None = None,
    context: Mapping[str, Any] | None = None,
    labels: Mapping[str, bool | int | float | str] | None = None,
    created_by: CreatedBy | None = None,
    enforce_parameter_schema: bool | None = None,
    templates: Templates = Templates.NOW,
) -> FlowRun:
    """Make a run of a deployment that whoever serves it will execute; with a key that was used before, return the run made then.

    Args:
        store: where it is kept.
        deployment_id: the deployment.
        parameters: arguments by name, over those of the deployment.
        state: its first state, `Scheduled` now by default.
        name: the run's name; one is made up otherwise.
        tags: tags of the run besides those of the deployment.
        idempotency_key: unique among the runs of the flow.
        parent_task_run_id: the task run that stands for it in the flow run that called it.
        work_queue_name: another queue of the deployment's work pool.
        job_variables: what its infrastructure is told, over what the deployment says.
        context: free-form data.
        labels: key-value labels besides those of the deployment.
        created_by: who or what made it.
        enforce_parameter_schema: check the parameters, or not; as the deployment says by default.
        templates: when parameters that say `{"__prefect_kind": ...}` are worked out.

    Raises:
        ObjectNotFound: there is no such deployment.
        TemplateError: a parameter cannot be worked out.
        ParameterTypeError: the parameters do not fit its schema, or it has none of such a name.
        InvalidValueError: the job variables do not fit.
        InvalidDeploymentError: it has no work pool, so it has no queues.
    """
    deployment = read(store, deployment_id)
    row = run_row(
        store, deployment, parameters=parameters, state=state, name=name, tags=tags,
        idempotency_key=idempotency_key, parent_task_run_id=parent_task_run_id, work_queue_name=work_queue_name,
        job_variables=job_variables, context=context, labels=labels, created_by=created_by,
        enforce_parameter_schema=enforce_parameter_schema, templates=templates,
    )  # fmt: skip
    if store.write("flow_runs.insert", row):
        return flow_runs.from_row(store.read("flow_runs.read", {"id": row["id"]})[0])
    key = {"flow_id": row["flow_id"], "idempotency_key": idempotency_key}
    return flow_runs.from_row(store.read("flow_runs.by_idempotency_key", key)[0])


def scheduled_runs(
    store: Store,
    deployment_ids: Iterable[UUID],
    *,
    scheduled_before: datetime | None = None,
    limit: int | None = None,
) -> list[FlowRun]:
    """Return the runs of these deployments that wait to be started, the first due first.

    Args:
        store: where they are kept.
        deployment_ids: the deployments.
        scheduled_before: only runs due at this moment or earlier.
        limit: so many at most.
    """
    due = None if scheduled_before is None else FlowRunFilterNextScheduledStartTime(before_=scheduled_before)
    wanted = FlowRunFilter(
        deployment_id=FlowRunFilterDeploymentId(any_=list(deployment_ids)),
        state=FlowRunFilterState(type=FlowRunFilterStateType(any_=[StateType.SCHEDULED])),
        next_scheduled_start_time=due,
    )
    return select_runs(
        store, flow_run_filter=wanted, sort=FlowRunSort.NEXT_SCHEDULED_START_TIME_ASC, limit=limit
    )


def read_run_by_key(store: Store, deployment: Deployment, idempotency_key: str) -> FlowRun | None:
    """Return the run of a deployment's flow that was made with this key, `None` where there is none."""
    key = {"flow_id": str(deployment.flow_id), "idempotency_key": idempotency_key}
    return next(map(flow_runs.from_row, store.read("flow_runs.by_idempotency_key", key)), None)


def run_row(
    store: Store,
    deployment: Deployment,
    *,
    parameters: Mapping[str, Any] | None = None,
    state: State[Any] | None = None,
    name: str | None = None,
    tags: Iterable[str] = (),
    idempotency_key: str | None = None,
    parent_task_run_id: UUID | str | None = None,
    work_queue_name: str | None = None,
    job_variables: Mapping[str, Any] | None = None,
    context: Mapping[str, Any] | None = None,
    labels: Mapping[str, bool | int | float | str] | None = None,
    created_by: CreatedBy | None = None,
    auto_scheduled: bool = False,
    enforce_parameter_schema: bool | None = None,
    templates: Templates = Templates.NOW,
) -> dict[str, Any]:
    """Return the row of a new run of a deployment, for the statement `flow_runs.insert`.

    Its arguments are those of `create_run`, and `auto_scheduled`, which says that a schedule makes the run.

    Raises:
        ParameterTypeError: the parameters do not fit its schema, or it has none of such a name.
        InvalidValueError: the job variables do not fit.
        InvalidDeploymentError: it has no work pool, so it has no queues.
    """
    enforced = (
        deployment.enforce_parameter_schema if enforce_parameter_schema is None else enforce_parameter_schema
    )
    given = _given(store, deployment, parameters or {}, templates, enforced=enforced)
    of = f'a run of "{deployment.full_name}"'
    check_job_variables(store, job_variables, pool=deployment.work_pool_name, of=of)
    if work_queue_name is not None:
        _have_queue(store, deployment, work_queue_name)
    run = LiveFlowRun(
        store,
        name=name or names.run_name(),
        flow_id=str(deployment.flow_id),
        flow_name=deployment.flow_name,
        flow_version=deployment.version,
        parameters_text=dumps(given),
        tags={*deployment.tags, *tags},
        entrypoint=deployment.entrypoint,
    )
    run.deployment_id = str(deployment.id)
    run.idempotency_key = idempotency_key
    run.context_text = dumps(dict(context)) if context else None
    if parent_task_run_id is not None:
        _put_below(store, run, str(parent_task_run_id))
    run.given = {
        "deployment_version": deployment.version,
        "work_pool_name": deployment.work_pool_name,
        "work_queue_name": work_queue_name or deployment.work_queue_name,
        "labels": dumps({**deployment.labels, **(labels or {})}),
        "created_by": None if created_by is None else flow_runs.created_by_text(created_by),
        "auto_scheduled": int(auto_scheduled),
        "job_variables": None if job_variables is None else dumps(dict(job_variables)),
    }
    return run.first_row(Scheduled() if state is None else state.fresh_copy())


def _given(
    store: Store,
    deployment: Deployment,
    parameters: Mapping[str, Any],
    templates: Templates,
    *,
    enforced: bool,
) -> dict[str, Any]:
    """Return the parameters of a run, those of its deployment where it has none of its own, and refuse what does not fit."""
    own, defaults = dict(parameters), deployment.parameters
    if templates is Templates.NOW:
        own = templated_parameters.filled(store, own)
    if templates is not Templates.WHEN_IT_BEGINS:
        defaults = {name: value for name, value in defaults.items() if name not in own}
        defaults = templated_parameters.filled(store, defaults)
    given = {**defaults, **own}
    if enforced:
        _check_parameters(deployment, given, own)
    return given


def _check_parameters(deployment: Deployment, given: Mapping[str, Any], own: Mapping[str, Any]) -> None:
    """Refuse what does not fit; what the deployment itself gives was checked when it was made, if it checks."""
    schema, of = deployment.parameter_openapi_schema, f'the deployment "{deployment.full_name}"'
    if schema:
        check_names(own, schema, of=of)
        unchecked = (
            bool(own) or not deployment.enforce_parameter_schema or is_templated(deployment.parameters)
        )
        check(given, schema, whole=True, of=of, values=unchecked)


def _have_queue(store: Store, deployment: Deployment, name: str) -> None:
    """Make the queue of the deployment's work pool that a run shall wait in, where it is not there."""
    if deployment.work_pool_name is None:
        raise InvalidDeploymentError(
            f'the deployment "{deployment.full_name}" has no work pool, so its runs wait in no queue'
        )
    work_queues.ensure(store, deployment.work_pool_name, name)


def _put_below(store: Store, run: LiveFlowRun, task_run_id: str) -> None:
    """Let a run stand below the flow run whose task run stands for it."""
    run.parent_task_run_id = task_run_id
    store.journal.flush()
    for task_run in store.read("task_runs.read", {"id": task_run_id}):
        for parent in store.read("flow_runs.read", {"id": task_run["flow_run_id"]}):
            run.parent_flow_run_id = parent["id"]
            run.root_flow_run_id = parent["root_flow_run_id"] or parent["id"]
