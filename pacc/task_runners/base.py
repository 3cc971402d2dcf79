"""What a task runner is, for those pacc brings and for your own."""

from __future__ import annotations

from abc import ABC, abstractmethod
from contextvars import copy_context
from typing import TYPE_CHECKING, Any, Generic, Self, TypeVar

from pacc.context import FlowRunContext
from pacc.engine.outcomes import crashed
from pacc.engine.submissions import Submissions
from pacc.engine.task_run import TaskCall
from pacc.engine.upstream import kept
from pacc.futures import PaccConcurrentFuture, PaccDistributedFuture, PaccFuture, PaccFutureList
from pacc.logging import get_logger
from pacc.task_runners.mapping import calls_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    from pacc._internal.steps import Effect

F = TypeVar("F", bound=PaccFuture[Any])


class TaskRunner(ABC, Generic[F]):
    """Executes what a flow submits. A flow run enters a duplicate of its flow's runner, and leaves it when all tasks are over.

    To write one, say how it is duplicated, and what becomes of a task submitted: `prepare` records the run and returns its future,
    `future.claim()` says that you are going to execute it (another thread, or the end of the flow, may have been faster), and
    `future.execute()` does so in the thread it is called in, and never raises what the task raised.

    >>> class Backwards(TaskRunner):
    ...     '''Executes everything when the flow run asks for an end, the last one first.'''
    ...     def duplicate(self):
    ...         return Backwards()
    ...     def submit(self, task, parameters, wait_for=None, dependencies=None):
    ...         future = self.prepare(task, parameters, wait_for)
    ...         ...  # keep it, and execute it some time
    ...         return future
    """

    def __init__(self) -> None:
        self.logger = get_logger(f"task_runner.{self.name}")
        self._entered = False

    @property
    def name(self) -> str:
        """The runner's name for people: its class without `TaskRunner`, in lower case."""
        return type(self).__name__.lower().replace("taskrunner", "")

    @abstractmethod
    def duplicate(self) -> Self:
        """Return a runner with the same options that was not entered: each flow run gets its own."""

    @abstractmethod
    def submit(
        self, task: Any, parameters: dict[str, Any], wait_for: Any = None, dependencies: Any = None
    ) -> F:
        """Have a task executed and return its future at once.

        Args:
            task: the task.
            parameters: all its arguments by name, defaults included; futures and states among them are resolved later.
            wait_for: futures or states that must have completed first.
            dependencies: taken for compatibility; where arguments came from is found out without it.

        Raises:
            RuntimeError: the runner was not entered.
        """

    def map(self, task: Any, parameters: dict[str, Any], wait_for: Any = None) -> PaccFutureList[Any]:
        """Submit a task once for each element of the iterables among its arguments.

        Args:
            task: the task.
            parameters: the arguments that were given, by name; `unmapped(...)` and text stay the same in every call.
            wait_for: futures or states that must have completed first.

        Raises:
            MappingLengthMismatch: the iterables differ in length. MappingMissingIterable: there is none.
        """
        wait_for = kept(wait_for)
        return PaccFutureList(
            [self.submit(task, call, wait_for) for call in calls_of(task.binder, parameters)]
        )

    def prepare(
        self,
        task: Any,
        parameters: dict[str, Any],
        wait_for: Any = None,
        *,
        body: Callable[[TaskCall, tuple[Any, ...], dict[str, Any]], Effect] | None = None,
    ) -> PaccConcurrentFuture[Any]:
        """Record a task run as `Pending` and return its future, for a runner to execute.

        Args:
            task: the task.
            parameters: all its arguments by name.
            wait_for: futures or states that must have completed first.
            body: makes the effect that calls the task's function, where that is not to happen in this process.

        Raises:
            RuntimeError: the runner was not entered.
        """
        if not self._entered:
            raise RuntimeError(
                f"the {type(self).__name__} is not running; submit inside a flow, or inside `with` the runner"
            )
        call = TaskCall(task, parameters, wait_for)
        call.gathers = True
        call.body = body
        context = call.flow_context
        submissions = context.submissions if context is not None else self._own_submissions()
        future: PaccConcurrentFuture[Any] = PaccConcurrentFuture(call, submissions, copy_context(), self)
        try:
            call.begin()
        except BaseException as interruption:
            future.call_off(crashed(interruption))  # whoever joins must not wait for it
            raise
        return future

    def _own_submissions(self) -> Submissions:
        """Outside flows nobody joins them but the runner itself."""
        own: Submissions | None = self.__dict__.get("_submissions")
        if own is None:
            own = self.__dict__.setdefault("_submissions", Submissions())
        return own

    def __enter__(self) -> Self:
        if self._entered:
            raise RuntimeError(f"the {type(self).__name__} is running already; enter a duplicate of it")
        self._entered = True
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._entered = False

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"


def deferred_map(task: Any, parameters: dict[str, Any], wait_for: Any = None) -> PaccFutureList[Any]:
    """Put a task into the queue of background tasks once for each element of the iterables among its arguments.

    Args:
        task: the task.
        parameters: the arguments that were given, by name.
        wait_for: futures or states that must have completed first.

    Raises:
        MappingLengthMismatch: the iterables differ in length. MappingMissingIterable: there is none.
        SerializationError: an argument cannot be pickled; nothing is queued.
    """
    from pacc.engine import background  # start-up: few flows have background tasks

    run_ids = background.enqueue(task, calls_of(task.binder, parameters), wait_for)
    return PaccFutureList([PaccDistributedFuture(run_id) for run_id in run_ids])


def in_a_flow() -> FlowRunContext:
    """Return the flow run whose code this is.

    Raises:
        RuntimeError: it is none.
    """
    context = FlowRunContext.get()
    if context is None:
        raise RuntimeError(
            "tasks are submitted inside flows, and there is no active flow run here; call the task itself instead"
        )
    return context
