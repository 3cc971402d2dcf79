"""The work pools with their queues and workers, paused and let go on, and how much goes on at once in them."""

from __future__ import annotations

from functools import partial
from shlex import quote
from typing import TYPE_CHECKING, Any, ClassVar

from pacc._internal.counting import counted
from pacc._internal.visible import visible
from pacc.presentation import work_pools as presented
from pacc.presentation.block_fields import NO_DEFAULT, Field
from pacc.schemas.choices import PROCESS
from pacc.schemas.work_pools import WorkPoolCreate, WorkPoolUpdate, WorkQueueCreate, WorkQueueUpdate
from pacc.services import work_pools, work_queues, workers
from pacc.tui import actions
from pacc.tui.screens import asking
from pacc.tui.screens.asking import Asked
from pacc.tui.screens.dialogs import Told, plain_table
from pacc.tui.screens.noun import Noun, NounPage

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from textual.binding import BindingType

    from pacc.presentation.work_pools import PoolLine
    from pacc.schemas.work_pools import WorkQueue
    from pacc.store import Store

NAME = Field("name", "text", "What it is to be called.", NO_DEFAULT, required=True, secret=False)
TYPE = Field("type", "text", "What kind of worker takes its runs.", PROCESS, required=False, secret=False)
PRIORITY = Field(
    "priority",
    "whole number",
    "Its place; 1 goes first. Behind the others otherwise.",
    NO_DEFAULT,
    required=False,
    secret=False,
    bounds="at least 1",
)
LIMIT = Field(
    "limit",
    "whole number",
    "How many of its runs may be open at once; empty for any number.",
    NO_DEFAULT,
    required=False,
    secret=False,
)

ON_WORKER = "That is for pools and queues; a worker is ended where it was started."


def _read(store: Store, _: datetime) -> Iterator[PoolLine]:
    """Read each pool, and below it its queues and its workers."""
    queues: dict[str, list[WorkQueue]] = {}
    for queue in work_queues.select(store):
        queues.setdefault(queue.work_pool_name, []).append(queue)
    known = workers.select(store)
    for pool in work_pools.select(store):
        runs = work_pools.waiting(store, pool.name)
        yield presented.PoolLine(pool=pool, waiting=tuple(runs))
        for queue in queues.get(pool.name, ()):
            here = tuple(run for run in runs if run.work_queue_name == queue.name)
            yield presented.PoolLine(pool=pool, queue=queue, waiting=here)
        for worker in known:
            if worker.work_pool_id == pool.id:
                yield presented.PoolLine(pool=pool, worker=worker)


def _identify(line: PoolLine) -> str:
    return str((line.queue or line.worker or line.pool).id)


def _command(line: PoolLine | None) -> str:
    if line is None:
        return "pacc work-pool ls"
    return f"pacc {_words(line, 'inspect')}"


def _words(line: PoolLine, verb: str, *more: str) -> str:
    """Return the words behind `pacc` that do something with a queue, or else with a pool."""
    tail = "".join(f" {word}" for word in more)
    if line.queue is None:
        return f"work-pool {verb} {quote(line.pool.name)}{tail}"
    return f"work-queue {verb} {quote(line.queue.name)}{tail} --pool {quote(line.pool.name)}"


def _tell(store: Store, line: PoolLine, now: datetime) -> Told:
    if line.worker is not None:
        return Told.of(presented.worker_description(line.worker, line.pool.name, now))
    status = work_pools.slots(store, line.pool.name)
    if line.queue is not None:
        mine = next((each for each in status.queues if each.queue_id == line.queue.id), None)
        taken = None if mine is None else presented.queue_slot_table(mine, now)
        queue = work_queues.read(store, line.queue.id)
        return Told.of(presented.queue_description(queue, now), plain_table(taken))
    pool = work_pools.read(store, line.pool.name)
    queues = work_queues.select(store, work_pool_name=pool.name)
    described = presented.pool_description(pool, queues, workers.select(store, pool.id), now)
    return Told.of(described, plain_table(presented.pool_slot_table(status, now)))


# --------------------------------------------------------------------------------------------- acting


def _change(store: Store, line: PoolLine, **wanted: Any) -> None:
    if line.queue is None:
        work_pools.update(store, line.pool.name, WorkPoolUpdate(**wanted))
    else:
        work_queues.update(store, line.queue.id, WorkQueueUpdate(**wanted))


def _toggle(line: PoolLine) -> Asked | str:
    if line.worker is not None:
        return ON_WORKER
    paused = (line.queue or line.pool).is_paused
    verb, done = ("resume", "Resumed") if paused else ("pause", "Paused")
    called = presented.called(line)

    def act(store: Store, _: Mapping[str, Any]) -> str:
        _change(store, line, is_paused=not paused)
        return f"{done} the {called}."

    return Asked(
        question=f"{verb.capitalize()} the {visible(called)}?{'' if paused else ' Runs under way go on.'}",
        command=f"pacc {_words(line, verb)}",
        yes=f"{verb} it",
        act=act,
    )


def _limit(line: PoolLine) -> Asked | str:
    if line.worker is not None:
        return ON_WORKER
    known = (line.queue or line.pool).concurrency_limit
    called = presented.called(line)

    def command(typed: Mapping[str, str]) -> str:
        text = typed["limit"].strip()
        verb = "set-concurrency-limit" if text else "clear-concurrency-limit"
        return f"pacc {_words(line, verb, *([quote(text)] if text else []))}"

    def act(store: Store, values: Mapping[str, Any]) -> str:
        limit = values.get("limit")
        _change(store, line, concurrency_limit=limit)
        return f"The {called} has {'no limit' if limit is None else counted(limit, 'slot')} now."

    return Asked(
        question=f"The limit of the {visible(called)}",
        command=command,
        yes="sets it",
        act=act,
        fields=(LIMIT,),
        values={} if known is None else {"limit": str(known)},
    )


def _delete(line: PoolLine) -> Asked | str:
    if line.worker is not None:
        return ON_WORKER
    noun, named = ("work pool", line.pool) if line.queue is None else ("work queue", line.queue)
    goes = (
        "Its queues go with it; its deployments stay, without a pool."
        if line.queue is None
        else "Its deployments and runs go to the pool's default queue."
    )
    delete = (
        partial(work_pools.delete, name=line.pool.name)
        if line.queue is None
        else partial(work_queues.delete, queue_id=line.queue.id)
    )
    called = presented.called(line)

    def act(store: Store) -> str:
        delete(store)
        return f"Deleted the {called}."

    return asking.by_name(noun, named.name, f"pacc {_words(line, 'delete')} --yes", act, goes)


def _new() -> Asked:
    def command(typed: Mapping[str, str]) -> str:
        kind = typed["type"].strip()
        return f"pacc work-pool create {quote(typed['name'] or 'NAME')} --type {quote(kind or PROCESS)}"

    def act(store: Store, values: Mapping[str, Any]) -> str:
        from pacc.workers.types import worker_class  # start-up: only to make a pool

        kind = values.get("type", PROCESS)
        template = worker_class(kind).get_default_base_job_template()
        made = work_pools.create(
            store, WorkPoolCreate(name=values["name"], type=kind, base_job_template=template)
        )
        return f'Made the work pool "{made.name}"; `pacc worker start --pool {made.name}` executes its runs.'

    return Asked(
        question="A new work pool",
        command=command,
        yes="makes it",
        act=act,
        fields=(NAME, TYPE),
        values={"type": PROCESS},
    )


def _new_queue(line: PoolLine) -> Asked:
    pool = line.pool.name

    def command(typed: Mapping[str, str]) -> str:
        options = "".join(
            f" --{name} {quote(text)}" for name in ("priority", "limit") if (text := typed[name].strip())
        )
        return f"pacc work-queue create {quote(typed['name'] or 'NAME')} --pool {quote(pool)}{options}"

    def act(store: Store, values: Mapping[str, Any]) -> str:
        wanted = WorkQueueCreate(
            name=values["name"], priority=values.get("priority"), concurrency_limit=values.get("limit")
        )
        made = work_queues.create(store, wanted, work_pool_name=pool)
        return f'Made the work queue "{made.name}" of "{pool}", with priority {made.priority}.'

    return Asked(
        question=f'A new queue of the work pool "{visible(pool)}"',
        command=command,
        yes="makes it",
        act=act,
        fields=(NAME, PRIORITY, LIMIT),
    )


def _place(line: PoolLine) -> Asked | str:
    queue = line.queue
    if queue is None:
        return "Only a queue has a priority; j goes to those of the pool."
    called = presented.called(line)

    def command(typed: Mapping[str, str]) -> str:
        return f"pacc {_words(line, 'set-priority', quote(typed['priority'].strip() or 'NUMBER'))}"

    def act(store: Store, values: Mapping[str, Any]) -> str:
        work_queues.update(store, queue.id, WorkQueueUpdate(priority=values["priority"]))
        return f"The {called} has the priority {values['priority']} now."

    place = PRIORITY._replace(
        description="Its place; 1 goes first. Whoever has it goes one back.", required=True
    )
    return Asked(
        question=f"The priority of the {visible(called)}",
        command=command,
        yes="sets it",
        act=act,
        fields=(place,),
        values={"priority": str(queue.priority)},
    )


class Pools(NounPage):
    """The list of work pools."""

    name_of_screen = actions.POOLS
    BINDINGS: ClassVar[list[BindingType]] = [*actions.bindings(actions.POOLS)]
    noun = Noun(
        title="Pools",
        one="pool",
        many="pools",
        empty="no work pools; n makes one",
        columns=presented.LINE_COLUMNS,
        read=_read,
        identify=_identify,
        cells=presented.line_cells,
        command=_command,
        tell=_tell,
        acts={
            "toggle": _toggle,
            "limit": _limit,
            "edit": _place,
            "new_queue": _new_queue,
            "delete": _delete,
        },
        makes={"new": _new},
        every=2.0,
        orders=presented.ORDERS,
        also={"description": lambda line: None if line.worker else (line.queue or line.pool).description},
        is_below=lambda line: line.is_below,
    )

    def number(self, rows: list[Any]) -> int:
        """Return how many pools there are, without their queues and workers."""
        return sum(not line.is_below for line in rows)
