"""Flow runs whose processes get no time to end: the whole tree is killed at once."""

from __future__ import annotations

import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from pacc._internal import sessions
from pacc.exceptions import IllegalTransition
from pacc.orchestration.transitions import KILLING
from pacc.schemas.responses import SetStateStatus
from pacc.services.cancelling import row_to_end
from pacc.services.outcomes import end_runs
from pacc.services.processes_of_runs import Role, is_this, role_of, tell_to_look
from pacc.services.processes_of_runs import kill as kill_process
from pacc.services.references import FLOW_RUN, read_row
from pacc.services.run_transitions import propose_flow_run_state
from pacc.states import Cancelling
from pacc.store.flow_runs import from_row

if TYPE_CHECKING:
    from uuid import UUID

    from pacc.schemas.states import State
    from pacc.store import Store

KILLED = "The run was killed with the process that executed it."
_GONE_WITHIN = 5.0
"""Seconds in which a process is gone that was killed, unless the system holds it."""


def kill(store: Store, flow_run_id: UUID | str) -> State[Any]:
    """Have all processes of a flow run killed at once, without time to end, and those of the runs it started elsewhere.

    A run that is being cancelled and takes its time is killed as well.

    Args:
        store: where it is kept.
        flow_run_id: the run.

    Returns:
        Its state by now: `Cancelled`, or `Killing` where whoever stands by for it has not yet seen all its processes gone.

    Raises:
        ObjectNotFound: there is no such run.
        IllegalTransition: it has ended, it is executed inside another run, or by the process that asks.

    Example:
        >>> kill(store, run.id).name  # doctest: +SKIP
        'Killing'
    """
    row = row_to_end(store, flow_run_id)
    if role_of(row["process"]) is Role.EXECUTES and is_this(row["process"]):
        raise IllegalTransition(f"the flow run {row['name']!r} is executed by this very process")
    wanted = Cancelling(name=KILLING)
    result = propose_flow_run_state(store, row["id"], wanted)
    if result.status is SetStateStatus.ABORT and row["state_name"] != KILLING:
        raise IllegalTransition(f"the flow run {row['name']!r} cannot be killed: {result.reason}")
    _kill_processes(store, row["id"])
    for child in store.read("cancelling.children", {"id": row["id"], "kills": True}):
        with suppress(IllegalTransition):  # it has ended meanwhile
            kill(store, child["id"])
    return from_row(read_row(store, FLOW_RUN, row["id"])).state or wanted


def _kill_processes(store: Store, flow_run_id: str) -> None:
    """Kill the process that executes a run itself, and write what became of it; one that stands by hears of it and does both."""
    row = read_row(store, FLOW_RUN, flow_run_id)
    if row["state_name"] != KILLING:
        return
    session, until = row["session"], time.monotonic() + _GONE_WITHIN
    if not kill_process(row["process"]):
        tell_to_look(row["process"])  # once more, where somebody asked before
        return
    while sessions.is_alive(store.home, session):
        if (
            time.monotonic() > until
        ):  # a disk or a debugger holds it; who finds it gone writes what became of it
            return
        time.sleep(0.005)
    end_runs(store, session, KILLED)
    sessions.forget(store.home, session)
