"""A stored flow run is taken up by the process that is going to execute it, or to stand by while its child does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pacc._internal import clock
from pacc._internal.jsontext import dumps
from pacc.exceptions import ObjectNotFound, StaleTransition
from pacc.services.live_runs import LiveFlowRun
from pacc.services.references import FLOW_RUN, canonical, read_row
from pacc.store.flow_runs import COLUMNS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from pacc.store import Store


def take_up(
    store: Store,
    flow_run_id: str,
    *,
    session: str,
    process: Mapping[str, Any],
    claimed_by: str | None = None,
) -> None:
    """Answer for a run from here on: it is alive as long as the session is.

    Args:
        store: where the run is kept.
        flow_run_id: a run that is scheduled or pending.
        session: the session that answers for it.
        process: what names the session's process.
        claimed_by: the session that claimed the run to have it executed, `None` where nobody did.

    Raises:
        ObjectNotFound: there is no such run.
        StaleTransition: it has begun or ended already, or somebody else answers for it.
    """
    identity = canonical(FLOW_RUN, flow_run_id)
    taken = {
        "id": identity,
        "session": session,
        "process": dumps(dict(process)),
        "infrastructure_pid": str(process["pid"]),
        "claimed_by": claimed_by,
        "now": clock.now(),
    }
    if store.write("flow_runs.take_up", taken):
        return
    row = read_row(store, FLOW_RUN, identity)
    raise StaleTransition(
        f"the flow run {row['name']!r} is in state {row['state_name']!r} and not waiting to be executed by this process"
    )


def taken_up(store: Store, flow_run_id: str) -> LiveFlowRun:
    """Return a run that was taken up as the process keeps it that executes it.

    Raises:
        ObjectNotFound: there is no such run, or its flow is gone.
    """
    columns = dict(zip(COLUMNS, read_row(store, FLOW_RUN, flow_run_id), strict=False))
    flows = store.read("flows.read", {"id": columns["flow_id"]})
    if not flows:
        raise ObjectNotFound(f"the flow of the flow run {columns['name']!r} is gone")
    return LiveFlowRun.taken_up(store, columns, flows[0]["name"])
