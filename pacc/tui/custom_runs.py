"""Forms made from schemas: for a run of a deployment with values of one's own, and for the input a paused run asks for."""

from __future__ import annotations

import json
from shlex import quote
from typing import TYPE_CHECKING, Any

from pacc._internal.spoken_times import moment
from pacc._internal.visible import visible
from pacc.exceptions import ObjectNotFound, PaccException
from pacc.presentation.block_fields import NO_DEFAULT, Field, fields_of
from pacc.presentation.deployments import started
from pacc.schemas.filters import FlowRunFilter, FlowRunFilterDeploymentId
from pacc.services import deployments, flow_runs, parameter_schemas, pausing
from pacc.services.makers import this_person
from pacc.states import Scheduled
from pacc.tui.field_texts import text_of
from pacc.tui.parameter_fields import given, parameter_fields, schema_of, shown, with_blocks, word
from pacc.tui.screens.asking import Asked

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from pacc.schemas.deployments import Deployment
    from pacc.store import Store

NAME, STARTS, TAGS = "run name", "starts", "run tags"
"""Fields besides the parameters; no parameter can be called so."""
_BESIDES = (
    Field(NAME, "text", "One is made up otherwise.", NO_DEFAULT, required=False, secret=False),
    Field(
        STARTS, "moment", "Now, in 5 minutes, 18:30, tomorrow at 9.", NO_DEFAULT, required=False, secret=False
    ),
    Field(TAGS, "list", "Besides those of the deployment.", NO_DEFAULT, required=False, secret=False),
)


def run_form(
    deployment: Deployment, now: Callable[[], datetime], like: Mapping[str, Any] | None = None
) -> Asked:
    """Return the form of a run of a deployment: a field for each parameter of its flow, and when it starts, its name, its tags.

    Args:
        deployment: the deployment.
        now: says the present moment, when the form is sent.
        like: values that stand there at first instead of the deployment's own, such as those of an earlier run.
    """
    schema, fields, has = schema_of(deployment), parameter_fields(deployment), given(deployment)
    starting = {field.name: has.get(field.name, field.default) for field in fields}
    first = {
        name: shown(value)
        for name, value in starting.items()
        if value is not NO_DEFAULT and value is not None
    }
    fields = tuple(field._replace(required=field.required and field.name not in has) for field in fields)
    return Asked(
        question=f"Run {visible(deployment.full_name)} with these values",
        command=lambda typed: _run_command(deployment, typed, first, fields),
        yes="starts it",
        act=lambda store, values: _start(store, deployment, with_blocks(fields, values), starting, now()),
        fields=(*fields, *_BESIDES),
        values={
            **first,
            **{name: shown(value) for name, value in (like or {}).items() if value is not None},
        },
        wrong=lambda values: _wrong(with_blocks(fields, values), schema, now()),
        again=lambda store: _last_values(store, deployment),
        live=True,
    )


def _last_values(store: Store, deployment: Deployment) -> dict[str, str]:
    of = FlowRunFilter(deployment_id=FlowRunFilterDeploymentId(any_=[deployment.id]))
    last = flow_runs.select(store, flow_run_filter=of, limit=1)
    if not last:
        raise ObjectNotFound(f'"{deployment.full_name}" has no run yet')
    return {name: shown(value) for name, value in last[0].parameters.items() if value is not None}


def _run_command(
    deployment: Deployment, typed: Mapping[str, str], first: Mapping[str, str], fields: tuple[Field, ...]
) -> str:
    words = ["pacc deployment run", quote(deployment.full_name)]
    for field in fields:
        text = typed.get(field.name, "")
        if text and text != first.get(field.name):
            words.append(f"--param {quote(f'{field.name}={word(field, text)}')}")
    if typed.get(NAME):
        words.append(f"--flow-run-name {quote(typed[NAME])}")
    if typed.get(STARTS, "now") not in ("", "now"):
        words.append(f"--start-at {quote(typed[STARTS])}")
    words += [f"--tag {quote(tag.strip())}" for tag in typed.get(TAGS, "").split(",") if tag.strip()]
    return " ".join(words)


def _wrong(values: Mapping[str, Any], schema: Mapping[str, Any], now: datetime) -> dict[str, str]:
    problems = {}
    if (starts := values.get(STARTS)) is not None:
        try:
            if moment(starts, now, future=True) < now:
                problems[STARTS] = "that is over"
        except ValueError as error:
            problems[STARTS] = str(error)
    own = {field.name for field in _BESIDES}
    parameters = {name: value for name, value in values.items() if name not in own}
    try:
        return {**problems, **parameter_schemas.problems(parameters, schema)}
    except PaccException as error:  # the schema itself is none; the service has the last word
        return {**problems, NAME: str(error)}


def _start(
    store: Store,
    deployment: Deployment,
    values: Mapping[str, Any],
    starting: Mapping[str, Any],
    now: datetime,
) -> str:
    own = {field.name for field in _BESIDES}
    starts = values.get(STARTS)
    due = None if starts is None else max(now, moment(starts, now, future=True))
    run = deployments.create_run(
        store,
        deployment.id,
        parameters={
            name: value for name, value in values.items() if name not in own and value != starting.get(name)
        },
        state=Scheduled(scheduled_time=due),
        name=values.get(NAME),
        tags=values.get(TAGS, ()),
        created_by=this_person(),
    )
    return started(deployment, run)


def resume_form(store: Store, flow_run_id: str) -> Asked:
    """Return what is asked before a paused run goes on: the input it asks for, or only whether it is meant.

    Raises:
        ObjectNotFound: there is no such run. NotPausedError: it is not paused.
    """
    schema, description = pausing.asked_for(store, flow_run_id)
    run = flow_runs.read(store, flow_run_id)
    command = f"pacc flow-run resume {flow_run_id}"
    fields = () if schema is None else tuple(fields_of({**schema, "definitions": schema.get("$defs", {})}))
    shown = {
        field.name: text_of(field.default) for field in fields if field.default not in (NO_DEFAULT, None)
    }

    def act(store: Store, values: Mapping[str, Any]) -> str:
        state = pausing.resume(store, flow_run_id, dict(values) if fields else None)
        waits = " It starts as soon as a runner takes it." if state.is_scheduled() else ""
        return f'Resumed flow run "{run.name}".{waits}'

    return Asked(
        question=f'Let flow run "{visible(run.name)}" go on?',
        command=lambda typed: _resume_command(command, typed, fields),
        yes="lets it go on",
        act=act,
        markdown=description or "",
        fields=fields,
        values=shown,
        wrong=lambda values: parameter_schemas.problems(values, schema or {}),
        live=True,
    )


def _resume_command(command: str, typed: Mapping[str, str], fields: tuple[Field, ...]) -> str:
    from pacc.tui.screens.forms import values_of  # start-up: only where there are fields

    values, _ = values_of(fields, dict(typed))
    return f"{command} --input {quote(json.dumps(values))}" if fields else command
