"""Triggers of automations as people write them: checked, and turned into the plain data that is kept and evaluated.

Lengths of time are seconds in plain data.
"""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeAlias
from uuid import UUID

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    PlainSerializer,
    PrivateAttr,
    Tag,
    field_validator,
    model_validator,
)

from pacc.schemas.actions import ActionTypes, RunDeployment
from pacc.schemas.events import ResourceSpecification

if TYPE_CHECKING:
    from typing import Self

    from pacc.schemas.automations import AutomationCore

PROACTIVE_WITHIN = timedelta(seconds=10)
SHORTEST_RANGE = timedelta(seconds=300)


def _specification(value: Any) -> Any:
    if isinstance(value, ResourceSpecification):
        return value
    if value is None or isinstance(value, dict):
        return ResourceSpecification(value)
    raise ValueError("labels and the patterns they have to match, as a mapping")


def _specifications(value: Any) -> Any:
    return (
        [_specification(each) for each in value] if isinstance(value, list | tuple) else _specification(value)
    )


def _plain(value: Any) -> Any:
    return [dict(each) for each in value] if isinstance(value, list) else dict(value)


def _words(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


Specification = Annotated[Any, BeforeValidator(_specification), PlainSerializer(_plain)]
Specifications = Annotated[Any, BeforeValidator(_specifications), PlainSerializer(_plain)]
Words = Annotated[set[str], BeforeValidator(_words), PlainSerializer(sorted)]


class Posture(StrEnum):
    """What a trigger waits for."""

    Reactive = "Reactive"
    """That something happens."""
    Proactive = "Proactive"
    """That something does not happen."""
    Metric = "Metric"
    """That a figure is too high or too low."""


class Trigger(BaseModel):
    """What an automation waits for."""

    model_config = ConfigDict(extra="forbid", ser_json_timedelta="float")

    type: str
    _deployment_id: UUID | None = PrivateAttr(default=None)

    def describe_for_cli(self, indent: int = 0) -> str:
        """Return what it waits for, in a sentence for people."""
        raise NotImplementedError  # pragma: no cover - each kind has its own

    def set_deployment_id(self, deployment_id: UUID) -> None:
        """Make it a trigger of this deployment."""
        self._deployment_id = deployment_id

    def owner_resource(self) -> str | None:
        """Return the resource whose end is the end of the automation."""
        return f"pacc.deployment.{self._deployment_id}"

    def actions(self) -> list[ActionTypes]:
        """Return what is done when it fires: its deployment is run."""
        if self._deployment_id is None:
            return []
        return [
            RunDeployment(
                source="selected",
                deployment_id=self._deployment_id,
                parameters=getattr(self, "parameters", None),
                job_variables=getattr(self, "job_variables", None),
                schedule_after=getattr(self, "schedule_after", timedelta(0)),
            )
        ]

    def as_automation(self) -> AutomationCore:
        """Return the automation that a trigger of a deployment stands for."""
        from pacc.schemas.automations import AutomationCore  # start-up: automations are made of triggers

        told = self.model_dump(exclude=_OF_DEPLOYMENTS)
        return AutomationCore(
            name=getattr(self, "name", None) or f"Automation for deployment {self._deployment_id}",
            description=getattr(self, "description", ""),
            enabled=getattr(self, "enabled", True),
            trigger=told,  # type: ignore[arg-type]  # plain data becomes a trigger
            actions=self.actions(),
            owner_resource=self.owner_resource(),
        )


_OF_DEPLOYMENTS = {"name", "description", "enabled", "parameters", "job_variables", "schedule_after"}


class ResourceTrigger(Trigger):
    """A trigger over events of some resources."""

    match: Specification = Field(default_factory=ResourceSpecification)
    """Labels that the event's resource must have."""
    match_related: Specifications = Field(default_factory=ResourceSpecification)
    """Labels that a related resource must have; of several specifications each must be met by one."""


class EventTrigger(ResourceTrigger):
    """A trigger over events that happen, or do not.

    >>> EventTrigger(expect={"prefect.flow-run.Failed"}, match={"prefect.resource.id": "prefect.flow-run.*"}).posture.value
    'Reactive'
    """

    type: Literal["event"] = "event"
    after: Words = Field(default_factory=set)
    """Events, of which one has to occur first."""
    expect: Words = Field(default_factory=set)
    """Events that are counted, every event where none is named."""
    for_each: Words = Field(default_factory=set)
    """Labels whose values are counted each by itself; `related:ROLE:LABEL` is that of the first related resource in a role."""
    posture: Literal[Posture.Reactive, Posture.Proactive] = Posture.Reactive
    threshold: int = Field(default=1, ge=1)
    """How many of them; fewer than that for a proactive trigger."""
    within: timedelta = timedelta(0)
    """In how long. A proactive trigger waits 10 seconds at least, and so long by default."""

    @field_validator("within")
    @classmethod
    def _no_negative_time(cls, value: timedelta) -> timedelta:
        return _not_negative(value)

    @model_validator(mode="after")
    def _wait_long_enough(self) -> Self:
        if self.posture is Posture.Proactive:
            if not self.within:
                self.within = PROACTIVE_WITHIN
            elif self.within < PROACTIVE_WITHIN:
                raise ValueError("a proactive trigger waits 10 seconds at least; make `within` longer")
        return self

    def describe_for_cli(self, indent: int = 0) -> str:
        """Return what it waits for, in a sentence for people."""
        names = ", ".join(sorted(self.expect)) or "any event"
        how = "does not happen" if self.posture is Posture.Proactive else "happens"
        times = f" {self.threshold} times" if self.threshold > 1 else ""
        within = f" within {self.within.total_seconds():g} s" if self.within else ""
        after = f" after {', '.join(sorted(self.after))}" if self.after else ""
        each = f" for each {', '.join(sorted(self.for_each))}" if self.for_each else ""
        return f"{' ' * indent}{self.posture.value}: {names} {how}{times}{within}{after}{each}"


class MetricTriggerOperator(StrEnum):
    """How a figure is compared."""

    LT = "<"
    LTE = "<="
    GT = ">"
    GTE = ">="


class PaccMetric(StrEnum):
    """Which figure of flow runs is compared."""

    lateness = "lateness"
    """How many seconds later than expected they started, on average."""
    duration = "duration"
    """How many seconds they ran, on average."""
    successes = "successes"
    """Which share of those that ended completed, from 0 to 1; a threshold above 1 is in per cent."""


PrefectMetric = PaccMetric


class MetricTriggerQuery(BaseModel):
    """Which figure, how it is compared, and for how long that must hold.

    >>> MetricTriggerQuery(name="successes", threshold=0.9, operator="<").range
    datetime.timedelta(seconds=300)
    """

    model_config = ConfigDict(extra="forbid", ser_json_timedelta="float")

    name: PaccMetric
    threshold: float
    operator: MetricTriggerOperator
    range: timedelta = SHORTEST_RANGE
    """The runs of how long are looked at."""
    firing_for: timedelta = SHORTEST_RANGE
    """How long it must hold before the trigger fires."""

    @field_validator("range", "firing_for")
    @classmethod
    def _long_enough(cls, value: timedelta) -> timedelta:
        if value < SHORTEST_RANGE:
            raise ValueError("a metric is looked at over 300 seconds at least")
        return value


class MetricTrigger(ResourceTrigger):
    """A trigger over a figure of flow runs.

    >>> MetricTrigger(metric={"name": "duration", "threshold": 60, "operator": ">"}).posture.value
    'Metric'
    """

    type: Literal["metric"] = "metric"
    posture: Literal[Posture.Metric] = Posture.Metric
    metric: MetricTriggerQuery

    def describe_for_cli(self, indent: int = 0) -> str:
        """Return what it waits for, in a sentence for people."""
        query = self.metric
        return (
            f"{' ' * indent}Metric: {query.name.value} {query.operator.value} {query.threshold:g}"
            f" for {query.firing_for.total_seconds():g} s"
        )


class CompositeTrigger(Trigger):
    """A trigger over triggers."""

    triggers: list[TriggerTypes] = Field(min_length=1)
    within: timedelta | None = None
    """How long the firing of one of them counts; for ever unless given."""

    @field_validator("within")
    @classmethod
    def _no_negative_time(cls, value: timedelta | None) -> timedelta | None:
        return None if value is None else _not_negative(value)

    def _described(self, what: str, indent: int) -> str:
        return "\n".join(
            [f"{' ' * indent}{what}:", *(each.describe_for_cli(indent + 2) for each in self.triggers)]
        )


class CompoundTrigger(CompositeTrigger):
    """A trigger that fires when any, all or so many of several did, in whichever order.

    >>> CompoundTrigger(require="all", triggers=[EventTrigger(expect={"a"}), EventTrigger(expect={"b"})]).require
    'all'
    """

    type: Literal["compound"] = "compound"
    require: int | Literal["any", "all"]

    @model_validator(mode="after")
    def _require_what_can_be(self) -> Self:
        if isinstance(self.require, int) and not 1 <= self.require <= len(self.triggers):
            raise ValueError(
                f'"require" is 1 to {len(self.triggers)}, as many as there are triggers, or any, or all'
            )
        return self

    def describe_for_cli(self, indent: int = 0) -> str:
        """Return what it waits for, in lines for people."""
        return self._described(f"{str(self.require).capitalize()} of", indent)


class SequenceTrigger(CompositeTrigger):
    """A trigger that fires when several did one after another.

    >>> len(SequenceTrigger(triggers=[EventTrigger(expect={"a"}), EventTrigger(expect={"b"})]).triggers)
    2
    """

    type: Literal["sequence"] = "sequence"

    def describe_for_cli(self, indent: int = 0) -> str:
        """Return what it waits for, in lines for people."""
        return self._described("In this order", indent)


def _kind(value: Any) -> str:
    if isinstance(value, dict):
        return str(
            value.get(
                "type", "compound" if "require" in value else "metric" if "metric" in value else "event"
            )
        )
    return str(getattr(value, "type", "event"))


TriggerTypes: TypeAlias = Annotated[
    Annotated[EventTrigger, Tag("event")]
    | Annotated[MetricTrigger, Tag("metric")]
    | Annotated[CompoundTrigger, Tag("compound")]
    | Annotated[SequenceTrigger, Tag("sequence")],
    Discriminator(_kind),
]


class BaseDeploymentTrigger(BaseModel):
    """What triggers of a deployment have in common: the deployment is run when they fire."""

    name: str | None = None
    """The name of the automation; one that tells the deployment otherwise."""
    description: str = ""
    enabled: bool = True
    parameters: dict[str, Any] | None = None
    """Arguments of the run, which may be templates."""
    job_variables: dict[str, Any] | None = None
    schedule_after: timedelta = timedelta(0)
    """How long after the firing the run is due."""


class DeploymentEventTrigger(BaseDeploymentTrigger, EventTrigger):
    """A trigger over events that runs the deployment it is given to.

    >>> DeploymentEventTrigger(expect={"prefect.flow-run.Completed"}, name="chain").name
    'chain'
    """


class DeploymentMetricTrigger(BaseDeploymentTrigger, MetricTrigger):
    """A trigger over a figure that runs the deployment it is given to."""


class DeploymentCompoundTrigger(BaseDeploymentTrigger, CompoundTrigger):
    """A trigger over triggers that runs the deployment it is given to."""


class DeploymentSequenceTrigger(BaseDeploymentTrigger, SequenceTrigger):
    """A trigger over a sequence of triggers that runs the deployment it is given to."""


DeploymentTriggerTypes: TypeAlias = Annotated[
    Annotated[DeploymentEventTrigger, Tag("event")]
    | Annotated[DeploymentMetricTrigger, Tag("metric")]
    | Annotated[DeploymentCompoundTrigger, Tag("compound")]
    | Annotated[DeploymentSequenceTrigger, Tag("sequence")],
    Discriminator(_kind),
]

for _model in (
    CompositeTrigger,
    CompoundTrigger,
    SequenceTrigger,
    DeploymentCompoundTrigger,
    DeploymentSequenceTrigger,
):
    _model.model_rebuild()


def _not_negative(value: timedelta) -> timedelta:
    if value < timedelta(0):
        raise ValueError("a length of time is not negative")
    return value
