"""The triggers of a deployment: each is an automation that the deployment owns, and that runs it."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from pacc.exceptions import InvalidDeploymentError
from pacc.services import automations
from pacc.services.misfits import first_problem

if TYPE_CHECKING:
    from pacc.schemas.automations import AutomationCore
    from pacc.schemas.deployments import DeploymentCreate
    from pacc.store import Store


def check(wanted: DeploymentCreate) -> None:
    """See whether the triggers of a deployment can be kept.

    Raises:
        InvalidDeploymentError: one cannot.
    """
    if wanted.triggers:
        _automations(wanted, uuid4())


def keep(store: Store, deployment_id: str, wanted: DeploymentCreate) -> None:
    """Let a deployment own an automation for each of its triggers, and no other; one that a person has paused stays so.

    Args:
        store: where they are kept.
        deployment_id: the deployment.
        wanted: what it is like.
    """
    owner = f"pacc.deployment.{deployment_id}"
    if wanted.triggers or store.read("automations.by_owner", {"owner_resource": owner}):
        automations.put_owned(store, owner, _automations(wanted, UUID(deployment_id)))


def _automations(wanted: DeploymentCreate, deployment_id: UUID) -> list[AutomationCore]:
    if not wanted.triggers:
        return []
    from pydantic import TypeAdapter, ValidationError  # start-up: few deployments have triggers

    from pacc.schemas.triggers import DeploymentTriggerTypes  # start-up: as above

    adapter: TypeAdapter[DeploymentTriggerTypes] = TypeAdapter(DeploymentTriggerTypes)
    made = []
    for number, told in enumerate(wanted.triggers, 1):
        try:
            trigger = adapter.validate_python(dict(told))
            trigger.set_deployment_id(deployment_id)
            automation = trigger.as_automation()
        except ValidationError as error:
            raise InvalidDeploymentError(
                f'the trigger {number} of the deployment "{wanted.name}" cannot be kept: {first_problem(error)}'
            ) from None
        if trigger.name is None:
            automation.name = f"{wanted.name}__automation_{number}"
        made.append(automation)
    return made
