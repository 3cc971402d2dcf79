"""Automations: made, changed, paused, listed, and what became of their firings.

The pydantic models of `pacc.schemas.automations` come and go here; what is kept is their plain data.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from uuid import UUID

from pacc._internal import clock
from pacc._internal.aliases import canonical
from pacc._internal.ids import first_id, new_id
from pacc._internal.jsontext import dumps
from pacc._internal.tagtext import tags_text
from pacc.exceptions import InvalidValueError, ObjectNotFound
from pacc.orchestration.triggers import Plan
from pacc.schemas.firings import ActionOutcome, Firing, KeptAutomation
from pacc.services.event_rows import TASK_RUN

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Mapping

    from pacc.schemas.automation_filters import AutomationFilter
    from pacc.schemas.automations import Automation, AutomationCore
    from pacc.store import Store

_PRUNED_AT_ONCE = 1000


def create(store: Store, wanted: AutomationCore) -> KeptAutomation:
    """Make an automation and return it; it minds what happens from now on.

    Args:
        store: where it is kept.
        wanted: what it is to be.

    Raises:
        InvalidValueError: it would obviously set off itself again and again.

    Example:
        >>> create(store, AutomationCore(name="tell", trigger=..., actions=[...]))  # doctest: +SKIP
    """
    _refuse_circle(wanted)
    row = {"id": new_id(), "now": clock.now(), **_row(wanted)}
    made, *_ = store.write_all(("automations.insert", row), *_interest(row["id"], wanted))
    return _kept(made[0])


def update(store: Store, automation_id: UUID | str, wanted: AutomationCore) -> KeptAutomation:
    """Make an automation another one; what it has seen so far is forgotten.

    Raises:
        ObjectNotFound: there is no such automation.
        InvalidValueError: it would obviously set off itself again and again.
    """
    _refuse_circle(wanted)
    own = str(automation_id)
    changed, *_ = store.write_all(
        ("automations.update", {"id": own, "now": clock.now(), **_row(wanted)}),
        ("automations.forget", {"id": own}),
        *_interest(own, wanted),
    )
    if not changed:
        raise _nothing(store, own)
    return _kept(changed[0])


def enable(store: Store, automation_id: UUID | str) -> None:
    """Let an automation fire, from what happens now on.

    Raises:
        ObjectNotFound: there is no such automation.
    """
    kept = read(store, automation_id)
    own = str(automation_id)
    store.write_all(
        ("automations.enable", {"id": own, "now": clock.now()}),
        ("automations.forget", {"id": own}),
        *_wants(own, Plan(kept.trigger)),
    )


def disable(store: Store, automation_id: UUID | str, *, because: str | None = None) -> None:
    """Let an automation fire no longer.

    Args:
        store: where it is kept.
        automation_id: the automation.
        because: why, where nobody asked for it.

    Raises:
        ObjectNotFound: there is no such automation.
    """
    read(store, automation_id)
    own = str(automation_id)
    store.write_all(
        ("automations.disable", {"id": own, "now": clock.now(), "stopped": because}),
        ("events.lose_interest", {"holder": f"automation {own}"}),
    )


def read(store: Store, automation_id: UUID | str) -> KeptAutomation:
    """Return an automation.

    Raises:
        ObjectNotFound: there is none of that id.
    """
    rows = store.read("automations.read", {"id": str(automation_id)})
    if not rows:
        raise _nothing(store, str(automation_id))
    return _kept(rows[0])


def find(store: Store, reference: str) -> KeptAutomation:
    """Return the automation of a name, an id, or the beginning of one; of several of one name the oldest.

    Raises:
        ObjectNotFound: there is none; the message says what was perhaps meant.
    """
    rows = store.read("automations.read", {"id": reference}) or store.read(
        "automations.by_name", {"name": reference}
    )
    if not rows and len(reference) >= 8:
        rows = store.read("automations.by_prefix", {"reference": reference})
    if not rows:
        raise _nothing(store, reference)
    return _kept(rows[0])


def find_by_name(store: Store, name: str) -> KeptAutomation:
    """Return the automation of a name; of several the oldest.

    Raises:
        ObjectNotFound: there is none; the message says what was perhaps meant.
    """
    found = by_name(store, name)
    if not found:
        raise _nothing(store, name)
    return found[0]


def by_name(store: Store, name: str) -> list[KeptAutomation]:
    """Return the automations of a name, the oldest first."""
    return [_kept(row) for row in store.read("automations.by_name", {"name": name})]


def select(
    store: Store, wanted: AutomationFilter | None = None, *, limit: int | None = None, offset: int = 0
) -> list[KeptAutomation]:
    """Return automations by name.

    Args:
        store: where they are kept.
        wanted: which; all by default.
        limit: so many at most.
        offset: leave out so many first.
    """
    found = [_kept(row) for row in store.read("automations.select")]
    if wanted is not None:
        found = [each for each in found if _is_wanted(wanted, each)]
    return found[offset : None if limit is None else offset + limit]


def delete(store: Store, automation_id: UUID | str) -> None:
    """Remove an automation with the record of its firings.

    Raises:
        ObjectNotFound: there is none of that id.
    """
    if not store.write("automations.delete", {"id": str(automation_id)}):
        raise _nothing(store, str(automation_id))


def owned_by(store: Store, resource_id: str) -> list[KeptAutomation]:
    """Return the automations that a resource owns."""
    rows = store.read("automations.by_owner", {"owner_resource": canonical(resource_id)})
    return [_kept(row) for row in rows]


def related_to(store: Store, resource_id: str) -> list[KeptAutomation]:
    """Return the automations that a resource owns, or that name its id."""
    own = canonical(resource_id).rpartition(".")[2]
    return [
        each
        for each in select(store)
        if each.owner_resource == canonical(resource_id) or own in dumps([each.trigger, each.actions])
    ]


def delete_owned(store: Store, resource_id: str, *, keep: Iterable[UUID] = ()) -> None:
    """Remove the automations that a resource owns, except some."""
    kept = dumps([str(each) for each in keep])
    store.write("automations.delete_owned", {"owner_resource": canonical(resource_id), "kept": kept})


def put_owned(store: Store, resource_id: str, wanted: Iterable[AutomationCore]) -> list[KeptAutomation]:
    """Let a resource own exactly these automations: those of the same name and meaning stay as they are.

    Args:
        store: where they are kept.
        resource_id: the owner, e.g. `pacc.deployment.ID`.
        wanted: the automations.
    """
    present = {each.name: each for each in owned_by(store, resource_id)}
    made = []
    for each in wanted:
        known = present.pop(each.name, None)
        core = each.model_copy(update={"owner_resource": canonical(resource_id)})
        if known is None:
            made.append(create(store, core))
        elif known.definition == core.definition() and known.description == core.description:
            made.append(known)
        else:
            made.append(update(store, known.id, core.model_copy(update={"enabled": known.enabled})))
    delete_owned(store, resource_id, keep=[each.id for each in made])
    return made


def firings(store: Store, automation_id: UUID | str, *, limit: int = 10) -> list[Firing]:
    """Return when an automation fired and what became of it, the latest first."""
    rows = store.read("automations.firings", {"id": str(automation_id), "limit": limit})
    actions: dict[str, list[ActionOutcome]] = {row["id"]: [] for row in rows}
    for row in store.read("automations.actions", {"ids": dumps(list(actions))}):
        actions[row["firing_id"]].append(_outcome(row))
    return [
        Firing(
            id=UUID(row["id"]),
            fired=clock.to_datetime(row["fired"]),
            because=row["because"],
            resolved=bool(row["resolved"]),
            labels=json.loads(row["labels"]),
            event=row["event"] and json.loads(row["event"]),
            actions=actions[row["id"]],
        )
        for row in rows
    ]


def last_fired(store: Store) -> dict[UUID, tuple[Any, int]]:
    """Return when each automation fired last, and how often it has."""
    return {
        UUID(row["automation_id"]): (clock.to_datetime(row["fired"]), row["times"])
        for row in store.read("automations.last_fired")
    }


def prune(store: Store, before: int) -> int:
    """Forget some firings from before a moment, in microseconds since the epoch, and return how many."""
    bound = {"bound": first_id(before), "limit": _PRUNED_AT_ONCE}
    return len(store.write("automations.prune", bound))


def model_of(kept: KeptAutomation) -> Automation:
    """Return an automation as people write it."""
    from pacc.schemas.automations import Automation  # start-up: pydantic

    return Automation.model_validate(
        {
            "id": kept.id,
            "name": kept.name,
            "description": kept.description,
            "enabled": kept.enabled,
            "tags": kept.tags,
            "owner_resource": kept.owner_resource,
            **kept.definition,
        }
    )


def _row(wanted: AutomationCore) -> dict[str, Any]:
    return {
        "name": wanted.name,
        "description": wanted.description,
        "enabled": int(wanted.enabled),
        "tags": tags_text(wanted.tags),
        "definition": dumps(wanted.definition()),
        "owner_resource": None if wanted.owner_resource is None else canonical(wanted.owner_resource),
    }


def _interest(automation_id: str, wanted: AutomationCore) -> list[tuple[str, Mapping[str, object]]]:
    plan = Plan(wanted.definition()["trigger"])
    if wanted.enabled:
        return _wants(automation_id, plan)
    return [("events.lose_interest", {"holder": f"automation {automation_id}"})]


def _wants(automation_id: str, plan: Plan) -> list[tuple[str, Mapping[str, object]]]:
    """What to write so that task runs tell their states while an automation waits for some, and only then."""
    holder = {"holder": f"automation {automation_id}"}
    if any(_may_be_of_task_runs(name) for name in plan.names()):
        return [("events.take_interest", {**holder, "session": None})]
    return [("events.lose_interest", holder)]


def _may_be_of_task_runs(pattern: str) -> bool:
    """Say whether a pattern means task runs; one that means everything does not: there are too many of them."""
    return pattern.startswith(TASK_RUN[:-1]) or "task-run" in pattern


def _refuse_circle(wanted: AutomationCore) -> None:
    """Refuse an automation that runs a deployment whenever the deployment was run."""
    told = wanted.definition()
    if told["trigger"]["type"] != "event" or told["trigger"]["posture"] != "Reactive":
        return
    trigger = told["trigger"]
    related = trigger["match_related"]
    specifications = [trigger["match"], *(related if isinstance(related, list) else [related])]
    runs = [name for name in trigger["expect"] if canonical(name).startswith("pacc.flow-run.")]
    for action in [*told["actions"], *told["actions_on_trigger"]]:
        if action["type"] != "run-deployment" or not runs:
            continue
        is_inferred = action["source"] == "inferred"
        own = f"pacc.deployment.{action['deployment_id']}"
        if is_inferred or any(own in _ids_of(each) for each in specifications):
            raise InvalidValueError(
                "this automation would run a deployment because the deployment was run, again and again",
                hint="Let it wait for another event, or run another deployment.",
            )


def _ids_of(specification: Mapping[str, Any]) -> list[str]:
    named = specification.get("pacc.resource.id", [])
    return [named] if isinstance(named, str) else list(named)


def _kept(row: sqlite3.Row) -> KeptAutomation:
    definition = json.loads(row["definition"])
    return KeptAutomation(
        id=UUID(row["id"]),
        name=row["name"],
        description=row["description"],
        enabled=bool(row["enabled"]),
        tags=json.loads(row["tags"]),
        trigger=definition["trigger"],
        actions=definition["actions"],
        actions_on_trigger=definition["actions_on_trigger"],
        actions_on_resolve=definition["actions_on_resolve"],
        owner_resource=row["owner_resource"],
        created=clock.to_datetime(row["created"]),
        updated=clock.to_datetime(row["updated"]),
        stopped=row["stopped"],
    )


def _outcome(row: sqlite3.Row) -> ActionOutcome:
    return ActionOutcome(
        place=row["place"],
        action=json.loads(row["action"]),
        status=row["status"],
        attempts=row["attempts"],
        due=None if row["due"] is None else clock.to_datetime(row["due"]),
        ended=None if row["ended"] is None else clock.to_datetime(row["ended"]),
        outcome=json.loads(row["outcome"]) if row["outcome"] else {},
        error=row["error"],
    )


def _is_wanted(wanted: AutomationFilter, each: KeptAutomation) -> bool:
    if wanted.id is not None and wanted.id.any_ is not None and each.id not in wanted.id.any_:
        return False
    if wanted.name is not None and wanted.name.any_ is not None and each.name not in wanted.name.any_:
        return False
    created = wanted.created
    if created is not None and created.before_ is not None and each.created > created.before_:
        return False
    tags = wanted.tags
    if tags is None:
        return True
    own = set(each.tags)
    if tags.all_ is not None and not own.issuperset(tags.all_):
        return False
    if tags.any_ is not None and not own.intersection(tags.any_):
        return False
    return tags.is_null_ is None or tags.is_null_ is not bool(own)


def _nothing(store: Store, reference: str) -> ObjectNotFound:
    from difflib import get_close_matches  # start-up: only for what was not found

    names = [row["name"] for row in store.read("automations.names")]
    near = get_close_matches(reference, names, n=1)
    guess = f'. Did you mean "{near[0]}"?' if near else ""
    return ObjectNotFound(f'no automation "{reference}"{guess}', hint="pacc automation ls")
