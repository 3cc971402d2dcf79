"""Everything there is to know of one flow run, gathered for somebody who is to find a mistake, and without secrets."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from pacc._internal.redaction import MASK, hide, redact
from pacc.exceptions import EncryptionKeyError, ObjectNotFound
from pacc.schemas.bundles import Bundle
from pacc.schemas.event_filters import EventAnyResourceFilter, EventFilter, EventOrder
from pacc.schemas.filters import (
    ArtifactFilter,
    ArtifactFilterFlowRunId,
    FlowRunFilter,
    FlowRunFilterParentFlowRunId,
    TaskRunFilter,
    TaskRunFilterFlowRunId,
)
from pacc.services import artifacts, deployments, events, flow_runs, flows, task_runs
from pacc.services.encryption import cipher, sealed_texts

if TYPE_CHECKING:
    from pacc.schemas.deployments import Deployment
    from pacc.schemas.flow_runs import FlowRun
    from pacc.store import Store

MOST_EVENTS = 10_000
"""So many events of a run at most are gathered, the first ones."""

_TELLING = (
    r"[\w.-]*(?:passw(?:or)?d|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|credential|authorization|cookie)"
    r"[\w.-]*"
)
_NAME = re.compile(_TELLING, re.IGNORECASE)
_NAMED = re.compile(
    rf"(?P<name>{_TELLING}(?:\\?[\"'])?\s*[:=]\s*)"
    r"(?P<value>\"(?:[^\"\\]|\\.)*\"|\\\"(?:[^\"\\]|\\[^\"])*\\\"|'[^'\"]*'|(?:Bearer |Basic )?[^\s\"',;&}\])\\]+)",
    re.IGNORECASE,
)
_SHAPES = (
    re.compile(r"(?P<before>\w://[^\s/:@\"']*:)(?P<value>[^\s/@\"']+)(?=@)"),
    re.compile(r"(?P<before>\b(?:Bearer|Basic) )(?P<value>[\w.~+/=-]{8,})"),
    re.compile(r"(?P<before>\b)(?P<value>gAAAA[\w-]{40,}={0,2})"),
)
_NO_SECRETS = frozenset({"true", "false", "null", "none", f'"{MASK}"', "{", "[", '""'})


def gather(store: Store, run: FlowRun) -> Bundle:
    """Return a flow run with all that belongs to it; its log, which may be larger than memory, is read from its file.

    Args:
        store: where it is kept.
        run: the run.
    """
    every = [run, *_nested(store, run)]
    ids = [each.id for each in every]
    resources = [f"prefect.flow-run.{each}" for each in ids]
    return Bundle(
        run=run,
        flow=flows.read(store, run.flow_id),
        deployment=_deployment(store, run),
        nested_runs=every[1:],
        states={str(each): flow_runs.states(store, each) for each in ids},
        task_runs=task_runs.select(
            store, task_run_filter=TaskRunFilter(flow_run_id=TaskRunFilterFlowRunId(any_=ids))
        ),
        events=events.select(
            store,
            EventFilter(any_resource=EventAnyResourceFilter(id=resources), order=EventOrder.ASC),
            limit=MOST_EVENTS,
        ),
        artifacts=artifacts.select(
            store, artifact_filter=ArtifactFilter(flow_run_id=ArtifactFilterFlowRunId(any_=ids))
        ),
    )


def _nested(store: Store, run: FlowRun) -> list[FlowRun]:
    """Return the runs it called, and those these called, and so on."""
    found: list[FlowRun] = []
    above = [run.id]
    while above:
        wanted = FlowRunFilter(parent_flow_run_id=FlowRunFilterParentFlowRunId(any_=above))
        below = flow_runs.select(store, flow_run_filter=wanted)
        found += reversed(below)
        above = [each.id for each in below]
    return found


def _deployment(store: Store, run: FlowRun) -> Deployment | None:
    try:
        return None if run.deployment_id is None else deployments.read(store, run.deployment_id)
    except ObjectNotFound:
        return None


# -- secrets


def learn_secrets(store: Store) -> str | None:
    """Have every secret known that the store keeps or the environment names, so that `without_secrets` finds it wherever it stands.

    Args:
        store: whose secrets are opened.

    Returns:
        Why the store's own could not be opened, nothing where they were.
    """
    for name, value in os.environ.items():
        if _NAME.fullmatch(name) and len(value) >= 6:
            hide(value)
    try:
        tokens = sealed_texts(store)
        known = cipher(store) if tokens else None
        for token in tokens:
            known.open(token) if known else None
    except EncryptionKeyError as error:
        return str(error)
    return None


def without_secrets(text: str) -> str:
    r"""Return text, JSON or not, with secrets masked: known values, what is called a password or the like, and what has the shape of one.

    Args:
        text: what is about to leave the machine.

    >>> without_secrets('{"api_token": "s3cr3t", "url": "postgres://me:pass@db/x"}')
    '{"api_token": "********", "url": "postgres://me:********@db/x"}'
    """
    text = _NAMED.sub(_masked, redact(text))
    for shape in _SHAPES:
        text = shape.sub(rf"\g<before>{MASK}", text)
    return text


def _masked(found: re.Match[str]) -> str:
    value = found["value"]
    if value.lower() in _NO_SECRETS or value.startswith(("{", "[")):
        return found[0]
    quote = next((each for each in ('\\"', '"', "'") if value.startswith(each)), "")
    return f"{found['name']}{quote}{MASK}{quote}"
