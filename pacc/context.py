"""Which run am I in: context variables that the engine sets around each call of user code."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from itertools import count
from typing import TYPE_CHECKING, Any, ClassVar, ParamSpec, Self, TypeVar

from pacc._internal import clock
from pacc._internal.steps import adrive, awaitable, drive
from pacc.exceptions import MissingContextError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Generator, Iterator
    from datetime import datetime
    from pathlib import Path

    from pacc._internal.steps import Steps
    from pacc.schemas.flow_runs import FlowRun
    from pacc.schemas.task_runs import TaskRun

P = ParamSpec("P")
R = TypeVar("R")

_LONGEST_KEY = 250

__all__ = [
    "FlowRunContext",
    "TagsContext",
    "TaskRunContext",
    "TransactionContext",
    "either_colour",
    "either_driver",
    "get_run_context",
    "in_async_code",
    "tags",
    "with_context",
]


class RunContext:
    """What both kinds of run offer to the code that runs in them.

    `run` is the run as its own process keeps it: text ids, the present state, the counts. `flow_run` and `task_run` are
    records made from it when asked for.
    """

    __slots__ = ("_token", "log_prints", "logger", "parameters", "place", "run", "run_log")

    variable: ClassVar[ContextVar[Any]]

    def __init__(self, run: Any, parameters: dict[str, Any], *, log_prints: bool, run_log: Any) -> None:
        self.run = run
        self.parameters = parameters
        self.log_prints = log_prints
        self.run_log = run_log
        self.logger: Any = None
        """The run's logger, made when first asked for."""
        self.place: tuple[str, int] | None = None
        """By what a retry recognises the call, `None` where it need not: its key, and how often it came before."""

    @classmethod
    def get(cls) -> Self | None:
        """Return the active context of this kind, `None` outside such a run."""
        return cls.variable.get(None)  # type: ignore[no-any-return]

    @property
    def start_time(self) -> datetime:
        """When the run's code first started, the present moment before that."""
        return clock.to_datetime(self.run.start_time or clock.now())

    def __enter__(self) -> Self:
        self._token = type(self).variable.set(self)
        return self

    def __exit__(self, *_: object) -> None:
        type(self).variable.reset(self._token)


class FlowRunContext(RunContext):
    """The flow run whose code is being executed."""

    __slots__ = (
        "_results",
        "assets",
        "calls",
        "checkpoints",
        "children",
        "flow",
        "home",
        "open_results",
        "parent",
        "pause_gate",
        "pauses",
        "persist_result",
        "persists_tasks",
        "store",
        "submissions",
        "upstream",
    )

    variable: ClassVar[ContextVar[FlowRunContext]] = ContextVar("pacc_flow_run")

    def __init__(
        self,
        run: Any,
        parameters: dict[str, Any],
        *,
        flow: Any,
        store: Any,
        home: Path,
        upstream: Any,
        submissions: Any = None,
        parent: FlowRunContext | None = None,
        log_prints: bool = False,
        run_log: Any = None,
    ) -> None:
        super().__init__(run, parameters, log_prints=log_prints, run_log=run_log)
        self.flow = flow
        self.store = store
        self.home = home
        self.upstream = upstream
        """Finds the run a value came from, by the value's identity."""
        self.parent = parent
        self.submissions = submissions
        """What the run handed to its task runner."""
        self.assets: dict[str, tuple[str, ...]] = {}
        """The keys of the assets behind the results of its task runs, by the runs' ids."""
        self.children: dict[str, Iterator[int]] = {}
        """Counts how often each flow was called from this run; numbers the task runs that stand for them."""
        self.calls: dict[str, Iterator[int]] = {}
        """Counts the calls of each task and flow, for a retry to recognise them."""
        self.checkpoints: Any = None
        """What is kept of what the run called, for a retry; `None` where nothing is."""
        self.pauses = 0
        """How often the run's code has paused it, this time it is executed."""
        self.pause_gate: Any = None
        """Where tasks wait while someone else has paused the flow run that no other one called."""
        self.persist_result = False
        """Whether the run's result is kept."""
        self.persists_tasks = False
        """Whether the results of its tasks are kept that don't say themselves."""
        self.open_results: Callable[[FlowRunContext], Any] | None = None
        """Makes the place the run's results are kept in; the engine knows how."""
        self._results: Any = None

    @property
    def result_store(self) -> Any:
        """Where the results of the run and its tasks are kept."""
        if self._results is None and self.open_results is not None:
            self._results = self.open_results(self)
        return self._results

    @property
    def task_runner(self) -> Any:
        """The run's own task runner; it is entered when the first task is submitted, or asked for here."""
        return self.submissions.entered_runner(self.flow)

    @property
    def flow_run(self) -> FlowRun:
        """The run's record at this moment."""
        return self.run.record()  # type: ignore[no-any-return]

    def placed(self, key: str, around: TaskRunContext | None) -> tuple[str, int]:
        """Return by what a retry recognises a call, and count it.

        Args:
            key: the key of the task or flow.
            around: the task run of this flow run whose code makes the call.
        """
        outer = self.place if around is None or around.place is None else around.place
        if outer is not None:
            key = f"{outer[0]}:{outer[1]}/{key}"
            if len(key) > _LONGEST_KEY:
                from pacc._internal.functions import hashed  # start-up: few calls are that deep

                key = f"{hashed(key)}/{key.rpartition('/')[2]}"
        try:
            return key, next(self.calls[key])
        except KeyError:
            return key, next(self.calls.setdefault(key, count()))

    def number_child(self, flow_name: str) -> int:
        """Return how often the flow was called from this run before, and count this call."""
        return next(self.children.setdefault(flow_name, count()))


class TaskRunContext(RunContext):
    """The task run whose code is being executed."""

    __slots__ = ("asset_metadata", "flow_context", "keeping", "task", "transaction")

    variable: ClassVar[ContextVar[TaskRunContext]] = ContextVar("pacc_task_run")

    def __init__(
        self,
        run: Any,
        parameters: dict[str, Any],
        *,
        task: Any,
        flow_context: FlowRunContext | None,
        log_prints: bool = False,
        run_log: Any = None,
    ) -> None:
        super().__init__(run, parameters, log_prints=log_prints, run_log=run_log)
        self.task = task
        self.flow_context = flow_context
        """The flow run the task was called in."""
        self.keeping: Any = None
        """What is kept of the run, `None` for one of which nothing is."""
        self.transaction: Any = None
        """The transaction the present attempt is, `None` where nobody needs it."""
        self.asset_metadata: dict[str, dict[str, Any]] | None = None
        """What the run tells of the assets it makes, by their keys."""

    @property
    def persist_result(self) -> bool:
        """Whether the run's result is kept."""
        return self.keeping is not None and bool(self.keeping.persist)

    @property
    def result_store(self) -> Any:
        """Where the run's result is kept."""
        if self.keeping is not None:
            return self.keeping.results
        return None if self.flow_context is None else self.flow_context.result_store

    @property
    def task_run(self) -> TaskRun:
        """The run's record at this moment."""
        return self.run.record()  # type: ignore[no-any-return]


class TransactionContext:
    """The innermost `with transaction()` block; see `pacc.transactions.get_transaction`."""

    variable: ClassVar[ContextVar[Any]] = ContextVar("pacc_transaction", default=None)


class TagsContext:
    """Tags given to every run made inside a `with tags(...)` block."""

    variable: ClassVar[ContextVar[frozenset[str]]] = ContextVar("pacc_tags", default=frozenset())

    @classmethod
    def get(cls) -> frozenset[str]:
        """Return the tags in force here."""
        return cls.variable.get()


@contextmanager
def tags(*new_tags: str) -> Generator[set[str], None, None]:
    """Add tags to the flow and task runs made in this block; blocks nest.

    Args:
        new_tags: the tags to add.

    Yields:
        All tags in force inside.

    >>> with tags("a"), tags("b") as inside:
    ...     sorted(inside)
    ['a', 'b']
    """
    inside = TagsContext.get() | frozenset(new_tags)
    token = TagsContext.variable.set(inside)
    try:
        yield set(inside)
    finally:
        TagsContext.variable.reset(token)


def with_context(fn: Callable[P, R]) -> Callable[P, R]:
    """Return a function that runs in the flow run, task run and tags that are active now, from whichever thread it is called.

    A thread of one's own starts outside every run: `pool.submit(with_context(step), 3)` keeps what it does in this one.

    Args:
        fn: a plain or async function.

    >>> with tags("a"):
    ...     labelled = with_context(TagsContext.get)
    >>> labelled()
    frozenset({'a'})
    """
    from inspect import iscoroutinefunction  # start-up

    variables = (
        FlowRunContext.variable,
        TaskRunContext.variable,
        TagsContext.variable,
        TransactionContext.variable,
    )
    captured: list[tuple[ContextVar[Any], Any]] = [
        (variable, value) for variable in variables if (value := variable.get(None)) is not None
    ]

    @contextmanager
    def active() -> Generator[None, None, None]:
        tokens = [(variable, variable.set(value)) for variable, value in captured]
        try:
            yield
        finally:
            for variable, token in reversed(tokens):
                variable.reset(token)

    if iscoroutinefunction(fn):

        async def later(*args: Any, **kwargs: Any) -> Any:
            with active():
                return await fn(*args, **kwargs)

        return wraps(fn)(later)  # type: ignore[return-value]

    @wraps(fn)
    def inside(*args: P.args, **kwargs: P.kwargs) -> R:
        with active():
            return fn(*args, **kwargs)

    return inside


def get_run_context() -> FlowRunContext | TaskRunContext:
    """Return the context of the innermost run.

    Raises:
        MissingContextError: no run is active here.
    """
    context = innermost()
    if context is None:
        raise MissingContextError(
            "there is no active flow or task run here; call this from inside a flow or a task"
        )
    return context


def innermost() -> FlowRunContext | TaskRunContext | None:
    """Return the context of the innermost run, `None` outside runs.

    A nested flow called from a task is inside that task; a task is inside the flow whose context it was given.
    """
    task_context = TaskRunContext.get()
    flow_context = FlowRunContext.get()
    if task_context is None or (flow_context is not None and flow_context is not task_context.flow_context):
        return flow_context
    return task_context


def in_async_code() -> bool:
    """Say whether whoever asks can await: an event loop runs here, and the innermost run, if any, is a coroutine.

    A plain flow called from a coroutine is not async code, though a loop runs below it.

    >>> in_async_code()
    False
    """
    asyncio = sys.modules.get("asyncio")
    if asyncio is None:
        return False
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    run = innermost()
    return run is None or bool((run.task if isinstance(run, TaskRunContext) else run.flow).isasync)


def either_colour(
    sync: Callable[P, R], derive: Callable[[Callable[..., R]], Callable[..., Awaitable[R]]] = awaitable
) -> Callable[P, Any]:
    """Give a function one name for both colours: it returns its value, and in async code something to await.

    Args:
        sync: the function; its body is the truth. `name.aio` is its async form by name.
        derive: makes the async form of it: `in_a_thread` for one that waits for more than the store.

    >>> @either_colour
    ... def answer() -> int:
    ...     return 42
    >>> answer()
    42
    """
    derived = derive(sync)

    @wraps(sync)
    def either(*args: P.args, **kwargs: P.kwargs) -> Any:
        return derived(*args, **kwargs) if in_async_code() else sync(*args, **kwargs)

    either.aio = derived  # type: ignore[attr-defined]
    return either


def either_driver(steps: Callable[P, Steps[R]]) -> Callable[P, Any]:
    """Give a function that waits one name for both colours: it blocks, and in async code it is something to await.

    Args:
        steps: the function as a generator of effects. `name.aio` is its async form by name.
    """

    @wraps(steps)
    async def derived(*args: P.args, **kwargs: P.kwargs) -> R:
        return await adrive(steps(*args, **kwargs))

    @wraps(steps)
    def either(*args: P.args, **kwargs: P.kwargs) -> Any:
        return derived(*args, **kwargs) if in_async_code() else drive(steps(*args, **kwargs))

    either.aio = derived  # type: ignore[attr-defined]
    return either


def __getattr__(name: str) -> Any:
    """Return what Prefect keeps here too: `use_profile`."""
    if name == "use_profile":
        from pacc.settings import use_profile  # start-up

        return use_profile
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
