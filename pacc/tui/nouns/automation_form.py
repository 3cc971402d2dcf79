"""The form for a new automation in three steps: one event, or its absence; what is done about it; what it is called."""

from __future__ import annotations

from datetime import timedelta
from shlex import quote
from typing import TYPE_CHECKING, Any

from pacc._internal.jsontext import dumps
from pacc._internal.visible import visible
from pacc.presentation.block_fields import NO_DEFAULT, Field
from pacc.services import automations
from pacc.tui.event_terms import whole_name
from pacc.tui.screens.asking import Asked

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from pacc.schemas.automations import AutomationCore
    from pacc.schemas.events import ReceivedEvent
    from pacc.store import Store

REHEARSED = timedelta(hours=24)
MOST_REHEARSED = 5000
LINES_OF_TRIAL = 4
TARGETS = {
    "do-nothing": "",
    "send-notification": "block_document_id",
    "run-deployment": "deployment_id",
    "pause-deployment": "deployment_id",
    "resume-deployment": "deployment_id",
    "pause-work-pool": "work_pool_id",
    "resume-work-pool": "work_pool_id",
    "cancel-flow-run": "",
    "suspend-flow-run": "",
}
"""The actions the form has, each with the field that says what it acts on; the others come from files."""


def _field(
    name: str, kind: str, told: str, default: Any = NO_DEFAULT, *choices: str, needed: bool = False
) -> Field:
    return Field(name, kind, told, default, required=needed, secret=False, choices=choices)


TRIGGER = (
    _field(
        "event", "text", 'What is waited for: "flow-run.Failed", "flow-run.*", one of your own.', needed=True
    ),
    _field("of flow", "text", "Only where this flow was involved."),
    _field("of tag", "text", "Only where something with this tag was involved."),
    _field("how", "text", "", "happens", "happens", "does not"),
    _field("times", "whole number", "How often.", 1),
    _field("within", "number", "In so many seconds.", 0),
)
ACTIONS = (
    _field("action", "text", "", "send-notification", *TARGETS),
    _field("of what", "text", "The block as TYPE/NAME, the deployment as FLOW/NAME, the pool."),
    _field("text", "text", "What a notification says; a template.", "{{ event.event }}: {{ flow_run.name }}"),
    _field("and then", "text", "", NO_DEFAULT, *TARGETS),
    _field("of what then", "text", "As above."),
)
DETAILS = (
    _field("name", "text", "What it is to be called.", needed=True),
    _field("description", "text", "What it is for."),
    _field("tags", "list", "With a comma between two."),
)
FIELDS = (*TRIGGER, *ACTIONS, *DETAILS)
STEPS = tuple(
    (title, tuple(field.name for field in fields))
    for title, fields in (("Trigger", TRIGGER), ("Actions", ACTIONS), ("Details", DETAILS))
)


def told_automation(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the automation that a form tells, as a file would tell it.

    Args:
        values: what was filled in, by the names of `FIELDS`.

    Example:
        >>> told = told_automation({"name": "x", "event": "flow-run.Failed", "action": "do-nothing"})
        >>> told["trigger"]["expect"], told["actions"]
        (['pacc.flow-run.Failed'], [{'type': 'do-nothing'}])
    """
    kind = str(values.get("action", "do-nothing"))
    trigger: dict[str, Any] = {
        "type": "event",
        "posture": "Proactive" if values.get("how") == "does not" else "Reactive",
        "expect": [whole_name(str(values["event"]))],
        "threshold": values.get("times", 1),
        "within": values.get("within", 0),
    }
    related: list[dict[str, Any]] = []
    if values.get("of flow"):
        related.append({"pacc.resource.role": "flow", "pacc.resource.name": values["of flow"]})
    if values.get("of tag"):
        related.append({"pacc.resource.id": f"pacc.tag.{values['of tag']}"})
    if related:
        trigger["match_related"] = related[0] if len(related) == 1 else related
    then = values.get("and then")
    actions = [
        _action(kind, values.get("of what"), values),
        *([_action(str(then), values.get("of what then"), values)] if then else []),
    ]
    details = {name: values[name] for name in ("description", "tags") if values.get(name)}
    return {"name": values["name"], **details, "trigger": trigger, "actions": actions}


def _action(kind: str, of_what: Any, values: Mapping[str, Any]) -> dict[str, Any]:
    action: dict[str, Any] = {"type": kind}
    if TARGETS.get(kind) and of_what:
        action[TARGETS[kind]] = of_what
    if kind == "send-notification":
        action["body"] = values.get("text", "")
    return action


def wrong(values: Mapping[str, Any]) -> dict[str, str]:
    """Return what is missing although each field by itself is as it should be."""
    for action, of_what in (("action", "of what"), ("and then", "of what then")):
        kind = values.get(action) or "do-nothing"
        if TARGETS.get(kind) and not values.get(of_what):
            return {of_what: f'"{kind}" needs it'}
    if values.get("how") == "does not" and not values.get("within"):
        return {"within": "what does not happen does not happen in some time"}
    return {}


def rehearsed(store: Store, automation: AutomationCore, now: datetime) -> tuple[str, ...]:
    """Return what an automation would have done on the events of the last day, in lines.

    Args:
        store: where the events are.
        automation: the automation, which need not be kept.
        now: the end of the day.
    """
    from pacc.presentation.automations import rehearsal_lines  # start-up: only to try one
    from pacc.schemas.event_filters import EventFilter, EventOccurredFilter  # start-up: as above
    from pacc.services import events, rehearsals  # start-up: as above

    since = EventFilter(occurred=EventOccurredFilter(since=now - REHEARSED))
    seen = events.select(store, since, limit=MOST_REHEARSED)
    found = rehearsals.rehearse(automation, seen)
    return tuple(visible(line) for line in rehearsal_lines(found, len(seen)))


def asked(event: ReceivedEvent | None = None) -> Asked:
    """Return the form.

    Args:
        event: one to begin with; it asks for such events.
    """
    from pacc.tui.screens.forms import values_of  # start-up: only where something is typed

    def command(typed: Mapping[str, str]) -> str:
        values, _ = values_of(FIELDS, dict(typed))
        told = told_automation({"name": "NAME", "event": "EVENT", **values})
        return f"pacc automation create --from-json {quote(dumps(told))}"

    def act(store: Store, values: Mapping[str, Any]) -> str:
        from pacc.services import automation_files  # start-up: pydantic

        made = automations.create(store, automation_files.from_plain(store, told_automation(values)))
        return f'Created automation "{made.name}".'

    def trial(store: Store, values: Mapping[str, Any], now: datetime) -> tuple[str, ...]:
        from pacc.services import automation_files  # start-up: pydantic

        waits = {name: values[name] for name in STEPS[0][1] if name in values}
        told = told_automation({"name": "trial", "action": "do-nothing", **waits})
        wanted = automation_files.from_plain(store, told)
        return rehearsed(store, wanted, now)[:LINES_OF_TRIAL]

    begun = {each.name: str(each.default) for each in FIELDS if each.default is not NO_DEFAULT}
    if event is not None:
        flow = event.resource_in_role.get("flow")
        begun |= {"event": event.event.removeprefix("pacc.").removeprefix("prefect.")}
        begun |= {"of flow": flow.name or ""} if flow is not None else {}
    return Asked(
        question="A new automation",
        command=command,
        yes="makes it",
        act=act,
        fields=FIELDS,
        values=begun,
        wrong=wrong,
        trial=trial,
        tried=STEPS[0][1],
        steps=STEPS,
    )
