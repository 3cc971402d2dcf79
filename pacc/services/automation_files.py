"""Automations as they come from files: plain data, in which names may stand where ids are wanted."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any
from uuid import UUID

from pacc.exceptions import InvalidValueError, ObjectNotFound
from pacc.services import automations, blocks, deployments, work_pools, work_queues
from pacc.services.misfits import first_problem

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pacc.schemas.automations import AutomationCore
    from pacc.schemas.firings import KeptAutomation
    from pacc.store import Store


def from_plain(store: Store, told: Mapping[str, Any]) -> AutomationCore:
    """Return the automation that plain data tells, as it comes from a file.

    Where an id is wanted a name may stand: `flow/deployment`, a work pool's, an automation's, `type/name` of a block.

    Args:
        store: where names are looked up.
        told: Prefect's fields.

    Raises:
        InvalidValueError: it tells none; the message says where.
        ObjectNotFound: something that it names is not there.
    """
    from pydantic import ValidationError  # start-up

    from pacc.schemas.automations import AutomationCore  # start-up: pydantic

    if not isinstance(told, dict):
        raise InvalidValueError(
            f"an automation is a mapping with a name, a trigger and actions, not {told!r}"
        )
    wanted = dict(told)
    for field in ("actions", "actions_on_trigger", "actions_on_resolve"):
        if isinstance(wanted.get(field), list):
            wanted[field] = [_with_ids(store, each) for each in wanted[field]]
    try:
        return AutomationCore.model_validate(wanted)
    except ValidationError as error:
        raise InvalidValueError(f"this is no automation: {first_problem(error)}") from None


def names(store: Store, automation: KeptAutomation) -> dict[str, str]:
    """Return what the things are called that an automation acts on, by their ids; what is gone is left out.

    Args:
        store: where they are.
        automation: whose actions.
    """
    found = {}
    for action in (*automation.actions, *automation.actions_on_trigger, *automation.actions_on_resolve):
        for field, called in _CALLED.items():
            known = action.get(field)
            if known is not None:
                with suppress(ObjectNotFound):
                    found[str(known)] = called(store, str(known))
    return found


def _block_slug(store: Store, known: str) -> str:
    block = blocks.read(store, known, include_secrets=False)
    return f"{block.block_type.slug if block.block_type else '?'}/{block.name}"


def _with_ids(store: Store, action: Any) -> Any:
    if not isinstance(action, dict):
        return action
    return {
        name: str(_LOOK_UP[name](store, value)) if name in _LOOK_UP and _is_name(value) else value
        for name, value in action.items()
    }


def _is_name(value: Any) -> bool:
    try:
        UUID(value)
    except (TypeError, ValueError, AttributeError):
        return isinstance(value, str)
    return False


_LOOK_UP: dict[str, Callable[[Store, str], UUID]] = {
    "deployment_id": lambda store, name: deployments.find(store, name).id,
    "work_pool_id": lambda store, name: work_pools.find(store, name).id,
    "work_queue_id": lambda store, name: work_queues.find(store, name).id,
    "automation_id": lambda store, name: automations.find(store, name).id,
    "block_document_id": lambda store, name: blocks.find(store, name).id,
}
"""How the id behind a name is found, by the field it stands in."""
_CALLED: dict[str, Callable[[Store, str], str]] = {
    "deployment_id": lambda store, known: deployments.full_name(store, known) or known,
    "work_pool_id": lambda store, known: work_pools.find(store, known).name,
    "work_queue_id": lambda store, known: work_queues.read(store, known).name,
    "automation_id": lambda store, known: automations.read(store, known).name,
    "block_document_id": _block_slug,
}
"""The other way round."""
