"""Flow runs are cancelled, and those they started in other processes with them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pacc._internal import clock
from pacc.exceptions import IllegalTransition
from pacc.schemas.responses import SetStateStatus
from pacc.services.processes_of_runs import Role, role_of, tell_to_look
from pacc.services.references import FLOW_RUN, read_row
from pacc.services.run_transitions import propose_flow_run_state
from pacc.states import Cancelling

if TYPE_CHECKING:
    from sqlite3 import Row
    from uuid import UUID

    from pacc.schemas.responses import OrchestrationResult
    from pacc.store import Store

_REMINDED_AFTER = 1_000_000
"""Microseconds after which whoever was told should have seen it."""


def cancel(store: Store, flow_run_id: UUID | str) -> OrchestrationResult:
    """Have a flow run end: at once where nothing executes it, otherwise as soon as its processes have ended.

    Args:
        store: where it is kept.
        flow_run_id: the run.

    Returns:
        What became of it: its state is `Cancelled` now, or `Cancelling`.

    Raises:
        ObjectNotFound: there is no such run.
        IllegalTransition: it has ended, it is being cancelled already, or it is executed inside another run.
    """
    row = row_to_end(store, flow_run_id)
    result = propose_flow_run_state(store, row["id"], Cancelling())
    if result.status is SetStateStatus.ABORT:
        raise IllegalTransition(f"the flow run {row['name']!r} cannot be cancelled: {result.reason}")
    return result


def row_to_end(store: Store, flow_run_id: UUID | str) -> Row:
    """Return the row of a run that can be ended for itself.

    Raises:
        ObjectNotFound: there is no such run.
        IllegalTransition: it is executed inside another run.
    """
    row = read_row(store, FLOW_RUN, flow_run_id)
    if row["session"] is not None and row["process"] is None and row["parent_flow_run_id"] is not None:
        root = row["root_flow_run_id"]
        raise IllegalTransition(
            f"the flow run {row['name']!r} is executed inside another one and ends with that",
            hint=f"pacc flow-run cancel {root}",
        )
    return row


def remind(store: Store) -> int:
    """Tell the processes once more that stand by for runs which someone wants to end, or has suspended; return how many were told.

    They were told when it was asked for, unless whoever asked could not, or was killed in between.

    Args:
        store: where the runs are kept.

    Raises:
        StoreError: the store cannot be read.

    Example:
        >>> remind(store)  # doctest: +SKIP
        0
    """
    rows = store.read("cancelling.to_be_told", {"before": clock.now() - _REMINDED_AFTER})
    told = [row["process"] for row in rows if role_of(row["process"]) is Role.SUPERVISES]
    return sum(tell_to_look(process) for process in told)


def cancel_children(store: Store, flow_run_id: str) -> int:
    """Have the runs end that a cancelled run started in processes of their own; return how many that were told to."""
    rows = store.read("cancelling.children", {"id": flow_run_id, "kills": False})
    for row in rows:
        propose_flow_run_state(store, row["id"], Cancelling(message="The run that started it was cancelled."))
    return len(rows)
