"""What happened, as a test asks for it: the runs in the store, the oldest first, and the states they went through."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from pacc.schemas.flow_runs import FlowRun
from pacc.schemas.task_runs import TaskRun
from pacc.services import flow_runs, task_runs
from pacc.store import open_store

if TYPE_CHECKING:
    from pathlib import Path

    from pacc.schemas.states import State
    from pacc.store import Store

__all__ = ["Recorded"]

Run = TypeVar("Run", FlowRun, TaskRun)


class Recorded:
    """What the store of a home says happened.

    Args:
        home: where the store is; it is opened when first asked.

    Example:
        >>> from pacc.testing.utilities import pacc_test_harness
        >>> with pacc_test_harness() as recorded:
        ...     greet("Ada")
        ...     recorded.history(recorded.flow_run())
        'Hello, Ada'
        ['Pending', 'Running', 'Completed']
    """

    def __init__(self, home: Path) -> None:
        self.home = home

    @property
    def store(self) -> Store:
        """The store itself, for what is not offered here."""
        return open_store(self.home)

    def flow_runs(self) -> list[FlowRun]:
        """Return every flow run, the oldest first."""
        return sorted(flow_runs.select(self.store), key=lambda run: run.id)

    def flow_run(self) -> FlowRun:
        """Return the only flow run that no other one called.

        Raises:
            LookupError: there is none, or there are several.
        """
        return _only([run for run in self.flow_runs() if run.parent_flow_run_id is None], "flow run")

    def task_runs(self, task_name: str = "") -> list[TaskRun]:
        """Return the task runs of a task, of all tasks by default, the oldest first.

        Args:
            task_name: the beginning of their names; a task run is called like its task, or `<task>-<three digits>`.
        """
        found = [run for run in task_runs.select(self.store) if run.name.startswith(task_name)]
        return sorted(found, key=lambda run: run.id)

    def task_run(self, task_name: str = "") -> TaskRun:
        """Return the only task run of a task.

        Raises:
            LookupError: there is none, or there are several.
        """
        return _only(self.task_runs(task_name), "task run")

    def states(self, run: FlowRun | TaskRun) -> list[State[Any]]:
        """Return every state a run went through, the first one first."""
        if isinstance(run, TaskRun):
            return task_runs.states(self.store, run.id)
        return flow_runs.states(self.store, run.id)

    def history(self, run: FlowRun | TaskRun) -> list[str]:
        """Return the names of the states a run went through."""
        return [state.name for state in self.states(run)]


def _only(found: list[Run], noun: str) -> Run:
    if len(found) != 1:
        names = ", ".join(repr(run.name) for run in found[:5])
        raise LookupError(
            f"there is not one {noun} but {len(found)}{': ' * bool(names)}{names}"
            if found
            else f"there is no {noun}"
        )
    return found[0]
