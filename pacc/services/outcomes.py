"""What becomes of a flow run whose processes are gone, written by whoever stood by, or by whoever finds it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pacc._internal import clock
from pacc._internal.jsontext import dumps, quoted
from pacc.orchestration.transitions import KILLING
from pacc.schemas.states import TERMINAL_STATES, StateType
from pacc.services.cancelling import cancel_children
from pacc.services.state_rows import details_of_due

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pacc.store import Store


HOOKS = {
    "Cancelled": "on_cancellation",
    "Crashed": "on_crashed",
    "TimedOut": "on_failure",
}
"""The hooks to be called for a state that the flow's own process did not live to enter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where a run stands, for the one that supervises it."""

    state_type: StateType
    state_name: str
    is_ours: bool
    """Whether the session that asked still answers for it."""
    has_open_task_runs: bool

    @property
    def is_over(self) -> bool:
        """Whether there is nothing left to be executed, or not by the one that asked."""
        return not self.is_ours or self.state_type in TERMINAL_STATES or self.is_suspended

    @property
    def is_suspended(self) -> bool:
        """Whether the process is to leave until someone resumes the run."""
        return self.state_type is StateType.PAUSED and self.state_name == "Suspended"

    @property
    def is_cancelling(self) -> bool:
        """Whether someone wants it to end."""
        return self.is_ours and self.state_type is StateType.CANCELLING

    @property
    def is_killing(self) -> bool:
        """Whether someone wants it to end without giving it time for that."""
        return self.is_cancelling and self.state_name == KILLING


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """A flow run that was ended just now."""

    id: str
    name: str
    state_name: str
    process: str | None
    """What its row says of the process that answered for it."""


def standing(store: Store, flow_run_id: str, session: str) -> Standing | None:
    """Return where a run stands, `None` where it was deleted.

    Args:
        store: where it is kept.
        flow_run_id: the run.
        session: the session that answers for it as far as the caller knows.
    """
    rows = store.read("outcomes.standing", {"id": flow_run_id})
    if not rows:
        return None
    return Standing(
        state_type=StateType(rows[0]["state_type"]),
        state_name=rows[0]["state_name"],
        is_ours=rows[0]["session"] == session,
        has_open_task_runs=bool(rows[0]["has_open_task_runs"]),
    )


def end_runs(
    store: Store,
    session: str,
    message: str,
    *,
    flow_run_id: str | None = None,
    kind: StateType = StateType.CRASHED,
    name: str = "Crashed",
) -> list[Ended]:
    """End every open run that a session answers for, task runs first, and give back its slots; return the flow runs.

    They have crashed; those that were being cancelled are cancelled, and what they started elsewhere with them. A background task that may be started once more goes back
    into its queue.

    Args:
        store: where they are kept.
        session: the session; nothing of it executes runs any more.
        message: why, in a sentence.
        flow_run_id: a run that ended otherwise:
        kind: of this type,
        name: in a state of this name.

    Raises:
        StoreError: nothing was written.
    """
    parameters: dict[str, Any] = {
        "session": session,
        "now": clock.now(),
        "message": message,
        "quoted_message": quoted(message),
        "ended_id": flow_run_id,
        "ended_type": kind.value,
        "ended_name": name,
    }
    _, _, rows, _ = store.write_all(
        (
            "background_tasks.give_back",
            {**parameters, "details": details_of_due(parameters["now"], deferred=True)},
        ),
        ("sessions.end_task_runs", parameters),
        ("sessions.end_flow_runs", parameters),
        ("concurrency.free_session", {"session": session}),
    )
    ended = [Ended(**dict(row)) for row in rows]
    for run in ended:
        if run.state_name == "Cancelled":
            cancel_children(store, run.id)
    return ended


def reschedule(store: Store, flow_run_id: str, session: str, message: str) -> bool:
    """Let a run of a deployment, whose processes were ended, wait for the next one to execute it; say whether it does.

    Args:
        store: where it is kept.
        flow_run_id: the run.
        session: the session that answers for it.
        message: why, in a sentence.

    Raises:
        StoreError: nothing was written.
    """
    parameters: dict[str, Any] = {
        "id": flow_run_id,
        "session": session,
        "now": clock.now(),
        "message": message,
        "quoted_message": quoted(message),
    }
    _, rows = store.write_all(
        ("sessions.end_task_runs", parameters),
        ("outcomes.reschedule", {**parameters, "details": details_of_due(parameters["now"])}),
    )
    return bool(rows)


def note_usage(store: Store, flow_run_id: str, session: str, usage: Mapping[str, Any]) -> None:
    """Keep what the processes of a run used, unless someone else answers for it by now."""
    store.write("outcomes.note_usage", {"id": flow_run_id, "session": session, "usage": dumps(dict(usage))})
