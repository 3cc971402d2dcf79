"""Work pools, queues, workers and who takes the places of a limit, as listings and in full."""

from __future__ import annotations

import json
from shlex import quote
from typing import TYPE_CHECKING, NamedTuple

from pacc._internal.visible import visible
from pacc.presentation.fitting import Fit
from pacc.presentation.sifting import Order
from pacc.presentation.tables import Cell, Column, Description, Table, cell
from pacc.presentation.times import ago, dated, short_ago
from pacc.schemas.shell_queue import POOL as SHELL

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from pacc.schemas.flow_runs import FlowRun
    from pacc.schemas.work_pools import (
        FlowRunSlotSummary,
        Worker,
        WorkPool,
        WorkPoolConcurrencyStatus,
        WorkQueue,
        WorkQueueConcurrencyStatus,
    )

POOL_COLUMNS = (
    Column(name="Name", at_least=13, gives_way=True),
    Column(name="Type"),
    Column(name="Status"),
    Column(name="Limit", right=True),
    Column(name="Taken", right=True),
)
VERBOSE_POOL_COLUMNS = (
    *POOL_COLUMNS,
    Column(name="ID", at_least=13, gives_way=True),
    Column(name="Description", gives_way=True),
)
QUEUE_COLUMNS = (
    Column(name="Name", at_least=13, gives_way=True),
    Column(name="Pool", gives_way=True),
    Column(name="Priority", right=True),
    Column(name="Status"),
    Column(name="Limit", right=True),
    Column(name="Taken", right=True),
)
VERBOSE_QUEUE_COLUMNS = (
    *QUEUE_COLUMNS,
    Column(name="ID", at_least=13, gives_way=True),
    Column(name="Description", gives_way=True),
)
SLOT_COLUMNS = (
    Column(name="Queue"),
    Column(name="Run", at_least=13, gives_way=True),
    Column(name="State"),
    Column(name="Since"),
)
RUN_COLUMNS = (
    Column(name="Due"),
    Column(name="Run", at_least=13, gives_way=True),
    Column(name="Queue"),
    Column(name="State"),
    Column(name="ID", at_least=13, gives_way=True),
)
_COLORS = {"READY": "green", "NOT_READY": "red", "PAUSED": "yellow", "ONLINE": "green", "OFFLINE": "red"}


def pool_table(pools: Iterable[WorkPool], *, verbose: bool = False) -> Table:
    """Return pools as a table, in the order given.

    Args:
        pools: what to list.
        verbose: their ids and descriptions as well.
    """
    rows = (
        (
            cell(pool.name, "cyan"),
            cell(pool.type),
            _status(pool.status),
            _limit(pool.concurrency_limit),
            _taken(pool.active_slots, pool.concurrency_limit),
            *((cell(pool.id), cell(pool.description)) if verbose else ()),
        )
        for pool in pools
    )
    columns = VERBOSE_POOL_COLUMNS if verbose else POOL_COLUMNS
    return Table(title="Work Pools", columns=columns, rows=tuple(rows))


def pool_description(
    pool: WorkPool, queues: Iterable[WorkQueue], workers: Iterable[Worker], now: datetime
) -> Description:
    """Return everything worth reading about a pool.

    Args:
        pool: what to describe.
        queues: its queues.
        workers: its workers.
        now: the moment ages are counted from.
    """
    workers = tuple(workers)
    facts = [
        ("Name", cell(pool.name, "cyan")),
        ("Type", cell(pool.type)),
        ("Status", _status(pool.status)),
        ("Since", _since(pool, workers, now)),
        ("Why", _why(pool)),
        ("Description", cell(pool.description)),
        ("Limit", _limit(pool.concurrency_limit)),
        ("Taken", _taken(pool.active_slots, pool.concurrency_limit)),
        *(("Queue", _queue(queue)) for queue in queues),
        *(("Worker", _worker(worker, now)) for worker in workers),
        ("Created", cell(dated(pool.created, now))),
        ("Updated", cell(dated(pool.updated, now))),
        ("ID", cell(pool.id)),
        ("Job configuration", _template(pool)),
    ]
    return Description(
        title=f"Work pool '{pool.name}'",
        facts=tuple((label, shown) for label, shown in facts if shown.text),
    )


def queue_table(queues: Iterable[WorkQueue], *, verbose: bool = False) -> Table:
    """Return queues as a table, in the order given; see `pool_table`."""
    rows = (
        (
            cell(queue.name, "cyan"),
            cell(queue.work_pool_name),
            cell(queue.priority),
            _status(queue.status),
            _limit(queue.concurrency_limit),
            _taken(queue.active_slots, queue.concurrency_limit),
            *((cell(queue.id), cell(queue.description)) if verbose else ()),
        )
        for queue in queues
    )
    columns = VERBOSE_QUEUE_COLUMNS if verbose else QUEUE_COLUMNS
    return Table(title="Work Queues", columns=columns, rows=tuple(rows))


def queue_description(queue: WorkQueue, now: datetime) -> Description:
    """Return everything worth reading about a queue."""
    facts = (
        ("Name", cell(queue.name, "cyan")),
        ("Pool", cell(queue.work_pool_name)),
        ("Priority", cell(queue.priority)),
        ("Status", _status(queue.status)),
        ("Description", cell(queue.description)),
        ("Limit", _limit(queue.concurrency_limit)),
        ("Taken", _taken(queue.active_slots, queue.concurrency_limit)),
        ("Last polled", cell("never" if queue.last_polled is None else ago(queue.last_polled, now))),
        ("Created", cell(dated(queue.created, now))),
        ("ID", cell(queue.id)),
    )
    return Description(
        title=f"Work queue '{queue.name}'",
        facts=tuple((label, shown) for label, shown in facts if shown.text),
    )


def pool_slot_table(status: WorkPoolConcurrencyStatus, now: datetime) -> Table:
    """Return who takes the places of a pool as a table, queue by queue."""
    rows = (_slot(queue.queue_name, run, now) for queue in status.queues for run in queue.flow_runs)
    return Table(title="Slots", columns=SLOT_COLUMNS, rows=tuple(rows))


def queue_slot_table(status: WorkQueueConcurrencyStatus, now: datetime) -> Table:
    """Return who takes the places of a queue as a table."""
    rows = (_slot(status.queue_name, run, now) for run in status.flow_runs)
    return Table(title="Slots", columns=SLOT_COLUMNS, rows=tuple(rows))


def slots_in_words(taken: int, limit: int | None, of: str) -> str:
    """Return how many places are taken.

    >>> slots_in_words(2, 5, "local"), slots_in_words(1, None, "local")
    ('2 of 5 slots of "local" are taken', '1 slot of "local" is taken; there is no limit')
    """
    if limit is None:
        are_taken = f'slot of "{of}" is taken' if taken == 1 else f'slots of "{of}" are taken'
        return f"{taken} {are_taken}; there is no limit"
    return f'{taken} of {limit} slots of "{of}" are taken'


def waiting_table(runs: Iterable[FlowRun], now: datetime) -> Table:
    """Return runs that wait as a table, in the order given; overdue ones stand out."""
    rows = (
        (
            _due(run, now),
            cell(run.name),
            cell(run.work_queue_name),
            cell(run.state_name),
            cell(run.id, "cyan"),
        )
        for run in runs
    )
    return Table(title="Upcoming Runs", columns=RUN_COLUMNS, rows=tuple(rows))


def _due(run: FlowRun, now: datetime) -> Cell:
    due = run.next_scheduled_start_time
    return cell(dated(due, now), "red" if due is not None and due < now else "")


def _slot(queue: str, run: FlowRunSlotSummary, now: datetime) -> tuple[Cell, ...]:
    return cell(queue), cell(run.name, "cyan"), cell(run.state_name), cell(ago(run.since, now))


def _status(status: str) -> Cell:
    return cell(str(status).replace("_", " ").capitalize(), _COLORS[str(status)])


def _since(pool: WorkPool, workers: Iterable[Worker], now: datetime) -> Cell:
    """Say when a pool without a worker was last seen with one, or was made where there never was one."""
    if pool.status != "NOT_READY":
        return Cell("")
    seen = [worker.last_heartbeat_time for worker in workers if worker.last_heartbeat_time is not None]
    return cell(dated(max(seen, default=pool.created), now))


def _why(pool: WorkPool) -> Cell:
    """Say why nobody takes the runs of a pool, and what ends that; nothing where somebody does."""
    if pool.is_paused:
        return cell(f"it is paused; pacc work-pool resume {quote(pool.name)}")
    if pool.status != "NOT_READY":
        return Cell("")
    if pool.name == SHELL:
        return cell("no worker is there; adding a command to the queue starts one")
    return cell(f"no worker is there; pacc worker start --pool {quote(pool.name)} starts one")


def _limit(limit: int | None) -> Cell:
    return cell("none" if limit is None else limit)


def _taken(slots: int, limit: int | None) -> Cell:
    return cell(slots, "yellow" if limit is not None and slots >= limit else "")


def _queue(queue: WorkQueue) -> Cell:
    limit = "" if queue.concurrency_limit is None else f", limit {queue.concurrency_limit}"
    return cell(f"{queue.priority}. {queue.name}{limit} ({_status(queue.status).text.lower()})")


def _worker(worker: Worker, now: datetime) -> Cell:
    queues = "" if worker.work_queues is None else f", queues {', '.join(worker.work_queues)}"
    seen = ago(worker.last_heartbeat_time, now)
    return cell(
        f"{worker.name}: {str(worker.status).lower()}, seen {seen}{queues}", _COLORS[str(worker.status)]
    )


def _template(pool: WorkPool) -> Cell:
    configuration = pool.base_job_template.get("job_configuration")
    return cell(None if configuration is None else json.dumps(configuration, ensure_ascii=False))


# ------------------------------------------------------------------------------------------ on a screen


class PoolLine(NamedTuple):
    """A line of a list of pools: a pool, or below it one of its queues or workers."""

    pool: WorkPool
    queue: WorkQueue | None = None
    worker: Worker | None = None
    waiting: tuple[FlowRun, ...] = ()
    """The runs that are due and wait in it."""

    @property
    def is_below(self) -> bool:
        """Whether it stands below its pool."""
        return self.queue is not None or self.worker is not None


LINE_COLUMNS = (
    Fit("name", 16, grows=3),
    Fit("what", 9),
    Fit("status", 9),
    Fit("slots", 6, right=True),
    Fit("queued", 6, right=True),
    Fit("late", 4, right=True, goes=2),
    Fit("seen", 8, right=True, goes=3),
)
"""The columns of a list of pools."""
_WORST_FIRST = ("NOT_READY", "PAUSED", "READY")
ORDERS = (
    Order("by name"),
    Order("not ready first", key=lambda line: 0 if line.is_below else _WORST_FIRST.index(line.pool.status)),
    Order("most queued first", key=lambda line: 0 if line.is_below else len(line.waiting), down=True),
)
"""The orders of a list of pools that is read by name, its queues by their places."""


def line_cells(line: PoolLine, now: datetime, *, glyphs: bool = True) -> tuple[Cell, ...]:
    """Return a pool, a queue or a worker as a row of `LINE_COLUMNS`."""
    if line.worker is not None:
        worker = line.worker
        return (
            cell(f"    {worker.name}", "bright_black"),
            Cell("worker", "bright_black"),
            _status(worker.status),
            *(Cell("") for _ in range(3)),
            cell(short_ago(worker.last_heartbeat_time, now), "bright_black"),
        )
    shown = line.queue or line.pool
    late = sum(run.state_name == "Late" for run in line.waiting)
    beginning = f"{'▾' if glyphs else 'v'} " if line.queue is None else "    "
    seen = line.queue.last_polled if line.queue else None
    return (
        cell(f"{beginning}{shown.name}", "cyan" if line.queue is None else ""),
        Cell(visible(line.pool.type), "bright_black")
        if line.queue is None
        else cell(f"queue p{line.queue.priority}", "bright_black"),
        _status(shown.status),
        _slots(shown.active_slots, shown.concurrency_limit),
        cell(len(line.waiting) or None, "magenta" if late else "yellow"),
        cell(late or None, "magenta"),
        cell(short_ago(seen, now), "bright_black"),
    )


def called(line: PoolLine) -> str:
    """Return what remarks call the pool or the queue of a line."""
    if line.queue is None:
        return f'work pool "{line.pool.name}"'
    return f'work queue "{line.queue.name}" in the pool "{line.pool.name}"'


def worker_description(worker: Worker, pool: str, now: datetime) -> Description:
    """Return everything worth reading about a worker.

    Args:
        worker: what to describe.
        pool: the name of its pool.
        now: the moment ages are counted from.
    """
    facts = (
        ("Name", cell(worker.name, "cyan")),
        ("Pool", cell(pool)),
        ("Status", _status(worker.status)),
        ("Seen", cell(ago(worker.last_heartbeat_time, now))),
        ("Says so every", cell(f"{worker.heartbeat_interval_seconds} seconds")),
        ("Queues", cell("all" if worker.work_queues is None else ", ".join(worker.work_queues))),
        *((name.capitalize(), cell(value)) for name, value in worker.process.items()),
        ("Came", cell(dated(worker.created, now))),
        ("ID", cell(worker.id)),
    )
    return Description(
        title=f"Worker '{worker.name}'", facts=tuple((label, shown) for label, shown in facts if shown.text)
    )


def _slots(taken: int, limit: int | None) -> Cell:
    """Return how many places are taken of how many, as short as a column wants it."""
    if limit is None:
        return cell(taken or None)
    return cell(f"{taken}/{limit}", "yellow" if taken >= limit else "")
