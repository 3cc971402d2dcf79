"""Automations as people write them: a trigger, and what is done when it fires."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator

from pacc.schemas.actions import ActionTypes
from pacc.schemas.triggers import TriggerTypes

if TYPE_CHECKING:
    from typing import Self


class AutomationCore(BaseModel):
    """An automation that may not be kept yet.

    >>> core = AutomationCore(name="tell", trigger={"expect": ["prefect.flow-run.Failed"]}, actions=[{"type": "do-nothing"}])
    >>> core.trigger.type, core.enabled
    ('event', True)
    """

    model_config = ConfigDict(extra="ignore", ser_json_timedelta="float")

    name: str = Field(min_length=1)
    description: str = ""
    enabled: bool = True
    tags: list[str] = Field(default_factory=list)
    trigger: TriggerTypes
    actions: list[ActionTypes] = Field(default_factory=list)
    """What is done when the trigger fires, and when it ceases."""
    actions_on_trigger: list[ActionTypes] = Field(default_factory=list)
    """What is done besides when it fires."""
    actions_on_resolve: list[ActionTypes] = Field(default_factory=list)
    """What is done when what fired it is over: the figure of a metric trigger is as it should be again."""
    owner_resource: str | None = None
    """The resource whose end is the end of the automation."""

    @model_validator(mode="after")
    def _templates_can_be_read(self) -> Self:
        from pacc.schemas.templates_of_actions import check  # start-up: Jinja is needed for nothing else

        for action in [*self.actions, *self.actions_on_trigger, *self.actions_on_resolve]:
            check(action)
        return self

    def definition(self) -> dict[str, Any]:
        """Return what is kept of it beside its name and the like, as plain data."""
        return self.model_dump(
            mode="json", include={"trigger", "actions", "actions_on_trigger", "actions_on_resolve"}
        )


class Automation(AutomationCore):
    """An automation that is kept."""

    id: UUID
