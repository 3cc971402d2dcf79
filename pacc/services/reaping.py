"""Runs whose process is gone say so: `Crashed`, with what is known of the reason.

A background task that may be started once more is not crashed: it goes back into the queue, for another worker. So does a run of a
deployment that was claimed and never began.

The question is put to the session's lock (see `pacc._internal.sessions`), never to a clock, so a living run is never declared
dead. Anyone may ask at any time; the answer is written by one conditional statement for each table, so it is written once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pacc._internal import processes, sessions

if TYPE_CHECKING:
    from pacc.store import Store


def reap(store: Store) -> list[str]:
    """Mark every open run whose process is gone as crashed, and return the names of the flow runs it was true for.

    One that was being cancelled is cancelled now.

    Costs one small query where all is well.

    Raises:
        StoreError: the store cannot be read or written.
    """
    ended: list[str] = []
    named = [str(row["session"]) for row in store.read("sessions.of_open_runs")]
    for session in named:
        if not sessions.is_alive(store.home, session):
            ended += _end(store, session)
    sessions.tidy(store.home, keep=named)
    return ended


def _end(store: Store, session: str) -> list[str]:
    """End the open runs of one dead session, give back its slots and what it never began, and tidy its file away."""
    from pacc.services.claims import (
        give_back,
    )  # start-up: whoever reads asks, and hardly ever a process is gone
    from pacc.services.outcomes import end_runs

    give_back(store, session)
    why = reason(sessions.read(store.home, session))
    ended = end_runs(store, session, why)
    sessions.forget(store.home, session)
    if ended:
        from pacc.services import bereaved  # start-up: most processes find no such run

        bereaved.see_to(store, ended, why)
    return [run.name for run in ended if run.state_name == "Crashed"]


def reason(process: dict[str, Any]) -> str:
    """Return a sentence on why a process that left no word is gone, from what its session's file says of it.

    >>> reason({})
    'The process that executed this run ended without a word; it was probably killed.'
    """
    if not process:
        return "The process that executed this run ended without a word; it was probably killed."
    who = f"Process {process.get('pid')} ({process.get('command') or 'unknown command'})"
    boot = process.get("boot")
    if boot not in (None, "unknown") and boot != processes.boot_id():
        return f"{who} was executing this run when the machine went down or was restarted."
    return (
        f"{who} ended without a word while it executed this run; "
        "it was probably killed (SIGKILL), by a person or because memory ran out."
    )
