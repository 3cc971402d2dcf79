"""Runs of both colours, and what the store says of them afterwards."""

from __future__ import annotations

import asyncio
import functools
import inspect

import pytest

from pacc import flow, task
from pacc.services import flow_runs, task_runs
from pacc.store import open_store


class Recorded:
    """What the store says happened."""

    def __init__(self, home):
        self.store = open_store(home)

    def flow_runs(self):
        """Every flow run, the oldest first."""
        return sorted(flow_runs.select(self.store), key=lambda run: str(run.id))

    def flow_run(self):
        """The only flow run."""
        [run] = self.flow_runs()
        return run

    def task_runs(self, name=""):
        """The task runs whose names begin so, the oldest first."""
        found = [run for run in task_runs.select(self.store) if run.name.startswith(name)]
        return sorted(found, key=lambda run: str(run.id))

    def task_run(self, name=""):
        """The only task run whose name begins so."""
        [run] = self.task_runs(name)
        return run

    def states(self, run):
        """Every state of a run, the first one first."""
        noun = task_runs if hasattr(run, "task_key") else flow_runs
        return noun.states(self.store, run.id)

    def history(self, run):
        """The names of a run's states."""
        return [state.name for state in self.states(run)]


@pytest.fixture
def recorded(pacc_home):
    return Recorded(pacc_home)


class Colour:
    """Makes flows and tasks of one colour out of plain functions, and calls them."""

    def __init__(self, name):
        self.is_async = name == "async"

    def coloured(self, body):
        """The function itself, or an async one that does the same."""
        if not self.is_async or inspect.iscoroutinefunction(body):
            return body

        @functools.wraps(body)
        async def twin(*args, **kwargs):
            answer = body(*args, **kwargs)
            return await answer if inspect.isawaitable(answer) else answer

        return twin

    def flow(self, body=None, **options):
        return flow(**options)(self.coloured(body)) if body else functools.partial(self.flow, **options)

    def task(self, body=None, **options):
        return task(**options)(self.coloured(body)) if body else functools.partial(self.task, **options)

    def call(self, runnable, /, *args, **kwargs):
        """Call it and wait for the answer."""
        answer = runnable(*args, **kwargs)
        return asyncio.run(_awaited(answer)) if inspect.isawaitable(answer) else answer


async def _awaited(promised):
    return await promised


@pytest.fixture(params=["sync", "async"])
def colour(request):
    """The same promise, kept for functions of both colours."""
    return Colour(request.param)
