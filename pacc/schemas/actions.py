"""What automations do when they fire, as people write it: checked, and turned into the plain data that is kept."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, TypeAlias
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from pacc.schemas.states import StateType

if TYPE_CHECKING:
    from typing import Self


class Action(BaseModel):
    """Something to do."""

    model_config = ConfigDict(extra="forbid", ser_json_timedelta="float")

    type: str

    def describe_for_cli(self) -> str:
        """Return what it does, in words for people."""
        told = self.model_dump(mode="json", exclude={"type"}, exclude_none=True)
        return " ".join([self.type.replace("-", " "), *(f"{name}={value}" for name, value in told.items())])


class _OfTarget(Action):
    """Does it to what was selected, or to what the event is about."""

    id_field: ClassVar[str]

    source: Literal["selected", "inferred"] = "selected"
    """`selected`: the one named here; `inferred`: the one that the event is about, or related to."""

    @model_validator(mode="after")
    def _name_it_or_not(self) -> Self:
        named = getattr(self, self.id_field) is not None
        if self.source == "selected" and not named:
            raise ValueError(f'"{self.id_field}" says which; or let it be inferred: "source": "inferred"')
        if self.source == "inferred" and named:
            raise ValueError(f'"{self.id_field}" cannot be given where it is inferred')
        return self


class DoNothing(Action):
    """Does nothing; the firing itself is recorded."""

    type: Literal["do-nothing"] = "do-nothing"


class DeploymentAction(_OfTarget):
    """Does something to a deployment."""

    id_field = "deployment_id"

    deployment_id: UUID | None = None


class RunDeployment(DeploymentAction):
    """Makes a run of a deployment, one for each firing.

    >>> RunDeployment(source="inferred").type
    'run-deployment'
    """

    type: Literal["run-deployment"] = "run-deployment"
    parameters: dict[str, Any] | None = None
    """Arguments, over those of the deployment. Texts may be templates; `{"__prefect_kind": "jinja", "template": ...}` is one too."""
    job_variables: dict[str, Any] | None = None
    schedule_after: timedelta = timedelta(0)
    """How long after the firing the run is due."""

    @field_validator("schedule_after")
    @classmethod
    def _not_before(cls, value: timedelta) -> timedelta:
        if value < timedelta(0):
            raise ValueError("a run is due at the firing or later, not before it")
        return value


class PauseDeployment(DeploymentAction):
    """Pauses a deployment."""

    type: Literal["pause-deployment"] = "pause-deployment"


class ResumeDeployment(DeploymentAction):
    """Resumes a deployment."""

    type: Literal["resume-deployment"] = "resume-deployment"


class WorkPoolAction(_OfTarget):
    """Does something to a work pool."""

    id_field = "work_pool_id"

    work_pool_id: UUID | None = None


class PauseWorkPool(WorkPoolAction):
    """Pauses a work pool."""

    type: Literal["pause-work-pool"] = "pause-work-pool"


class ResumeWorkPool(WorkPoolAction):
    """Resumes a work pool."""

    type: Literal["resume-work-pool"] = "resume-work-pool"


class WorkQueueAction(_OfTarget):
    """Does something to a work queue."""

    id_field = "work_queue_id"

    work_queue_id: UUID | None = None


class PauseWorkQueue(WorkQueueAction):
    """Pauses a work queue."""

    type: Literal["pause-work-queue"] = "pause-work-queue"


class ResumeWorkQueue(WorkQueueAction):
    """Resumes a work queue."""

    type: Literal["resume-work-queue"] = "resume-work-queue"


class AutomationAction(_OfTarget):
    """Does something to an automation."""

    id_field = "automation_id"

    automation_id: UUID | None = None


class PauseAutomation(AutomationAction):
    """Pauses an automation."""

    type: Literal["pause-automation"] = "pause-automation"


class ResumeAutomation(AutomationAction):
    """Resumes an automation."""

    type: Literal["resume-automation"] = "resume-automation"


class ChangeFlowRunState(Action):
    """Puts the flow run that the event is about into a state."""

    type: Literal["change-flow-run-state"] = "change-flow-run-state"
    name: str | None = None
    state: StateType
    message: str | None = None
    force: bool = False


class CancelFlowRun(Action):
    """Cancels the flow run that the event is about."""

    type: Literal["cancel-flow-run"] = "cancel-flow-run"


class SuspendFlowRun(Action):
    """Suspends the flow run that the event is about."""

    type: Literal["suspend-flow-run"] = "suspend-flow-run"


class ResumeFlowRun(Action):
    """Resumes the flow run that the event is about."""

    type: Literal["resume-flow-run"] = "resume-flow-run"


class DeleteFlowRun(Action):
    """Deletes the flow run that the event is about."""

    type: Literal["delete-flow-run"] = "delete-flow-run"


class SendNotification(Action):
    """Sends a notification through a saved block.

    >>> SendNotification(block_document_id="01a1fd55-7a80-7000-8000-000000000000", body="{{ event.event }}").subject
    'pacc automated notification'
    """

    type: Literal["send-notification"] = "send-notification"
    block_document_id: UUID
    subject: str = "pacc automated notification"
    body: str
    """Subject and body are templates."""


class CallWebhook(Action):
    """Calls the address of a saved `Webhook` block."""

    type: Literal["call-webhook"] = "call-webhook"
    block_document_id: UUID
    payload: str = ""
    """A template; what it gives is sent as JSON where it is JSON, and as text otherwise."""

    @field_validator("payload", mode="before")
    @classmethod
    def _as_text(cls, value: Any) -> Any:
        if value is None or isinstance(value, str):
            return value or ""
        from pacc._internal.jsontext import dumps  # start-up

        return dumps(value)


ActionTypes: TypeAlias = Annotated[
    DoNothing
    | RunDeployment
    | PauseDeployment
    | ResumeDeployment
    | ChangeFlowRunState
    | CancelFlowRun
    | SuspendFlowRun
    | ResumeFlowRun
    | DeleteFlowRun
    | PauseWorkPool
    | ResumeWorkPool
    | PauseWorkQueue
    | ResumeWorkQueue
    | PauseAutomation
    | ResumeAutomation
    | SendNotification
    | CallWebhook,
    Field(discriminator="type"),
]
