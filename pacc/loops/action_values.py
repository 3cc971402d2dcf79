"""What names mean in the templates of an action: the firing, its event, and the objects that this is about, looked up when named."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from uuid import UUID

from pacc._internal import clock
from pacc.exceptions import ObjectNotFound
from pacc.schemas.event_filters import own_id
from pacc.schemas.firings import Firing
from pacc.schemas.templates_of_actions import templates_in
from pacc.schemas.templating import names_in
from pacc.services import (
    automations,
    concurrency_limits,
    deployments,
    events,
    flow_runs,
    flows,
    task_runs,
    variables,
    work_pools,
    work_queues,
)

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable

    from pacc.schemas.events import ReceivedEvent
    from pacc.store import Store


class ActionValues:
    """The values of one firing.

    Args:
        store: where objects are looked up.
        fired: the row of the firing, with its automation.
    """

    def __init__(self, store: Store, fired: sqlite3.Row) -> None:
        self._store = store
        self._fired = fired
        trigger = json.loads(fired["definition"])["trigger"]
        self.trigger_type: str = trigger["type"]
        self.posture: str | None = trigger.get("posture")
        self.event = _event(fired["event"])
        """The last event the trigger saw."""
        self.labels: dict[str, str] = json.loads(fired["labels"])

    def of(self, template: Any) -> dict[str, Any]:
        """Return what the names in a template mean, or in the templates that plain data holds.

        Args:
            template: the template, or plain data.
        """
        names = {name for each in templates_in(template) for name in names_in(each)}
        return {name: self._value(name) for name in names if name in _VALUES}

    def _value(self, name: str) -> Any:
        try:
            return _VALUES[name](self)
        except ObjectNotFound:  # it is gone by now; the template may say what it says of nothing
            return None

    def automation(self) -> Any:
        """The automation."""
        return automations.read(self._store, self._fired["automation_id"])

    def firing(self) -> Firing:
        """The firing."""
        return Firing(
            id=UUID(self._fired["id"]),
            fired=clock.to_datetime(self._fired["fired"]),
            because=self._fired["because"],
            resolved=bool(self._fired["resolved"]),
            labels=self.labels,
        )

    def events(self) -> list[ReceivedEvent]:
        """The events of the triggers that made it fire."""
        told = [events.from_plain(each) for each in json.loads(self._fired["events"])]
        return told or ([self.event] if self.event is not None else [])

    def object_of(self, kind: str, read: Callable[[Store, str], Any]) -> Any:
        """The object of a kind that the event is about, or related to; `None` where there is none."""
        for event in [self.event, *reversed(self.events())]:
            for resource in event.involved_resources if event is not None else ():
                if own_id(resource).startswith(f"pacc.{kind}."):
                    return read(self._store, own_id(resource).removeprefix(f"pacc.{kind}."))
        return None

    def variables(self) -> dict[str, Any]:
        """The values of all variables."""
        return {each.name: each.value for each in variables.select(self._store)}

    def flow(self) -> Any:
        """The flow."""
        found = self.object_of("flow", flows.read)
        run = None if found is not None else self.flow_run()
        return found if run is None else flows.read(self._store, run.flow_id)

    def flow_run(self) -> Any:
        """The flow run."""
        return self.object_of("flow-run", flow_runs.read)

    def deployment(self) -> Any:
        """The deployment."""
        found = self.object_of("deployment", deployments.read)
        run = None if found is not None else self.flow_run()
        if run is None or run.deployment_id is None:
            return found
        return deployments.read(self._store, run.deployment_id)


_VALUES: dict[str, Callable[[ActionValues], Any]] = {
    "automation": ActionValues.automation,
    "event": lambda values: values.event,
    "labels": lambda values: values.labels,
    "firing": ActionValues.firing,
    "firings": lambda values: [values.firing()],
    "events": ActionValues.events,
    "flow": ActionValues.flow,
    "flow_run": ActionValues.flow_run,
    "task_run": lambda values: values.object_of("task-run", task_runs.read),
    "deployment": ActionValues.deployment,
    "work_pool": lambda values: values.object_of("work-pool", work_pools.find),
    "work_queue": lambda values: values.object_of("work-queue", work_queues.read),
    "concurrency_limit": lambda values: values.object_of("concurrency-limit", concurrency_limits.read),
    "variables": ActionValues.variables,
}
"""What each name means."""


def _event(text: str | None) -> ReceivedEvent | None:
    return None if text is None else events.from_plain(json.loads(text))
