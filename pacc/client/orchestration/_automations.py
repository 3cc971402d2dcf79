"""The client's methods for automations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pacc._internal.steps import awaitable
from pacc.client.orchestration._base import OfStore
from pacc.exceptions import ObjectNotFound
from pacc.services import automations as kept

if TYPE_CHECKING:
    from uuid import UUID

    from pacc.schemas.automation_filters import AutomationFilter
    from pacc.schemas.automations import Automation, AutomationCore


class AutomationClient(OfStore):
    """What code that does not await asks and says about automations."""

    def create_automation(self, automation: AutomationCore) -> UUID:
        """Make an automation and return its id."""
        return kept.create(self._store, automation).id

    def update_automation(self, automation_id: UUID, automation: AutomationCore) -> None:
        """Make an automation another one; `ObjectNotFound` if there is none of that id."""
        kept.update(self._store, automation_id, automation)

    def read_automations(
        self,
        *,
        automations: AutomationFilter | None = None,
        limit: int | None = None,
        offset: int = 0,
    ) -> list[Automation]:
        """Return automations by name."""
        found = kept.select(self._store, automations, limit=limit, offset=offset)
        return [kept.model_of(each) for each in found]

    def find_automation(self, id_or_name: str | UUID) -> Automation | None:
        """Return the automation of an id or a name, `None` where there is none."""
        try:
            return kept.model_of(kept.find(self._store, str(id_or_name)))
        except ObjectNotFound:
            return None

    def read_automation(self, automation_id: UUID | str) -> Automation | None:
        """Return the automation of that id, `None` where there is none."""
        try:
            return kept.model_of(kept.read(self._store, automation_id))
        except ObjectNotFound:
            return None

    def read_automations_by_name(self, name: str) -> list[Automation]:
        """Return the automations of a name, the oldest first."""
        return [kept.model_of(each) for each in kept.by_name(self._store, name)]

    def pause_automation(self, automation_id: UUID) -> None:
        """Let an automation fire no longer; `ObjectNotFound` if there is none of that id."""
        kept.disable(self._store, automation_id)

    def resume_automation(self, automation_id: UUID) -> None:
        """Let an automation fire again; `ObjectNotFound` if there is none of that id."""
        kept.enable(self._store, automation_id)

    def delete_automation(self, automation_id: UUID) -> None:
        """Remove an automation; `ObjectNotFound` if there is none of that id."""
        kept.delete(self._store, automation_id)

    def read_resource_related_automations(self, resource_id: str) -> list[Automation]:
        """Return the automations that a resource owns, or that name it."""
        return [kept.model_of(each) for each in kept.related_to(self._store, resource_id)]

    def delete_resource_owned_automations(self, resource_id: str) -> None:
        """Remove the automations that a resource owns."""
        kept.delete_owned(self._store, resource_id)


class AutomationAsyncClient(OfStore):
    """The same for code that awaits, derived from `AutomationClient`."""

    create_automation = awaitable(AutomationClient.create_automation)
    update_automation = awaitable(AutomationClient.update_automation)
    read_automations = awaitable(AutomationClient.read_automations)
    find_automation = awaitable(AutomationClient.find_automation)
    read_automation = awaitable(AutomationClient.read_automation)
    read_automations_by_name = awaitable(AutomationClient.read_automations_by_name)
    pause_automation = awaitable(AutomationClient.pause_automation)
    resume_automation = awaitable(AutomationClient.resume_automation)
    delete_automation = awaitable(AutomationClient.delete_automation)
    read_resource_related_automations = awaitable(AutomationClient.read_resource_related_automations)
    delete_resource_owned_automations = awaitable(AutomationClient.delete_resource_owned_automations)
