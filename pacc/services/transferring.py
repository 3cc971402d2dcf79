"""From one store to another: blocks, variables, work pools, limits, deployments and automations, each by its name.

What is there already stays as it is, so a transfer that was broken off is simply begun again. Ids are different in each store; what
names things by their id (an automation a deployment, a block another one) is told the new ones.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

from pacc._internal.ids import new_id
from pacc._internal.jsontext import dumps
from pacc.exceptions import ObjectAlreadyExists, ObjectNotFound, PaccException, StoreError
from pacc.schemas.choices import DEFAULT_QUEUE
from pacc.schemas.deployments import DeploymentCreate
from pacc.schemas.events import Event, Resource
from pacc.schemas.transfers import Fate, Transferred
from pacc.schemas.work_pools import WorkPoolCreate, WorkQueueCreate
from pacc.services import (
    automations,
    block_listing,
    blocks,
    concurrency_limits,
    deployment_schedules,
    deployments,
    events,
    flows,
    variables,
    work_pools,
    work_queues,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from pacc.schemas.concurrency import GlobalConcurrencyLimit
    from pacc.schemas.deployments import Deployment
    from pacc.schemas.firings import KeptAutomation
    from pacc.schemas.flows import Flow
    from pacc.schemas.variables import Variable
    from pacc.schemas.work_pools import WorkPool, WorkQueue
    from pacc.services.block_contents import BlockCopy
    from pacc.store import Store

_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_OF_A_DEPLOYMENT = "deployment:"


class Packed(NamedTuple):
    """Everything of a store that a transfer takes along, secrets in the clear: it stays in memory."""

    blocks: dict[str, BlockCopy]
    """By their ids, those that stand inside others too."""
    variables: list[Variable]
    pools: list[WorkPool]
    queues: list[WorkQueue]
    limits: list[GlobalConcurrencyLimit]
    flows: list[Flow]
    deployments: list[Deployment]
    automations: list[KeptAutomation]

    def number(self) -> int:
        """Return how many things will be told of."""
        named = sum(each.name is not None for each in self.blocks.values())
        return named + sum(map(len, self)) - len(self.blocks) - len(self.flows)


def pack(store: Store) -> Packed:
    """Return what a transfer takes along from a store.

    Args:
        store: where it is from.

    Raises:
        EncryptionKeyError: the key of the secrets in blocks is missing or another one.
    """
    limits = [*concurrency_limits.select(store), *concurrency_limits.select(store, tags=True)]
    return Packed(
        blocks=_blocks(store),
        variables=variables.select(store),
        pools=work_pools.select(store),
        queues=work_queues.select(store),
        limits=[each for each in limits if not each.name.startswith(_OF_A_DEPLOYMENT)],
        flows=flows.select(store),
        deployments=deployments.select(store),
        automations=[each for each in automations.select(store) if each.owner_resource is None],
    )


def _blocks(store: Store) -> dict[str, BlockCopy]:
    copies: dict[str, BlockCopy] = {}
    wanted = [str(each.id) for each in block_listing.summaries(store)]
    while wanted:
        identity = wanted.pop()
        if identity not in copies:
            copies[identity] = blocks.copy_of(store, identity)
            wanted += [inside for _, inside in copies[identity].parts.references]
    return copies


def unpack(
    store: Store,
    packed: Packed,
    on_progress: Callable[[int, int], None] | None = None,
    *,
    profiles: tuple[str, str] = ("", ""),
) -> list[Transferred]:
    """Put into a store what was packed in another, and return what became of each thing; events tell when that begins and ends.

    Args:
        store: where it is to be.
        packed: what to put there.
        on_progress: called after each thing with how many are done and how many there are.
        profiles: what the profiles are called of the two stores, for the events.

    Raises:
        StoreError: the store cannot be written; what was put there stays.
    """
    about = {
        "source_profile": profiles[0],
        "target_profile": profiles[1],
        "total_resources": packed.number(),
    }
    resource = Resource(
        {
            "pacc.resource.id": f"pacc.workspace.transfer.{new_id()}",
            "pacc.resource.name": " → ".join(filter(None, profiles)) or "transfer",
            "pacc.resource.role": "transfer",
        }
    )
    begun = Event(event="pacc.workspace.transfer.started", resource=resource, payload=about)
    events.record(store, begun)
    told: list[Transferred] = []
    for each in _Unpacking(store, packed).every():
        told.append(each)
        if on_progress is not None:
            on_progress(len(told), packed.number())
    counts = Counter(each.fate for each in told)
    became = {
        "succeeded": counts[Fate.MADE],
        "skipped": counts[Fate.SKIPPED],
        "failed": counts[Fate.FAILED],
    }
    ended = Event(
        event="pacc.workspace.transfer.completed",
        resource=resource,
        payload=about | became,
        follows=begun.id,
    )
    events.record(store, ended)
    return told


class _Unpacking:
    """One transfer: what is told the new ids is put after what they belong to."""

    def __init__(self, store: Store, packed: Packed) -> None:
        self._store = store
        self._packed = packed
        self._ids: dict[str, str] = {}
        """The ids here by those there."""
        self._made_pools: set[str] = set()
        """The names of those that were not there before, whose default queues are as wished from the beginning."""

    def every(self) -> Iterator[Transferred]:
        """Put one thing after the other."""
        packed = self._packed
        for copied in packed.blocks.values():
            if copied.name is not None:
                yield self._told("block", f"{copied.registration.slug}/{copied.name}", self._block, copied)
        for variable in packed.variables:
            yield self._told("variable", variable.name, self._variable, variable)
        for pool in packed.pools:
            yield self._told("work pool", pool.name, self._pool, pool)
        for queue in packed.queues:
            yield self._told("work queue", f"{queue.work_pool_name}/{queue.name}", self._queue, queue)
        for limit in packed.limits:
            yield self._told("concurrency limit", limit.name, self._limit, limit)
        for flow in packed.flows:
            self._ids[str(flow.id)] = str(flows.create(self._store, flow.name))
        for deployment in packed.deployments:
            yield self._told("deployment", deployment.full_name, self._deployment, deployment)
        for automation in _named_first(packed.automations):
            yield self._told("automation", automation.name, self._automation, automation)

    def _told(self, noun: str, name: str, put: Callable[[Any], bool], thing: Any) -> Transferred:
        try:
            fate = Fate.MADE if put(thing) else Fate.SKIPPED
        except StoreError:
            raise
        except ObjectAlreadyExists:
            fate = Fate.SKIPPED
        except (PaccException, ValueError) as error:
            return Transferred(noun=noun, name=name, fate=Fate.FAILED, reason=str(error))
        return Transferred(noun=noun, name=name, fate=fate)

    # Each puts one thing, remembers its id here, and returns whether it was not there before.

    def _block(self, copied: BlockCopy) -> bool:
        if copied.identity in self._ids:  # as part of another one
            return True
        found = self._found(copied)
        if found is not None:
            self._ids[copied.identity] = found
            return False
        for _, inside in copied.parts.references:
            self._block(self._packed.blocks[inside])
        references = [(path, self._ids[inside]) for path, inside in copied.parts.references]
        here = copied._replace(parts=copied.parts._replace(references=references))
        self._ids[copied.identity] = str(blocks.put_copy(self._store, here))
        return True

    def _found(self, copied: BlockCopy) -> str | None:
        if copied.name is None:
            return None
        try:
            found = blocks.read_by_name(
                self._store, copied.registration.slug, copied.name, include_secrets=False
            )
        except ObjectNotFound:
            return None
        return str(found.id)

    def _variable(self, wanted: Variable) -> bool:
        variables.put(self._store, wanted.name, wanted.value, tags=wanted.tags)
        return True

    def _pool(self, wanted: WorkPool) -> bool:
        given = {name: getattr(wanted, name) for name in WorkPoolCreate.__slots__}
        queues = (each for each in self._packed.queues if each.work_pool_name == wanted.name)
        default = next((_as_wished(each) for each in queues if each.name == DEFAULT_QUEUE), None)
        try:
            made = work_pools.create(self._store, WorkPoolCreate(**self._here(given)), default=default)
        except ObjectAlreadyExists:
            self._ids[str(wanted.id)] = str(work_pools.read(self._store, wanted.name).id)
            raise
        self._ids[str(wanted.id)] = str(made.id)
        self._made_pools.add(wanted.name)
        return True

    def _queue(self, wanted: WorkQueue) -> bool:
        known = {
            each.name: each for each in work_queues.select(self._store, work_pool_name=wanted.work_pool_name)
        }
        found = known.get(wanted.name)
        if found is None:
            found = work_queues.create(self._store, _as_wished(wanted), work_pool_name=wanted.work_pool_name)
        self._ids[str(wanted.id)] = str(found.id)
        return wanted.name not in known or wanted.work_pool_name in self._made_pools

    def _limit(self, wanted: GlobalConcurrencyLimit) -> bool:
        concurrency_limits.put(
            self._store, wanted.name, wanted.limit, active=wanted.active,
            slot_decay_per_second=wanted.slot_decay_per_second,
        )  # fmt: skip
        return True

    def _deployment(self, wanted: Deployment) -> bool:
        try:
            found = deployments.read_by_name(self._store, wanted.full_name)
        except ObjectNotFound:
            found = None
        made = found or deployments.upsert(self._store, self._wished(wanted))
        self._ids[str(wanted.id)] = str(made.id)
        return found is None

    def _wished(self, known: Deployment) -> DeploymentCreate:
        given = {name: getattr(known, name) for name in DeploymentCreate.__slots__ if name != "schedules"}
        mapped = ("parameters", "pull_steps", "job_variables", "triggers")
        given |= self._here({name: given[name] for name in mapped})
        schedules = [deployment_schedules.as_it_is(each) for each in known.schedules]
        return DeploymentCreate(**given, schedules=schedules)

    def _automation(self, wanted: KeptAutomation) -> bool:
        from pacc.schemas.automations import AutomationCore  # start-up: pydantic

        told = {"name": wanted.name, "description": wanted.description, "tags": wanted.tags}
        core = {**told, "enabled": wanted.enabled, **self._here(wanted.definition)}
        found = automations.by_name(self._store, wanted.name)
        made = found or [automations.create(self._store, AutomationCore.model_validate(core))]
        self._ids[str(wanted.id)] = str(made[0].id)
        return not found

    def _here(self, value: Any) -> Any:
        """Return data with the ids of this store in the place of those of the other."""
        return json.loads(_ID.sub(lambda match: self._ids.get(match[0], match[0]), dumps(value)))


def _as_wished(known: WorkQueue) -> WorkQueueCreate:
    return WorkQueueCreate(**{name: getattr(known, name) for name in WorkQueueCreate.__slots__})


def _named_first(kept: Iterable[KeptAutomation]) -> list[KeptAutomation]:
    """Automations, those that others name before the others."""
    waiting = {str(each.id): each for each in kept}
    ordered: list[KeptAutomation] = []

    def put(automation: KeptAutomation) -> None:
        for identity in _ID.findall(dumps(automation.definition)):
            if named := waiting.pop(identity, None):
                put(named)
        ordered.append(automation)

    while waiting:
        put(waiting.pop(next(iter(waiting))))
    return ordered
