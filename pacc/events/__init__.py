"""Events: say what happened, and follow what happens.

>>> emit_event("table.loaded", resource={"prefect.resource.id": "table.customers"}).event
'table.loaded'
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from pacc.events.utilities import emit_event
from pacc.schemas.events import Event, ReceivedEvent, RelatedResource, Resource, ResourceSpecification

if TYPE_CHECKING:
    from pacc.events.clients import get_events_client, get_events_subscriber
    from pacc.events.subscribers import FlowRunSubscriber
    from pacc.schemas.actions import (
        Action,
        ActionTypes,
        CallWebhook,
        CancelFlowRun,
        ChangeFlowRunState,
        DeleteFlowRun,
        DoNothing,
        PauseAutomation,
        PauseDeployment,
        PauseWorkPool,
        PauseWorkQueue,
        ResumeAutomation,
        ResumeDeployment,
        ResumeFlowRun,
        ResumeWorkPool,
        ResumeWorkQueue,
        RunDeployment,
        SendNotification,
        SuspendFlowRun,
    )
    from pacc.schemas.automations import Automation, AutomationCore
    from pacc.schemas.triggers import (
        CompositeTrigger,
        CompoundTrigger,
        DeploymentCompoundTrigger,
        DeploymentEventTrigger,
        DeploymentMetricTrigger,
        DeploymentSequenceTrigger,
        DeploymentTriggerTypes,
        EventTrigger,
        MetricTrigger,
        MetricTriggerOperator,
        MetricTriggerQuery,
        PaccMetric,
        Posture,
        ResourceTrigger,
        SequenceTrigger,
        Trigger,
        TriggerTypes,
    )

_HOMES = {
    "Action": "pacc.schemas.actions",
    "ActionTypes": "pacc.schemas.actions",
    "Automation": "pacc.schemas.automations",
    "AutomationCore": "pacc.schemas.automations",
    "CallWebhook": "pacc.schemas.actions",
    "CancelFlowRun": "pacc.schemas.actions",
    "ChangeFlowRunState": "pacc.schemas.actions",
    "CompositeTrigger": "pacc.schemas.triggers",
    "CompoundTrigger": "pacc.schemas.triggers",
    "DeleteFlowRun": "pacc.schemas.actions",
    "DeploymentCompoundTrigger": "pacc.schemas.triggers",
    "DeploymentEventTrigger": "pacc.schemas.triggers",
    "DeploymentMetricTrigger": "pacc.schemas.triggers",
    "DeploymentSequenceTrigger": "pacc.schemas.triggers",
    "DeploymentTriggerTypes": "pacc.schemas.triggers",
    "DoNothing": "pacc.schemas.actions",
    "EventTrigger": "pacc.schemas.triggers",
    "FlowRunSubscriber": "pacc.events.subscribers",
    "MetricTrigger": "pacc.schemas.triggers",
    "MetricTriggerOperator": "pacc.schemas.triggers",
    "MetricTriggerQuery": "pacc.schemas.triggers",
    "PaccMetric": "pacc.schemas.triggers",
    "PauseAutomation": "pacc.schemas.actions",
    "PauseDeployment": "pacc.schemas.actions",
    "PauseWorkPool": "pacc.schemas.actions",
    "PauseWorkQueue": "pacc.schemas.actions",
    "Posture": "pacc.schemas.triggers",
    "ResourceTrigger": "pacc.schemas.triggers",
    "ResumeAutomation": "pacc.schemas.actions",
    "ResumeDeployment": "pacc.schemas.actions",
    "ResumeFlowRun": "pacc.schemas.actions",
    "ResumeWorkPool": "pacc.schemas.actions",
    "ResumeWorkQueue": "pacc.schemas.actions",
    "RunDeployment": "pacc.schemas.actions",
    "SendNotification": "pacc.schemas.actions",
    "SequenceTrigger": "pacc.schemas.triggers",
    "SuspendFlowRun": "pacc.schemas.actions",
    "Trigger": "pacc.schemas.triggers",
    "TriggerTypes": "pacc.schemas.triggers",
    "get_events_client": "pacc.events.clients",
    "get_events_subscriber": "pacc.events.clients",
}

__all__ = [
    "Action",
    "ActionTypes",
    "Automation",
    "AutomationCore",
    "CallWebhook",
    "CancelFlowRun",
    "ChangeFlowRunState",
    "CompositeTrigger",
    "CompoundTrigger",
    "DeleteFlowRun",
    "DeploymentCompoundTrigger",
    "DeploymentEventTrigger",
    "DeploymentMetricTrigger",
    "DeploymentSequenceTrigger",
    "DeploymentTriggerTypes",
    "DoNothing",
    "Event",
    "EventTrigger",
    "FlowRunSubscriber",
    "MetricTrigger",
    "MetricTriggerOperator",
    "MetricTriggerQuery",
    "PaccMetric",
    "PauseAutomation",
    "PauseDeployment",
    "PauseWorkPool",
    "PauseWorkQueue",
    "Posture",
    "ReceivedEvent",
    "RelatedResource",
    "Resource",
    "ResourceSpecification",
    "ResourceTrigger",
    "ResumeAutomation",
    "ResumeDeployment",
    "ResumeFlowRun",
    "ResumeWorkPool",
    "ResumeWorkQueue",
    "RunDeployment",
    "SendNotification",
    "SequenceTrigger",
    "SuspendFlowRun",
    "Trigger",
    "TriggerTypes",
    "emit_event",
    "get_events_client",
    "get_events_subscriber",
]


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(home), name)
