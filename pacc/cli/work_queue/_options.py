"""How a work queue is named on the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from pacc.services import work_queues

if TYPE_CHECKING:
    from pacc.schemas.work_pools import WorkQueue
    from pacc.store import Store

QueueName = Annotated[
    str,
    typer.Argument(metavar="QUEUE", help="Its name, its id, or the beginning of either.", show_default=False),
]

InPool = Annotated[str | None, typer.Option("--pool", "-p", metavar="POOL", help="The work pool it is in.")]


def find_queue(store: Store, name: str, pool: str | None) -> WorkQueue:
    """Return the queue that is meant.

    Raises:
        ObjectNotFound: there is none, or there are several.
    """
    return work_queues.find(store, name, work_pool_name=pool)


def full_name(queue: WorkQueue) -> str:
    """Return a queue as remarks name it."""
    return f'work queue "{queue.name}" in the pool "{queue.work_pool_name}"'
