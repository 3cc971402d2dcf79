"""`pacc task serve`."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pacc.cli._exits import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable

Entrypoints = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[ENTRYPOINT]...",
        help="Tasks, each as file.py:function or module.function.",
        show_default=False,
    ),
]

Modules = Annotated[
    list[str] | None,
    typer.Option("--module", "-m", metavar="MODULE", help="All tasks of this module; repeat for more."),
]


def command(
    entrypoints: Entrypoints = None,
    *,
    module: Modules = None,
    limit: Annotated[
        int, typer.Option("--limit", "-l", metavar="N", min=1, help="Execute so many runs at a time.")
    ] = 10,
) -> None:
    """Execute the queued runs of some tasks, until Ctrl-C or SIGTERM.

    The first signal lets the runs under way come to their end, the second ends them.
    """
    if not entrypoints and not module:
        raise UsageError(
            "no task is named", hint="pacc task serve file.py:function, or pacc task serve -m module"
        )
    from pacc.task_worker import TaskWorker  # start-up: help needs no worker

    tasks = [*_named(entrypoints or ()), *_in_modules(module or ())]
    try:
        worker = TaskWorker(*{id(task): task for task in tasks}.values(), limit=limit)
    except ValueError as problem:
        raise UsageError(str(problem).replace("'", '"')) from problem
    worker.start()


def _named(entrypoints: Iterable[str]) -> list[Any]:
    from pacc.engine.entrypoints import load_object  # start-up: as above

    found = []
    for entrypoint in entrypoints:
        place, _, name = entrypoint.rpartition(":")
        named = getattr(_loaded(place), name, None) if place.endswith(".py") else None
        named = load_object(entrypoint) if named is None else named
        if not _is_task(named):
            raise UsageError(
                f'"{entrypoint}" is no task but a {type(named).__name__}; decorate it with @task'
            )
        found.append(named)
    return found


def _in_modules(names: Iterable[str]) -> list[Any]:
    found: list[Any] = []
    for name in names:
        tasks = [value for value in vars(_loaded(name)).values() if _is_task(value)]
        if not tasks:
            raise UsageError(f'the module "{name}" has no tasks')
        found += tasks
    return found


@cache
def _loaded(name: str) -> Any:
    """Return a module by its name or its file, a file being loaded once however often it is named."""
    from pacc.engine.entrypoints import load_file, load_module  # start-up: as above

    return load_file(name) if name.endswith(".py") else load_module(name)


def _is_task(value: Any) -> bool:
    from pacc.tasks import Task  # start-up: as above

    return isinstance(value, Task)
