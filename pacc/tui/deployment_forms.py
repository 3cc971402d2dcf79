"""What is asked before a deployment becomes another one, in one form, and what is told to whoever wants a new one."""

from __future__ import annotations

from shlex import quote
from typing import TYPE_CHECKING, Any

from pacc._internal.visible import visible
from pacc.exceptions import PaccException
from pacc.presentation.block_fields import NO_DEFAULT, Field
from pacc.presentation.tables import Cell
from pacc.schemas.choices import ConcurrencyLimitStrategy
from pacc.schemas.deployments import ConcurrencyOptions, DeploymentUpdate
from pacc.schemas.templated_values import is_templated
from pacc.services import deployments, parameter_schemas, work_pools
from pacc.tui.parameter_fields import given, parameter_fields, schema_of, shown, with_blocks, word
from pacc.tui.screens.asking import Asked
from pacc.tui.screens.dialogs import Told

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from uuid import UUID

    from pacc.schemas.deployments import Deployment
    from pacc.store import Store

ABOUT, TAGS, LIMIT, FULL = "what it is for", "its tags", "open at once", "when full"
POOL, QUEUE = "work pool", "work queue"
"""What a form calls what is not a parameter; no parameter can be called so."""


def how_to_make_one() -> Told:
    """Return how a deployment is made: by a command, or where its flow is written."""
    return Told(
        title="A deployment is made from the code of its flow",
        facts=(
            ("For workers", Cell("pacc deploy FILE.py:FLOW --name NAME --pool POOL")),
            ("Served", Cell("pacc flow serve FILE.py:FLOW --name NAME")),
            ("In Python", Cell('flow.serve(name="NAME"), flow.deploy("NAME", work_pool_name="POOL")')),
            ("All of a file", Cell("pacc deploy --all, for those pacc.yaml or prefect.yaml declares")),
        ),
        next_step="pacc deploy",
    )


def edit(store: Store, deployment_id: UUID) -> Asked:
    """Return the form of what can be changed about a deployment, in the thread.

    Raises:
        ObjectNotFound: there is no such deployment.
    """
    found = deployments.read(store, deployment_id)
    fixed = {name for name, value in found.parameters.items() if is_templated(value)}
    parameters = tuple(
        field._replace(required=False) for field in parameter_fields(found) if field.name not in fixed
    )
    pools = [pool.name for pool in work_pools.select(store)] if found.work_pool_name else []
    first = _first(found, parameters)

    def act(store: Store, values: Mapping[str, Any]) -> str:
        changes, without = _changes(found, values, parameters)
        if not changes and not without:
            return f'"{found.full_name}" stays as it is.'
        deployments.update(store, found.id, DeploymentUpdate(**changes), without=without)
        return f'Changed "{found.full_name}".'

    return Asked(
        question=f'Change "{visible(found.full_name)}"',
        command=lambda typed: _command(found, typed, first, parameters),
        yes="changes it",
        act=act,
        lines=("Once its code is deployed again, what that says counts.",),
        fields=(*_own(pools), *parameters),
        values=first,
        wrong=lambda values: _wrong(found, values, parameters),
        live=True,
    )


def _own(pools: Sequence[str]) -> tuple[Field, ...]:
    def field(name: str, kind: str, told: str, *choices: str) -> Field:
        return Field(name, kind, told, NO_DEFAULT, required=False, secret=False, choices=choices)

    places = (field(POOL, "text", "", *pools), field(QUEUE, "text", "")) if pools else ()
    return (
        field(ABOUT, "text", ""),
        field(TAGS, "list", "They are its runs' tags, too."),
        field(LIMIT, "whole number", "How many of its runs; empty for any number."),
        field(FULL, "text", "What the others do meanwhile.", *ConcurrencyLimitStrategy),
        *places,
    )


def _first(found: Deployment, parameters: Sequence[Field]) -> dict[str, str]:
    """What stands in the fields at first: what the deployment is like."""
    limit, options = found.concurrency_limit, found.concurrency_options or ConcurrencyOptions()
    own = {
        ABOUT: found.description or "",
        TAGS: ", ".join(found.tags),
        LIMIT: "" if limit is None else str(limit),
        FULL: str(options.collision_strategy),
        POOL: found.work_pool_name or "",
        QUEUE: found.work_queue_name or "",
    }
    has = given(found)
    values = {field.name: has.get(field.name, field.default) for field in parameters}
    return {
        **own,
        **{
            name: shown(value)
            for name, value in values.items()
            if value is not NO_DEFAULT and value is not None
        },
    }


def _changes(
    found: Deployment, values: Mapping[str, Any], parameters: Sequence[Field]
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """What is another value than before, and what is to have none any more."""
    options = found.concurrency_options or ConcurrencyOptions()
    strategy = ConcurrencyLimitStrategy(values.get(FULL, options.collision_strategy))
    wanted = {
        "description": (values.get(ABOUT, ""), found.description or ""),
        "tags": (sorted(values.get(TAGS, ())), sorted(found.tags)),
        "concurrency_limit": (values.get(LIMIT), found.concurrency_limit),
        "concurrency_options": (ConcurrencyOptions(collision_strategy=strategy), options),
        "work_pool_name": (values.get(POOL, found.work_pool_name), found.work_pool_name),
        "work_queue_name": (values.get(QUEUE, found.work_queue_name), found.work_queue_name),
        "parameters": (_parameters(found, values, parameters), dict(found.parameters)),
    }
    changed = {name: new for name, (new, old) in wanted.items() if new != old}
    return (
        {name: value for name, value in changed.items() if value is not None},
        tuple(name for name, value in changed.items() if value is None),
    )


def _parameters(found: Deployment, values: Mapping[str, Any], parameters: Sequence[Field]) -> dict[str, Any]:
    """The parameters as they are to be: those without a field stay, and what is as the flow has it anyway is left to it."""
    fields = {field.name: field for field in parameters}
    typed = with_blocks(parameters, {name: values[name] for name in fields if name in values})
    stays = {name: value for name, value in found.parameters.items() if name not in fields}
    has = found.parameters
    return {
        **stays,
        **{name: value for name, value in typed.items() if name in has or value != fields[name].default},
    }


def _wrong(found: Deployment, values: Mapping[str, Any], parameters: Sequence[Field]) -> dict[str, str]:
    problems = {LIMIT: "0 or more"} if values.get(LIMIT, 0) < 0 else {}
    own = {field.name for field in parameters}
    typed = with_blocks(parameters, {name: value for name, value in values.items() if name in own})
    try:
        return {**problems, **parameter_schemas.problems(typed, schema_of(found))}
    except PaccException as error:  # the schema itself is none; the service has the last word
        return {**problems, ABOUT: str(error)}


def _command(
    found: Deployment, typed: Mapping[str, str], first: Mapping[str, str], parameters: Sequence[Field]
) -> str:
    words = ["pacc deployment update", quote(found.full_name)]
    changed = {name: text for name, text in typed.items() if text != first.get(name, "")}
    for name, option in (
        (ABOUT, "description"),
        (FULL, "collision-strategy"),
        (POOL, "pool"),
        (QUEUE, "work-queue"),
    ):
        if name in changed:
            words.append(f"--{option} {quote(changed[name])}")
    if TAGS in changed:
        tags = [tag.strip() for tag in changed[TAGS].split(",") if tag.strip()]
        words += [f"--tag {quote(tag)}" for tag in tags] or ["--no-tags"]
    if LIMIT in changed:
        limit = changed[LIMIT]
        words.append(f"--concurrency-limit {quote(limit)}" if limit else "--no-concurrency-limit")
    for field in parameters:
        if field.name in changed:
            text = changed[field.name]
            words.append(
                f"--param {quote(f'{field.name}={word(field, text)}')}"
                if text
                else f"--no-param {quote(field.name)}"
            )
    return " ".join(words)
