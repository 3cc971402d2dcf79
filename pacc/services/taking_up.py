"""A stored flow run is taken up by the process that is going to execute it, or to stand by while its child does."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pacc._internal import clock
from pacc._internal.jsontext import dumps
from pacc.exceptions import ObjectNotFound, PaccException, StaleTransition, StoreError
from pacc.orchestration.job_variables import merged
from pacc.services.live_runs import LiveFlowRun
from pacc.services.references import FLOW_RUN, canonical, read_row
from pacc.store.flow_runs import COLUMNS

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Mapping

    from pacc.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """Where the code of a flow run is found, and what its processes are given."""

    entrypoint: str | None = None
    """`weather.py:fetch_weather`, or `package.module.function`."""
    path: str | None = None
    """The folder to be in; the present one where there is none."""
    pull_steps: list[dict[str, Any]] = field(default_factory=list)
    """What fetches the code first."""
    job_variables: dict[str, Any] = field(default_factory=dict)
    """The deployment's, and the run's own over them."""
    deployment_name: str | None = None

    @property
    def environment(self) -> dict[str, str]:
        """What the processes' environment has besides."""
        given = self.job_variables.get("env") or {}
        return {str(name): str(value) for name, value in given.items() if value is not None}


def code_of(store: Store, flow_run_id: str) -> Code:
    """Return where the code of a run is found.

    Raises:
        ObjectNotFound: there is no such run, or its deployment is gone, or a block that its job variables speak of.
    """
    identity = canonical(FLOW_RUN, flow_run_id)
    rows = store.read("outcomes.code", {"id": identity})
    if not rows:
        raise ObjectNotFound(f'no flow run "{flow_run_id}"', hint=FLOW_RUN.listing)
    row = rows[0]
    if row["deployment_id"] is not None and row["deployment_name"] is None:
        raise ObjectNotFound("the deployment of the flow run is gone", hint="pacc deployment ls")
    return _code(store, row)


def code_of_deployment(store: Store, deployment_id: str) -> Code:
    """Return where the code of a deployment's runs is found, as far as they don't say themselves.

    Raises:
        ObjectNotFound: there is no such deployment, or not a block that its job variables speak of.
    """
    rows = store.read("outcomes.code_of_deployment", {"id": deployment_id})
    if not rows:
        raise ObjectNotFound(f'no deployment "{deployment_id}"', hint="pacc deployment ls")
    return _code(store, rows[0])


def _code(store: Store, row: sqlite3.Row) -> Code:
    given = row["deployment_job_variables"] or "{}", row["job_variables"] or "{}"
    variables = merged(json.loads(given[0]), json.loads(given[1]))
    return Code(
        entrypoint=row["deployment_entrypoint"] or row["entrypoint"],
        path=row["path"],
        pull_steps=json.loads(row["pull_steps"] or "[]"),
        job_variables=_filled(store, variables) if "{{" in given[0] + given[1] else variables,
        deployment_name=row["deployment_name"],
    )


def _filled(store: Store, job_variables: dict[str, Any]) -> dict[str, Any]:
    """Fill in the blocks, variables and environment variables that job variables speak of."""
    from pacc.services.templates import resolve  # start-up: few speak of any

    try:
        return dict(resolve(store, job_variables, environ=os.environ))
    except StoreError:
        raise
    except PaccException as problem:
        raise ObjectNotFound(f"the job variables cannot be filled in: {problem}") from problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimant:
    """Who is going to answer for a run."""

    session: str
    """The session that will: the run is alive as long as it is."""
    process: Mapping[str, Any]
    """What names the session's process."""
    claimed_by: str | None = None
    """The session that claimed the run to have it executed, `None` where nobody did."""

    def columns(self) -> dict[str, str]:
        """Return what the row of a run says of who answers for it."""
        return {
            "session": self.session,
            "process": dumps(dict(self.process)),
            "infrastructure_pid": str(self.process["pid"]),
        }


def take_up(store: Store, flow_run_id: str, claimant: Claimant) -> LiveFlowRun:
    """Answer for a run from here on, and return it as the process keeps it that executes it.

    Args:
        store: where the run is kept.
        flow_run_id: a run that is scheduled or pending.
        claimant: who answers for it.

    Raises:
        ObjectNotFound: there is no such run.
        StaleTransition: it has begun or ended already, or somebody else answers for it.
    """
    identity = canonical(FLOW_RUN, flow_run_id)
    taken = {**claimant.columns(), "id": identity, "claimed_by": claimant.claimed_by, "now": clock.now()}
    rows = store.write("flow_runs.take_up", taken)
    if rows:
        return _live(store, _named(rows[0]), rows[0]["flow_name"])
    row = read_row(store, FLOW_RUN, identity)
    raise StaleTransition(
        f"the flow run {row['name']!r} is in state {row['state_name']!r} and not waiting to be executed by this process"
    )


def claimed(store: Store, flow_run_id: str, session: str) -> dict[str, Any] | None:
    """Return the row of a run that a session has claimed to begin for the first time, and now; `None` where that is not so.

    Args:
        store: where the run is kept.
        flow_run_id: the run.
        session: the session that is to have claimed it.

    Returns:
        The columns by their names, and besides `flow_name`; see `begin_claimed`.
    """
    return _claimed(store.read, flow_run_id, session)


def _claimed(
    read: Callable[[str, Mapping[str, object]], list[sqlite3.Row]], flow_run_id: str, session: str
) -> dict[str, Any] | None:
    rows = read("flow_runs.claimed", {"id": flow_run_id, "claimed_by": session, "now": clock.now()})
    return {**_named(rows[0]), "flow_name": rows[0]["flow_name"]} if rows else None


def begin_claimed(
    store: Store, flow_run_id: str, claimant: Claimant, row: Mapping[str, Any] | None = None
) -> LiveFlowRun:
    """Return a run as the process keeps it that executes it, and answer for it as soon as it makes its first transition.

    That is one write instead of two for a run that was claimed to begin for the first time, and now. Until then whoever claimed it
    answers for it, and it is given back if this process ends before. Any other run is taken up at once.

    Args:
        store: where the run is kept.
        flow_run_id: a run that is scheduled or pending.
        claimant: who answers for it.
        row: what `claimed` returned for whoever claimed it, a moment ago; it is read where this is not given.

    Raises:
        ObjectNotFound: there is no such run.
        StaleTransition: it has begun or ended already, or somebody else answers for it; the first transition may raise it, too.
    """
    if row is None and claimant.claimed_by is not None:
        row = _claimed(store.look, flow_run_id, claimant.claimed_by)
    if row is None:
        return take_up(store, flow_run_id, claimant)
    run = _live(store, {**row, **claimant.columns()}, row["flow_name"])
    run.claimed_by = claimant.claimed_by
    return run


def taken_up(store: Store, flow_run_id: str) -> LiveFlowRun:
    """Return a run that was taken up as the process keeps it that executes it.

    Raises:
        ObjectNotFound: there is no such run, or its flow is gone.
    """
    row = read_row(store, FLOW_RUN, flow_run_id)
    flows = store.read("flows.read", {"id": row["flow_id"]})
    return _live(store, _named(row), flows[0]["name"] if flows else None)


def _live(store: Store, columns: Mapping[str, Any], flow_name: str | None) -> LiveFlowRun:
    if flow_name is None:
        raise ObjectNotFound(f"the flow of the flow run {columns['name']!r} is gone")
    return LiveFlowRun.taken_up(store, columns, flow_name)


def _named(row: sqlite3.Row) -> dict[str, Any]:
    return dict(zip(COLUMNS, row, strict=False))
