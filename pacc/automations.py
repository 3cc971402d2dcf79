"""Automations: if this happens, or does not, do that.

>>> automation = Automation(
...     name="tell",
...     trigger=EventTrigger(expect={"prefect.flow-run.Failed"}, match={"prefect.resource.id": "prefect.flow-run.*"}),
...     actions=[DoNothing()],
... ).create()
>>> Automation.read(name="tell").id == automation.id
True
>>> automation.delete()
True

In async code the plain names give something to await; those that begin with `a` do everywhere.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from pydantic import Field

from pacc._internal.steps import awaitable
from pacc.context import either_colour
from pacc.exceptions import InvalidValueError, ObjectNotFound
from pacc.schemas.actions import (
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
from pacc.schemas.automations import AutomationCore
from pacc.schemas.events import ResourceSpecification
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
)
from pacc.services import automations
from pacc.settings import get_current_settings
from pacc.store import open_store

if TYPE_CHECKING:
    from typing import Self

    from pacc.store import Store

__all__ = [
    "Automation",
    "AutomationCore",
    "CallWebhook",
    "CancelFlowRun",
    "ChangeFlowRunState",
    "CompositeTrigger",
    "CompoundTrigger",
    "DeleteFlowRun",
    "DoNothing",
    "EventTrigger",
    "MetricTrigger",
    "MetricTriggerOperator",
    "MetricTriggerQuery",
    "PaccMetric",
    "PauseAutomation",
    "PauseDeployment",
    "PauseWorkPool",
    "PauseWorkQueue",
    "Posture",
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
]


def _create(self: Automation) -> Automation:
    """Keep the automation and return it, with its id.

    Args:
        self: the automation.

    Raises:
        InvalidValueError: it would obviously set off itself again and again.

    >>> Automation(name="x", trigger={"expect": ["a"]}, actions=[{"type": "do-nothing"}]).create().name
    'x'
    """
    self.id = automations.create(_store(), self).id
    return self


def _update(self: Automation) -> None:
    """Let what is kept become as this is; what the trigger has seen so far is forgotten.

    Args:
        self: the automation, which was created.

    Raises:
        ValueError: it was not created. ObjectNotFound: it was deleted.
    """
    automations.update(_store(), _id(self), self)


def _read(cls: type[Automation], id: UUID | str | None = None, name: str | None = None) -> Automation:
    """Return a kept automation by its id or its name.

    Args:
        cls: what is returned.
        id: its id.
        name: its name; of several the oldest is meant.

    Raises:
        ValueError: neither or both are given, or there is no such automation.

    >>> Automation.read(name="nobody made this")
    Traceback (most recent call last):
    ...
    pacc.exceptions.InvalidValueError: no automation "nobody made this"
    """
    if (id is None) == (name is None):
        raise InvalidValueError("an automation is read by its id or by its name: give one of the two")
    try:
        if id is not None:
            kept = automations.read(_store(), id)
        else:
            kept = automations.find_by_name(_store(), str(name))
    except ObjectNotFound as error:
        raise InvalidValueError(str(error), hint=error.hint) from None
    return cls.model_validate(automations.model_of(kept).model_dump())


def _delete(self: Automation) -> bool:
    """Remove the automation and say whether it was there.

    Args:
        self: the automation, which was created.

    Raises:
        ValueError: it was not created.
    """
    return _was_there(automations.delete, self)


def _enable(self: Automation) -> bool:
    """Let the automation fire again, and say whether it was there.

    Args:
        self: the automation, which was created.

    Raises:
        ValueError: it was not created.
    """
    there = _was_there(automations.enable, self)
    self.enabled = True
    return there


def _disable(self: Automation) -> bool:
    """Let the automation fire no longer, and say whether it was there.

    Args:
        self: the automation, which was created.

    Raises:
        ValueError: it was not created.
    """
    there = _was_there(automations.disable, self)
    self.enabled = False
    return there


def _id(automation: Automation) -> UUID:
    if automation.id is None:
        raise InvalidValueError(
            f'the automation "{automation.name}" was not created yet', hint="Call `create()`."
        )
    return automation.id


def _was_there(change: Any, automation: Automation) -> bool:
    try:
        change(_store(), _id(automation))
    except ObjectNotFound:
        return False
    return True


def _store() -> Store:
    return open_store(get_current_settings().home)


class Automation(AutomationCore):
    """A trigger, and what is done when it fires.

    >>> Automation(name="x", trigger=EventTrigger(expect={"a"}), actions=[DoNothing()]).trigger.threshold
    1
    """

    id: UUID | None = Field(default=None)
    """What tells it from all others, once it was created."""

    create = either_colour(_create)
    acreate = awaitable(_create)
    read = classmethod(either_colour(_read))
    aread = classmethod(awaitable(_read))
    update = either_colour(_update)
    aupdate = awaitable(_update)
    delete = either_colour(_delete)
    adelete = awaitable(_delete)
    enable = either_colour(_enable)
    aenable = awaitable(_enable)
    disable = either_colour(_disable)
    adisable = awaitable(_disable)

    if TYPE_CHECKING:

        def __new__(cls, *args: Any, **kwargs: Any) -> Self:
            """Take triggers and actions as plain data too."""
