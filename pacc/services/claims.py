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

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pacc.store import Store

MOST = 500
"""How many runs are claimed at once at most; the store is another's in between."""

_TRIES = 8
"""How often a run may be claimed in vain before beginning it is taken for what ended its processes."""

_NO_ROOM = "Concurrency limit of the deployment reached."
_GIVEN_BACK = "The process that was to execute it ended before it began."
_GIVEN_UP = "The process that was to execute it ended before it began, again and again."


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


def pending(store: Store, session: str) -> set[str]:
    """Return the ids of the runs that a session has claimed and nobody has begun yet.

    Args:
        store: where they are kept.
        session: the session that claimed them.
    """
    return {row["id"] for row in store.read("claims.pending", {"session": session})}


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
        **_said(_NO_ROOM),
    }
    return [
        Collided(name=row["name"], state_name=row["state_name"])
        for row in store.write("claims.collide", parameters)
    ]


def give_back(store: Store, session: str, flow_run_id: str | None = None) -> int:
    """Let runs wait again that a session claimed and nobody began; return how many.

    The first time a run is due again at once, then after a second, two, four and so on. One that was given back too often stays
    as it is.

    Args:
        store: where they are kept.
        session: the session.
        flow_run_id: the one that is meant, all of them by default.
    """
    wanted = {"session": session, "id": flow_run_id, "tries": _TRIES, **_said(_GIVEN_BACK)}
    return len(store.write("claims.give_back", wanted))


def not_begun(store: Store, session: str, flow_run_id: str) -> None:
    """Clear up after a run that a session claimed and that its supervisor may not have begun: it waits again, or is given up.

    Args:
        store: where it is kept.
        session: the session that claimed it.
        flow_run_id: the run; nothing happens to one that has begun.
    """
    if not give_back(store, session, flow_run_id):
        store.write("claims.give_up", {"session": session, "id": flow_run_id, **_said(_GIVEN_UP)})


def _said(message: str) -> dict[str, Any]:
    return {"now": clock.now(), "message": message, "quoted_message": quoted(message)}
