"""Automations and triggers, under the name of Prefect's module."""

from pacc.schemas.automations import Automation, AutomationCore
from pacc.schemas.triggers import (
    CompositeTrigger,
    CompoundTrigger,
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

__all__ = [
    "Automation",
    "AutomationCore",
    "CompositeTrigger",
    "CompoundTrigger",
    "EventTrigger",
    "MetricTrigger",
    "MetricTriggerOperator",
    "MetricTriggerQuery",
    "PaccMetric",
    "Posture",
    "ResourceTrigger",
    "SequenceTrigger",
    "Trigger",
    "TriggerTypes",
]
