"""The actions of automations: taken on by one process, done, and what became of them written down.

An action is done at least once: whoever finds that the process is gone that had taken it on does it again. What it makes is made
once all the same, by a key that names the firing.
"""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from pacc._internal import clock, sessions
from pacc._internal.jsontext import dumps
from pacc._internal.redaction import redact
from pacc.exceptions import PaccException, StoreError, TemplateError
from pacc.loops.action_values import ActionValues
from pacc.schemas.event_filters import own_id
from pacc.schemas.events import FOLLOWS_WITHIN, Event, ReceivedEvent
from pacc.schemas.flow_runs import CreatedBy
from pacc.schemas.states import State, StateType
from pacc.schemas.templated_values import Templates
from pacc.schemas.templates_of_actions import filled
from pacc.schemas.webhooks import FIRING_HEADER
from pacc.schemas.work_pools import WorkPoolUpdate, WorkQueueUpdate
from pacc.services import (
    automations,
    cancelling,
    deployments,
    events,
    flow_runs,
    pausing,
    run_transitions,
    work_pools,
    work_queues,
)
from pacc.states import Scheduled

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pacc.store import Store

DELAYS = (1, 5, 30, 120)
"""Seconds before each further try of an action that failed for a reason that may pass."""

SUSPENDED_SECONDS = 3600.0
"""How long a run that an action suspended waits before it fails."""


_LONGEST_ANSWER = 1000


class ActionFailed(PaccException):
    """An action could not be done, and will not be tried again."""


class NoAnswer(Exception):
    """An address could not be called, or answered with an error; that may pass."""


@dataclass(slots=True)
class Doing:
    """An action that this process has taken on."""

    store: Store
    firing_id: str
    place: int
    attempts: int
    action: Mapping[str, Any]
    automation_id: str
    automation_name: str
    fired: int
    values: ActionValues
    target: str | None = None
    outcome: dict[str, Any] = field(default_factory=dict)

    @property
    def event(self) -> ReceivedEvent | None:
        """The last event the trigger saw."""
        return self.values.event

    def aim(self, target: str) -> None:
        """Write down what is about to change, so that who sees the change knows why."""
        self.target = target
        told = {"firing_id": self.firing_id, "place": self.place, "target": target}
        self.store.write("triggers.aim", told)

    def object_id(self, kind: str, field_name: str) -> str:
        """Return the id of what the action is about: the one selected, or the one the event is about or related to.

        Raises:
            ActionFailed: the event has nothing to do with one.
        """
        if self.action.get("source", "inferred") == "selected":
            return str(self.action[field_name])
        found = id_in(self.event, kind)
        if found is None:
            raise ActionFailed(f"the event has nothing to do with a {kind}, so none could be inferred")
        return found


def id_in(event: Event | None, kind: str) -> str | None:
    """Return the id of the thing of a kind that an event is about, or else related to.

    >>> id_in(Event(event="x", resource={"pacc.resource.id": "pacc.flow-run.1"}), "flow-run")
    '1'
    """
    beginning = f"pacc.{kind}."
    for resource in event.involved_resources if event is not None else ():
        if own_id(resource).startswith(beginning):
            return own_id(resource)[len(beginning) :]
    return None


def do(store: Store, firing_id: str, place: int) -> bool:
    """Take an action on and do it, unless somebody else has; return whether it was this process's to do.

    Args:
        store: where it is kept.
        firing_id: the firing.
        place: which of its actions.

    Raises:
        StoreError: the store cannot be used; the action is done again later.
    """
    taken = store.write(
        "triggers.take",
        {
            "firing_id": firing_id,
            "place": place,
            "session": sessions.current(store.home).id,
            "now": clock.now(),
        },
    )
    if not taken:
        return False
    doing = _doing(store, taken[0])
    began = _tell(doing, "triggered", None)
    try:
        DO[doing.action["type"]](doing)
    except Exception as error:  # noqa: BLE001 - the border to blocks and to all that can be wrong; it is written down
        _failed(doing, error, began)
    else:
        _settle(doing, "executed")
        _tell(doing, "executed", began, **doing.outcome)
    return True


def _doing(store: Store, row: Any) -> Doing:
    fired = store.read("triggers.firing", {"id": row["firing_id"]})[0]
    return Doing(
        store=store,
        firing_id=row["firing_id"],
        place=row["place"],
        attempts=row["attempts"],
        action=json.loads(row["action"]),
        automation_id=fired["automation_id"],
        automation_name=fired["automation_name"],
        fired=fired["fired"],
        values=ActionValues(store, fired),
    )


def _failed(doing: Doing, error: Exception, began: Event) -> None:
    why = redact(str(error) or type(error).__name__)
    may_pass = isinstance(error, StoreError) or not isinstance(error, PaccException)
    for_good = not may_pass or doing.attempts > len(DELAYS)
    logging.getLogger("pacc.automations").warning(
        "The action %r of the automation %r failed%s: %s",
        doing.action["type"],
        doing.automation_name,
        "" if for_good else " and is tried again",
        why,
    )
    if for_good:
        _settle(doing, "failed", error=why)
        _tell(doing, "failed", began, reason=why, details=type(error).__name__)
    else:
        again = clock.now() + DELAYS[doing.attempts - 1] * 1_000_000
        _settle(doing, "waiting", error=why, due=again)


def _settle(doing: Doing, status: str, *, error: str | None = None, due: int | None = None) -> None:
    told = {
        "firing_id": doing.firing_id,
        "place": doing.place,
        "status": status,
        "due": due,
        "now": clock.now(),
        "outcome": redact(dumps(doing.outcome)) if doing.outcome else None,
        "error": error,
        "target": doing.target,
    }
    doing.store.write("triggers.done", told)


def _tell(doing: Doing, verb: str, follows: Event | None, **more: Any) -> Event:
    """Say what becomes of an action, as an event."""
    labels = {
        "pacc.resource.id": f"pacc.automation.{doing.automation_id}",
        "pacc.resource.name": doing.automation_name,
        "pacc.trigger-type": doing.values.trigger_type,
    }
    if doing.values.posture:
        labels["pacc.posture"] = doing.values.posture
    related = []
    if doing.event is not None:
        related.append(
            {"pacc.resource.id": f"pacc.event.{doing.event.id}", "pacc.resource.role": "triggering-event"}
        )
    if doing.target is not None:
        related.append({"pacc.resource.id": doing.target, "pacc.resource.role": "target"})
    before = follows or doing.event
    told = Event(
        event=f"pacc.automation.action.{verb}",
        resource=labels,  # type: ignore[arg-type]  # an event makes a resource of it
        related=related,  # type: ignore[arg-type]  # likewise
        payload={
            "action_index": doing.place,
            "action_type": doing.action["type"],
            "invocation": f"{doing.firing_id}:{doing.place}",
            "firing": doing.firing_id,
            **more,
        },
    )
    if before is not None and abs(told.occurred - before.occurred) < FOLLOWS_WITHIN:
        object.__setattr__(told, "follows", before.id)
    events.record(doing.store, told)
    return told


# -- what each kind does -----------------------------------------------------------------------------------------------


def _do_nothing(doing: Doing) -> None:
    del doing


def _run_deployment(doing: Doing) -> None:
    deployment_id = doing.object_id("deployment", "deployment_id")
    doing.aim(f"pacc.deployment.{deployment_id}")
    due = clock.to_datetime(doing.fired) + timedelta(seconds=doing.action.get("schedule_after") or 0)
    parameters, variables = doing.action.get("parameters"), doing.action.get("job_variables")
    run = deployments.create_run(
        doing.store,
        deployment_id,
        parameters=filled(parameters, doing.values.of(parameters)) if parameters else None,
        job_variables=filled(variables, doing.values.of(variables)) if variables else None,
        templates=Templates.NEVER,
        state=Scheduled(scheduled_time=due),
        idempotency_key=f"automation:{doing.firing_id}:{doing.place}",
        created_by=CreatedBy(
            id=UUID(doing.automation_id), type="AUTOMATION", display_value=doing.automation_name
        ),
    )
    doing.target = f"pacc.flow-run.{run.id}"
    doing.outcome = {"flow_run_id": str(run.id), "flow_run_name": run.name}


def _pause_deployment(doing: Doing) -> None:
    deployment_id = doing.object_id("deployment", "deployment_id")
    doing.aim(f"pacc.deployment.{deployment_id}")
    deployments.pause(doing.store, deployment_id)


def _resume_deployment(doing: Doing) -> None:
    deployment_id = doing.object_id("deployment", "deployment_id")
    doing.aim(f"pacc.deployment.{deployment_id}")
    deployments.resume(doing.store, deployment_id)


def _set_pool(doing: Doing, *, paused: bool) -> None:
    pool = work_pools.find(doing.store, doing.object_id("work-pool", "work_pool_id"))
    doing.aim(f"pacc.work-pool.{pool.id}")
    work_pools.update(doing.store, pool.name, WorkPoolUpdate(is_paused=paused))


def _set_queue(doing: Doing, *, paused: bool) -> None:
    queue_id = doing.object_id("work-queue", "work_queue_id")
    doing.aim(f"pacc.work-queue.{queue_id}")
    work_queues.update(doing.store, queue_id, WorkQueueUpdate(is_paused=paused))


def _pause_automation(doing: Doing) -> None:
    automation_id = _automation(doing)
    automations.disable(doing.store, automation_id)


def _resume_automation(doing: Doing) -> None:
    automation_id = _automation(doing)
    automations.enable(doing.store, automation_id)


def _automation(doing: Doing) -> str:
    automation_id = doing.object_id("automation", "automation_id")
    doing.aim(f"pacc.automation.{automation_id}")
    return automation_id


def _flow_run(doing: Doing) -> str:
    run_id = doing.object_id("flow-run", "flow_run_id")
    doing.aim(f"pacc.flow-run.{run_id}")
    return run_id


def _change_state(doing: Doing) -> None:
    run_id = _flow_run(doing)
    kind = StateType(doing.action["state"])
    state: State[Any] = State(
        type=kind,
        name=doing.action.get("name") or kind.value.capitalize(),
        message=doing.action.get("message") or f'Changed by the automation "{doing.automation_name}".',
    )
    answer = run_transitions.propose_flow_run_state(
        doing.store, run_id, state, force=bool(doing.action.get("force"))
    )
    if answer.status != "ACCEPT":
        raise ActionFailed(answer.reason or "the run cannot go into that state now")


def _cancel(doing: Doing) -> None:
    cancelling.cancel(doing.store, _flow_run(doing))


def _suspend(doing: Doing) -> None:
    pausing.suspend(doing.store, _flow_run(doing), timeout=SUSPENDED_SECONDS)


def _resume(doing: Doing) -> None:
    pausing.resume(doing.store, _flow_run(doing))


def _delete(doing: Doing) -> None:
    flow_runs.delete(doing.store, _flow_run(doing))


def _notify(doing: Doing) -> None:
    from pacc.blocks.core import load_block  # start-up: few processes send notifications

    body = _said(doing, str(doing.action["body"]))
    subject = _said(doing, str(doing.action.get("subject") or ""))
    block = load_block(doing.action["block_document_id"])
    if not hasattr(block, "notify"):
        raise ActionFailed(f"a block of type {type(block).__name__} sends no notifications")
    block.notify(body, subject or None)


def _said(doing: Doing, template: str) -> str:
    """Return what a template says; a notification that tells of a mistake in its template is better than none."""
    try:
        return str(filled(template, doing.values.of(template)))
    except TemplateError as error:
        return f"{error}\n\n{template}"


def _call_webhook(doing: Doing) -> None:
    from pacc.blocks.core import load_block  # start-up: few processes call addresses
    from pacc.blocks.webhook import WebhookError  # start-up: as above

    template = doing.action.get("payload") or ""
    text = str(filled(template, doing.values.of(template)))
    block = load_block(doing.action["block_document_id"])
    if not hasattr(block, "call"):
        raise ActionFailed(f"a block of type {type(block).__name__} calls no address")
    try:
        answer = _naming(doing, block).call(_json_or_text(text))
        doing.outcome = {
            "status_code": answer.status_code,
            "response": redact(answer.text[:_LONGEST_ANSWER]),
        }
        answer.raise_for_status()
    except WebhookError as error:
        raise NoAnswer(str(error)) from None


def _naming(doing: Doing, block: Any) -> Any:
    """Return a webhook's block that tells whom it calls why, so that a call that comes back as an event closes no circle unseen."""
    from pacc.blocks.fields import SecretDict  # start-up: few processes call addresses
    from pacc.blocks.webhook import Webhook  # start-up: as above

    if not isinstance(block, Webhook):
        return block
    headers = {**block.headers.get_secret_value(), FIRING_HEADER: doing.firing_id}
    return block.model_copy(update={"headers": SecretDict(headers)})


def _json_or_text(text: str) -> Any:
    if not text:
        return None
    try:
        told = json.loads(text)
    except ValueError:
        return text
    return told if isinstance(told, dict) else text


DO: dict[str, Callable[[Doing], None]] = {
    "do-nothing": _do_nothing,
    "run-deployment": _run_deployment,
    "pause-deployment": _pause_deployment,
    "resume-deployment": _resume_deployment,
    "pause-work-pool": lambda doing: _set_pool(doing, paused=True),
    "resume-work-pool": lambda doing: _set_pool(doing, paused=False),
    "pause-work-queue": lambda doing: _set_queue(doing, paused=True),
    "resume-work-queue": lambda doing: _set_queue(doing, paused=False),
    "pause-automation": _pause_automation,
    "resume-automation": _resume_automation,
    "change-flow-run-state": _change_state,
    "cancel-flow-run": _cancel,
    "suspend-flow-run": _suspend,
    "resume-flow-run": _resume,
    "delete-flow-run": _delete,
    "send-notification": _notify,
    "call-webhook": _call_webhook,
}
"""What each type of action does."""
