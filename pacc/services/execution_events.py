"""What workers, supervisors and who keeps house say, as events, of the runs that are executed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pacc._internal import sessions
from pacc._internal.jsontext import dumps
from pacc.schemas.events import Event, RelatedResource, Resource
from pacc.services import events
from pacc.services.event_resources import a_related
from pacc.services.event_rows import involved_in

if TYPE_CHECKING:
    from pacc.store import Store


def submitted(store: Store, flow_run_id: str, worker: Resource) -> Event:
    """Record that a worker hands a run to its infrastructure, and return the event.

    Args:
        store: where the run is kept.
        flow_run_id: the run.
        worker: the worker, see `worker_resource`.

    Raises:
        StoreError: an earlier event could not be written; this one is kept for the next.
    """
    said = Event(
        event="pacc.worker.submitted-flow-run", resource=worker, related=_involved(store, flow_run_id)
    )
    events.record(store, said)
    return said


def executed(store: Store, before: Event, identifier: str, status_code: int) -> None:
    """Record that the infrastructure of a run has ended.

    Args:
        store: where the run is kept.
        before: what was said when the run was handed to it.
        identifier: what names the infrastructure.
        status_code: how it ended; 0 where it did its work.

    Raises:
        StoreError: an earlier event could not be written; this one is kept for the next.
    """
    ended = {
        "pacc.infrastructure.identifier": identifier,
        "pacc.infrastructure.status-code": str(status_code),
    }
    run, *others = before.related
    related = [RelatedResource({**run.root, **ended}), *others]
    said = Event(
        event="pacc.worker.executed-flow-run",
        resource=before.resource,
        related=related,
        follows=before.id,
    )
    events.record(store, said)


def cancelled(store: Store, flow_run_id: str) -> None:
    """Record that who stood by a cancelled run has ended all its processes.

    Raises:
        StoreError: it could not be written.
    """
    involved = _involved(store, flow_run_id)
    name = next((each.name for each in involved if each.role == "deployment" and each.name), "runner")
    said = Event(
        event="pacc.runner.cancelled-flow-run",
        resource=Resource({"pacc.resource.id": f"pacc.runner.{_slug(name)}", "pacc.resource.name": name}),
        related=involved,
    )
    events.record(store, said)
    store.journal.flush()


def tell_of_living(store: Store) -> int:
    """Record a heartbeat of each flow run whose process is alive, and return how many there are.

    Raises:
        StoreError: the store cannot be used.
    """
    rows = [row for row in store.read("events.running") if sessions.is_alive(store.home, row["session"])]
    told = {"ids": dumps([row["id"] for row in rows])}
    for run in store.read("events.flow_runs", told) if rows else ():
        resource = {"pacc.resource.id": f"pacc.flow-run.{run['id']}", "pacc.resource.name": run["name"]}
        said = Event(event="pacc.flow-run.heartbeat", resource=Resource(resource), related=involved_in(run))
        events.record(store, said)
    return len(rows)


def worker_resource(kind: str, name: str) -> Resource:
    """Return a worker as the resource of its events, spelt as in those that say that it has started.

    >>> worker_resource("process", "My Worker").id
    'pacc.worker.process.my-worker'
    """
    return Resource(
        {
            "pacc.resource.id": f"pacc.worker.{kind}.{_slug(name)}",
            "pacc.resource.name": name,
            "pacc.worker-type": kind,
        }
    )


def _slug(name: str) -> str:
    return name.lower().replace(" ", "-")


def _involved(store: Store, flow_run_id: str) -> list[RelatedResource]:
    """Return a run and what it belongs to, the run first."""
    rows = store.read("events.flow_runs", {"ids": dumps([flow_run_id])})
    if not rows:
        return [a_related("flow-run", flow_run_id)]
    return [a_related("flow-run", flow_run_id, rows[0]["name"]), *involved_in(rows[0])]
