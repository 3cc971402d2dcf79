"""Runs that are due are claimed by whoever is going to have them executed: each by one runner, whatever many there are.

A claim is one conditional statement, and the limits are conditions in it. What is open is counted from the runs themselves, so no
slot can leak: a run that ends, however it ends, has given its place back.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pacc._internal import clock
from pacc._internal.jsontext import dumps, quoted
from pacc.services.processes_of_runs import Role, with_role
from pacc.services.state_rows import details_of_due

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pacc.store import Store

MOST = 500
"""How many runs are claimed at once at most; the store is another's in between."""

_TRIES = 5
"""How often a run may be claimed in vain before beginning it is taken for what ended its processes."""

_NO_ROOM = "Concurrency limit of the deployment reached."
_GIVEN_BACK = "The process that was to execute it ended before it began."


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """A run that is to be executed now."""

    id: str
    name: str
    deployment_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Collided:
    """A run that found no room, and the state it has for that."""

    name: str
    state_name: str


def due_of_served(store: Store, session: str, *, now: int | None = None, limit: int = MOST) -> list[str]:
    """Return the ids of runs that are due of the deployments a session serves, as far as those have room.

    Args:
        store: where they are kept.
        session: serves the deployments that are meant.
        now: the moment by which they are due, in microseconds since the epoch; the present one by default.
        limit: so many at most.
    """
    wanted = {"session": session, "now": clock.now() if now is None else now, "limit": limit}
    return [row["id"] for row in store.read("claims.due_of_served", wanted)]


def due_in_pool(
    store: Store, pool: str, queues: Sequence[str] | None = None, *, now: int | None = None, limit: int = MOST
) -> list[str]:
    """Return the ids of runs that are due in a work pool, as far as there is room, those of the most important queue first.

    Args:
        store: where they are kept.
        pool: the pool's name.
        queues: the names of the queues to look into, all of them by default.
        now: the moment by which they are due, in microseconds since the epoch; the present one by default.
        limit: so many at most.
    """
    wanted = {
        "pool": pool,
        "queues": None if queues is None else dumps(list(queues)),
        "now": clock.now() if now is None else now,
        "limit": limit,
    }
    return [row["id"] for row in store.read("claims.due_in_pool", wanted)]


def next_of_served(store: Store, session: str, now: int) -> int | None:
    """Return when the first run is due after `now` of the deployments a session serves: microseconds since the epoch."""
    rows = store.read("claims.next_of_served", {"session": session, "now": now})
    return rows[0]["due"] if rows else None


def next_in_pool(store: Store, pool: str, queues: Sequence[str] | None, now: int) -> int | None:
    """Return when the first run is due after `now` in a work pool, in these of its queues or in all: microseconds since the epoch."""
    wanted = {"pool": pool, "queues": None if queues is None else dumps(list(queues)), "now": now}
    rows = store.read("claims.next_in_pool", wanted)
    return rows[0]["due"] if rows else None


def claim(
    store: Store, candidates: Sequence[str], *, session: str, process: Mapping[str, Any], limit: int = MOST
) -> list[Claimed]:
    """Claim some of these runs, the first ones first: those that still wait and for which every limit leaves room.

    Args:
        store: where they are kept.
        candidates: ids of runs that are due.
        session: the session that answers for them until somebody takes them up.
        process: what names the session's process.
        limit: so many at most.

    Raises:
        StoreError: none was claimed.
    """
    rows = store.write(
        "claims.claim",
        {
            "candidates": dumps(list(candidates)),
            "session": session,
            "process": dumps(with_role(process, Role.CLAIMS)),
            "limit": limit,
            "now": clock.now(),
        },
    )
    claimed = {
        row["id"]: Claimed(id=row["id"], name=row["name"], deployment_id=row["deployment_id"]) for row in rows
    }
    return [claimed[identity] for identity in candidates if identity in claimed]


def collide(store: Store, session: str | None = None, *, pool: str | None = None) -> list[Collided]:
    """Let runs that are due and find no room in their deployment say so, or cancel them, as the deployment wishes.

    Args:
        store: where they are kept.
        session: serves the deployments that are meant.
        pool: or the name of the work pool whose deployments are.
    """
    now = clock.now()
    if pool is None:
        rows = store.read("claims.collisions", {"session": session, "now": now})
    else:
        rows = store.read("claims.collisions_in_pool", {"pool": pool, "now": now})
    if not rows:
        return []
    parameters = {
        "candidates": dumps([row["id"] for row in rows]),
        "now": now,
        "message": _NO_ROOM,
        "quoted_message": quoted(_NO_ROOM),
    }
    return [
        Collided(name=row["name"], state_name=row["state_name"])
        for row in store.write("claims.collide", parameters)
    ]


def give_back(store: Store, session: str, flow_run_id: str | None = None) -> int:
    """Let runs wait again that a session claimed and nobody began; return how many.

    Args:
        store: where they are kept.
        session: the session.
        flow_run_id: the one that is meant, all of them by default.
    """
    return len(store.write(*giving_back(session, flow_run_id)))


def giving_back(session: str, flow_run_id: str | None = None) -> tuple[str, dict[str, Any]]:
    """Return the statement that does that, and its parameters."""
    now = clock.now()
    return "claims.give_back", {
        "session": session,
        "id": flow_run_id,
        "now": now,
        "message": _GIVEN_BACK,
        "quoted_message": quoted(_GIVEN_BACK),
        "details": details_of_due(now),
        "tries": _TRIES,
    }
