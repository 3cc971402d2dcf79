"""Which events are meant, under the name of Prefect's module."""

from pacc.schemas.automation_filters import (
    AutomationFilter,
    AutomationFilterCreated,
    AutomationFilterId,
    AutomationFilterName,
    AutomationFilterTags,
)
from pacc.schemas.event_filters import (
    EventAnyResourceFilter,
    EventDataFilter,
    EventFilter,
    EventIDFilter,
    EventNameFilter,
    EventOccurredFilter,
    EventOrder,
    EventRelatedFilter,
    EventResourceFilter,
    EventTextFilter,
)

__all__ = [
    "AutomationFilter",
    "AutomationFilterCreated",
    "AutomationFilterId",
    "AutomationFilterName",
    "AutomationFilterTags",
    "EventAnyResourceFilter",
    "EventDataFilter",
    "EventFilter",
    "EventIDFilter",
    "EventNameFilter",
    "EventOccurredFilter",
    "EventOrder",
    "EventRelatedFilter",
    "EventResourceFilter",
    "EventTextFilter",
]
