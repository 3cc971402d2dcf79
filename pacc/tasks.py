"""`@task`: a function whose calls are recorded, named, retried, timed and explained."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, Literal, ParamSpec, TypeVar, overload

from pacc._internal.annotations import NotSet
from pacc._internal.functions import code_digest, description_of, is_async, is_generator, name_of, unwrapped
from pacc._internal.methods import Method
from pacc.engine.features.caching import checked_expiration, settled_policy, wants_keeping
from pacc.engine.features.hooks import TASK_OPTIONS, Hooked, checked
from pacc.engine.features.results import check_results
from pacc.engine.features.retries import RetryPolicy, exponential_backoff
from pacc.engine.features.run_names import check_template
from pacc.engine.parameters import Binder, check_names
from pacc.engine.sketches import Sketch
from pacc.settings import get_current_settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import timedelta
    from pathlib import Path

    from pacc.cache_policies import DEFAULT, NO_CACHE, CachePolicy, task_input_hash
    from pacc.filesystems import WritableFileSystem
    from pacc.futures import PaccDistributedFuture, PaccFuture, PaccFutureList
    from pacc.schemas.states import State
    from pacc.serializers import Serializer
P = ParamSpec("P")
R = TypeVar("R")

__all__ = ["DEFAULT", "NO_CACHE", "Task", "exponential_backoff", "task", "task_input_hash"]


class Task(Method, Hooked, Generic[P, R]):
    """A task: a function of either colour, and how its calls are to be treated. Made by `@task`.

    Args:
        fn: the function; generators and async functions are fine, and so are methods, class methods and static methods.
        name: the task's name; the function's by default.
        description: what it is for; the docstring by default.
        tags: given to every run of the task.
        version: a version of your own choosing.
        task_run_name: a template over the parameters (`"{city}-{day:%A}"`), or a function that returns the name.
        retries: how often a run is tried again after it failed.
        retry_delay_seconds: seconds before a retry: a number, a list (the last one repeats), or a function of `retries` that
            returns a list, such as `exponential_backoff(10)`, or of each retry's number, from one, that returns its delay.
        retry_jitter_factor: how far a delay may be stretched at random, as a share of it.
        retry_condition_fn: called with the task, its run and the failed state; the run is tried again where it returns true.
        timeout_seconds: seconds after which a run is interrupted and fails as `TimedOut`; none or zero means never.
        log_prints: whether prints become lines of log; by default as the flow has it.
        viz_return_value: stands for what the task returns while `Flow.visualize` draws a flow that calls it.
        on_completion, on_failure, on_running: functions called with the task, its run and the state it enters.
        cache_policy: which calls share one result; `INPUTS`, `TASK_SOURCE`, ... and sums of them.
        cache_key_fn: a function of the run's context and the arguments that names the result, instead of a policy.
        cache_expiration: how long a result is reused.
        refresh_cache: run although a result is there, and keep the new one.
        persist_result: keep what runs return; naming a policy, a storage, a serializer or a key implies it.
        result_storage: where to keep it: a path, a URL, a file system.
        result_storage_key: its name there, a template: `"{flow_run.name}-{parameters[city]}"`.
        result_serializer: how to keep it: `"pickle"`, `"json"`, `"compressed/json"` or one of your own.
        cache_result_in_memory: keep it in memory as well.
        on_commit, on_rollback: functions called with the transaction when what a run did is kept, or undone.
        asset_deps: the assets it reads, or their keys; what is made of its result was made of them. See `pacc.assets`.

    Raises:
        TypeError: an option has the wrong kind of value. ValueError: a number is out of range.
        ReservedArgumentError: the function declares `return_state` or `wait_for`.

    >>> @task(retries=2, retry_delay_seconds=[1, 2])
    ... def fetch(city: str) -> float:
    ...     return 10.4
    >>> fetch.name, fetch.retries
    ('fetch', 2)
    """

    may_be_none = frozenset(
        {
            "cache_policy",
            "log_prints",
            "persist_result",
            "refresh_cache",
            "result_serializer",
            "result_storage",
            "result_storage_key",
            "retries",
            "retry_delay_seconds",
            "retry_jitter_factor",
            "task_run_name",
        }
    )

    assets: tuple[Any, ...] = ()
    """The assets its runs make anew; `@materialize` makes tasks that have some."""
    materialized_by: str | None = None
    """The tool it makes them with."""

    def __init__(
        self,
        fn: Callable[P, R] | classmethod[Any, P, R] | staticmethod[P, R],
        name: str | None = None,
        description: str | None = None,
        tags: Iterable[str] | None = None,
        version: str | None = None,
        task_run_name: str | Callable[..., str] | None = None,
        retries: int | None = None,
        retry_delay_seconds: float | Sequence[float] | Callable[[int], float | Sequence[float]] | None = None,
        retry_jitter_factor: float | None = None,
        timeout_seconds: float | None = None,
        log_prints: bool | None = False,
        on_completion: Sequence[Callable[..., Any]] | None = None,
        on_failure: Sequence[Callable[..., Any]] | None = None,
        on_running: Sequence[Callable[..., Any]] | None = None,
        retry_condition_fn: Callable[..., Any] | None = None,
        cache_policy: CachePolicy | type[NotSet] | None = NotSet,
        cache_key_fn: Callable[[Any, dict[str, Any]], str | None] | None = None,
        cache_expiration: timedelta | None = None,
        refresh_cache: bool | None = None,
        persist_result: bool | None = None,
        result_storage: WritableFileSystem | str | Path | None = None,
        result_storage_key: str | None = None,
        result_serializer: Serializer | str | None = None,
        cache_result_in_memory: bool = True,
        on_commit: Sequence[Callable[..., Any]] | None = None,
        on_rollback: Sequence[Callable[..., Any]] | None = None,
        viz_return_value: Any = None,
        asset_deps: Sequence[Any] | None = None,
    ) -> None:
        if not callable(fn) and not isinstance(fn, classmethod | staticmethod):
            raise TypeError(f"`@task` decorates a function, and {fn!r} cannot be called")
        super().__init__(fn)
        self.fn = unwrapped(fn)
        self.name = name or name_of(self.fn)
        self.description = description or description_of(self.fn)
        self.isasync = is_async(self.fn)
        self.isgenerator = is_generator(self.fn)
        self.tags = frozenset(tags or ())
        self.version = version
        check_template(task_run_name, "task_run_name")
        self.task_run_name = task_run_name
        self.task_key = f"{name_of(self.fn)}-{code_digest(self.fn)}"
        self.timeout_seconds = float(timeout_seconds) if timeout_seconds else None
        self.log_prints = log_prints
        self.viz_return_value = viz_return_value
        self.asset_deps = _keys_of_assets(asset_deps) if asset_deps else ()
        """The keys of the assets it reads."""
        self._set_retries(retries, retry_delay_seconds, retry_jitter_factor, retry_condition_fn)
        given = (on_completion, on_failure, on_running, on_commit, on_rollback)
        self.hooks = {
            option: checked(hooks, option) for option, hooks in zip(TASK_OPTIONS, given, strict=True)
        }
        self.result_storage, self.result_serializer = check_results(
            result_storage, result_serializer, result_storage_key
        )
        self.result_storage_key = result_storage_key
        self.cache_result_in_memory = cache_result_in_memory
        self._set_caching(cache_policy, cache_key_fn, cache_expiration, refresh_cache, persist_result)
        self.binder = Binder(self.fn, self.name)
        check_names(self.binder.signature, self.name)

    def _set_caching(
        self, policy: Any, key_fn: Any, expiration: Any, refresh: bool | None, persist: bool | None
    ) -> None:
        self._policy = settled_policy(
            policy,
            key_fn,
            task_name=self.name,
            persist_result=persist,
            storage_key=self.result_storage_key,
        )
        self.cache_key_fn = key_fn
        self.cache_expiration = checked_expiration(expiration)
        self.refresh_cache = refresh
        self.persist_result = wants_keeping(
            policy, persist, key_fn, self.result_storage, self.result_serializer, self.result_storage_key
        )
        self.keeps = bool(self.persist_result or self.hooks["on_commit"] or self.hooks["on_rollback"])
        """Whether every run of the task has something to keep, cache or undo."""
        self._asked = {"cache_policy": policy, "persist_result": persist}

    def _set_retries(self, retries: int | None, delays: Any, jitter: float | None, condition: Any) -> None:
        if condition is not None and not callable(condition):
            raise TypeError(f"`retry_condition_fn` takes a function, and {condition!r} cannot be called")
        defaults = get_current_settings().tasks
        delays = defaults.default_retry_delay_seconds if delays is None else delays
        self.retry_policy = RetryPolicy(
            defaults.default_retries if retries is None else retries, delays, jitter, condition
        )
        self.retries = self.retry_policy.retries
        self.retry_delay_seconds = delays if isinstance(delays, int | float) else self.retry_policy.delays
        self.retry_jitter_factor = jitter
        self.retry_condition_fn = condition

    @overload
    def __call__(self, /, *args: P.args, **kwargs: P.kwargs) -> R: ...
    @overload
    def __call__(
        self, /, *args: Any, return_state: Literal[True], wait_for: Any = None, **kwargs: Any
    ) -> State[R]: ...
    @overload
    def __call__(
        self, /, *args: Any, wait_for: Any, return_state: Literal[False] = False, **kwargs: Any
    ) -> R: ...

    def __call__(self, /, *args: Any, **kwargs: Any) -> Any:
        """Run the task here and now and return what it returns.

        Two more keyword arguments are taken by pacc: `return_state=True` gives the final state instead and never raises for a
        failure; `wait_for=[...]` names states that must have completed first.

        Raises:
            ParameterBindError: the arguments do not fit. Otherwise whatever the function raises.
        """
        from pacc.engine import task_run  # start-up: a program that only declares tasks needs no engine

        return_state = bool(kwargs.pop("return_state", False))
        wait_for: Any = kwargs.pop("wait_for", None)
        parameters = self.binder.bind(self.bound_args(args), kwargs)
        sketch = Sketch.current()
        if sketch is not None:
            return sketch.answer(self, parameters, return_state=return_state, wait_for=wait_for)
        return task_run.run(self, parameters, return_state=return_state, wait_for=wait_for)

    @overload
    def submit(
        self, *args: Any, return_state: Literal[False] = False, wait_for: Any = None, **kwargs: Any
    ) -> PaccFuture[R]: ...
    @overload
    def submit(
        self, *args: Any, return_state: Literal[True], wait_for: Any = None, **kwargs: Any
    ) -> State[R]: ...

    def submit(self, *args: Any, return_state: bool = False, wait_for: Any = None, **kwargs: Any) -> Any:
        """Hand a call to the flow's task runner and return its future at once, whatever the colour of the task.

        Futures and states anywhere in the arguments are replaced by their results before the function is called; where one of their
        runs did not complete, this one is not run either and stays `NotReady`.

        Args:
            *args: the arguments of the call.
            **kwargs: those given by name.
            return_state: wait, and return the final state instead of a future.
            wait_for: futures or states that must have completed first.

        Raises:
            RuntimeError: no flow is running here. ParameterBindError: the arguments do not fit.

        >>> from pacc import flow
        >>> @flow
        ... def largest() -> int:
        ...     return max(future.result() for future in [fetch.submit(1), fetch.submit(2)])
        >>> largest()
        4
        """
        from pacc.task_runners.base import in_a_flow  # start-up: as above

        Sketch.refuse(self, "submitted")
        runner = in_a_flow().task_runner
        future = runner.submit(self, self.binder.bind(self.bound_args(args), kwargs), wait_for)
        if not return_state:
            return future
        future.wait()
        return future.state

    @overload
    def map(
        self,
        *args: Any,
        return_state: Literal[False] = False,
        wait_for: Any = None,
        deferred: bool = False,
        **kwargs: Any,
    ) -> PaccFutureList[R]: ...
    @overload
    def map(
        self,
        *args: Any,
        return_state: Literal[True],
        wait_for: Any = None,
        deferred: bool = False,
        **kwargs: Any,
    ) -> list[State[R]]: ...

    def map(
        self,
        *args: Any,
        return_state: bool = False,
        wait_for: Any = None,
        deferred: bool = False,
        **kwargs: Any,
    ) -> Any:
        """Submit the task once for each element of the iterables among the arguments and return the futures in that order.

        Text, bytes and what is marked `unmapped(...)` stay the same in every call; of a dictionary the keys are mapped over.

        Args:
            *args: the arguments, each a value or an iterable of values.
            **kwargs: those given by name.
            return_state: wait, and return the final states instead of futures.
            wait_for: futures or states that must have completed first.
            deferred: put the calls into the queue of background tasks, all at once, as `delay` does with one; no flow is needed.

        Raises:
            RuntimeError: no flow is running here. MappingLengthMismatch: the iterables differ in length.
            MappingMissingIterable: there is none. ParameterBindError: the arguments do not fit.

        >>> from pacc import flow
        >>> @flow
        ... def all_of_them() -> list[int]:
        ...     return fetch.map([1, 2, 3]).result()
        >>> all_of_them()
        [2, 4, 6]
        """
        from pacc.task_runners.base import deferred_map, in_a_flow  # start-up: as above

        Sketch.refuse(self, "mapped")
        given = self.binder.bind_given(self.bound_args(args), kwargs)
        if deferred:
            futures: Any = deferred_map(self, given, wait_for)
        else:
            futures = in_a_flow().task_runner.map(self, given, wait_for)
        if not return_state:
            return futures
        futures.wait()
        return [future.state for future in futures]

    def delay(self, *args: P.args, **kwargs: P.kwargs) -> PaccDistributedFuture[R]:
        """Put a call into the queue of background tasks, for a task worker to execute, and return its future.

        When this returns the call is in the store, and survives this process. A worker is started by `task.serve()`, or by
        `pacc task serve`. The result is kept, so that the future can be asked for it in any process.

        Raises:
            ParameterBindError: the arguments do not fit. SerializationError: one of them cannot be pickled.
            StoreError: the call could not be stored.

        >>> future = fetch.delay(21)
        >>> future.state.name
        'Scheduled'
        """
        return self.apply_async(args, kwargs)

    def apply_async(
        self,
        args: tuple[Any, ...] | None = None,
        kwargs: dict[str, Any] | None = None,
        wait_for: Iterable[Any] | None = None,
        dependencies: dict[str, set[Any]] | None = None,
    ) -> PaccDistributedFuture[R]:
        """`delay`, with the arguments as a tuple and a dictionary.

        Args:
            args: the arguments of the call.
            kwargs: those given by name.
            wait_for: futures or states that must have completed first; no worker takes the call before that.
            dependencies: more runs that arguments came from, by parameter: objects with an `input_type` and an `id`.

        Raises:
            ParameterBindError: the arguments do not fit. SerializationError: one of them cannot be pickled.
            StoreError: the call could not be stored.

        >>> first = fetch.delay(1)
        >>> second = fetch.apply_async((2,), wait_for=[first])
        """
        from pacc.engine import background  # start-up: as above
        from pacc.futures import PaccDistributedFuture  # start-up: as above

        Sketch.refuse(self, "delayed")
        parameters = self.binder.bind(self.bound_args(args or ()), kwargs or {})
        return PaccDistributedFuture(background.enqueue(self, [parameters], wait_for, dependencies)[0])

    def serve(
        self, limit: int | None = 10, status_server_port: int | None = None, timeout: float | None = None
    ) -> None:
        """Execute the queued calls of this task until Ctrl-C or SIGTERM; see `pacc.task_worker.serve`.

        Args:
            limit: how many at a time; `None` for no limit.
            status_server_port: answer `GET /status` on this port of the machine itself.
            timeout: seconds after which to stop by itself.

        >>> fetch.serve(timeout=0)
        """
        from pacc.task_worker import serve  # start-up: few programs serve tasks

        serve(self, limit=limit, status_server_port=status_server_port, timeout=timeout)

    async def aserve(self) -> None:
        """`serve`, for code in an event loop that has other things to do; a cancellation stops it."""
        from pacc.task_worker import aserve  # start-up: as above

        await aserve(self)

    def with_options(self, **changes: Any) -> Task[P, R]:
        """Return a copy of the task with some options changed; tags replace the old ones.

        Raises:
            TypeError: there is no such option.

        >>> patient = fetch.with_options(retries=10)
        """
        options = {
            "name": self.name,
            "description": self.description,
            "tags": self.tags,
            "version": self.version,
            "task_run_name": self.task_run_name,
            "retries": self.retries,
            "retry_delay_seconds": self.retry_delay_seconds,
            "retry_jitter_factor": self.retry_jitter_factor,
            "retry_condition_fn": self.retry_condition_fn,
            "viz_return_value": self.viz_return_value,
            "asset_deps": self.asset_deps,
            "timeout_seconds": self.timeout_seconds,
            "log_prints": self.log_prints,
            "cache_key_fn": self.cache_key_fn,
            "cache_expiration": self.cache_expiration,
            "refresh_cache": self.refresh_cache,
            "result_storage": self.result_storage,
            "result_storage_key": self.result_storage_key,
            "result_serializer": self.result_serializer,
            "cache_result_in_memory": self.cache_result_in_memory,
            **self._asked,
            **{option: list(hooks) for option, hooks in self.hooks.items()},
        }
        return self.copied(options, changes)

    @property
    def cache_policy(self) -> CachePolicy | None:
        """Which calls share one result."""
        if self._policy is NotSet:
            from pacc.cache_policies import DEFAULT  # start-up: asked for by the runs that keep something

            self._policy = DEFAULT
        return self._policy  # type: ignore[return-value]

    @property
    def on_commit_hooks(self) -> list[Callable[..., Any]]:
        """The functions called when the transaction of a run commits."""
        return self.hooks["on_commit"]

    @property
    def on_rollback_hooks(self) -> list[Callable[..., Any]]:
        """The functions called when the transaction of a run is undone."""
        return self.hooks["on_rollback"]

    def on_commit(self, fn: Callable[..., Any]) -> Callable[..., Any]:
        """Decorate a function to be called with the transaction when it commits what a run of this task did."""
        self.keeps = True
        return self.add_hook("on_commit", fn)

    def on_rollback(self, fn: Callable[..., Any]) -> Callable[..., Any]:
        """Decorate a function that undoes what a run of this task did; it is called with the transaction.

        >>> @fetch.on_rollback
        ... def forget(transaction):
        ...     print("never mind", transaction.get("city"))
        """
        self.keeps = True
        return self.add_hook("on_rollback", fn)

    def __repr__(self) -> str:
        return f"<Task {self.name!r}>"


def _keys_of_assets(assets: Sequence[Any]) -> tuple[str, ...]:
    from pacc.schemas.assets import checked_asset_key  # start-up: few tasks name any

    return tuple(checked_asset_key(getattr(each, "key", each)) for each in assets)


@overload
def task(fn: Callable[P, R], /) -> Task[P, R]: ...
@overload
def task(
    fn: None = None,
    /,
    *,
    name: str | None = None,
    description: str | None = None,
    tags: Iterable[str] | None = None,
    version: str | None = None,
    task_run_name: str | Callable[..., str] | None = None,
    retries: int | None = None,
    retry_delay_seconds: float | Sequence[float] | Callable[[int], float | Sequence[float]] | None = None,
    retry_jitter_factor: float | None = None,
    timeout_seconds: float | None = None,
    log_prints: bool | None = None,
    on_completion: Sequence[Callable[..., Any]] | None = None,
    on_failure: Sequence[Callable[..., Any]] | None = None,
    on_running: Sequence[Callable[..., Any]] | None = None,
    retry_condition_fn: Callable[..., Any] | None = None,
    cache_policy: CachePolicy | type[NotSet] | None = NotSet,
    cache_key_fn: Callable[[Any, dict[str, Any]], str | None] | None = None,
    cache_expiration: timedelta | None = None,
    refresh_cache: bool | None = None,
    persist_result: bool | None = None,
    result_storage: WritableFileSystem | str | Path | None = None,
    result_storage_key: str | None = None,
    result_serializer: Serializer | str | None = None,
    cache_result_in_memory: bool = True,
    on_commit: Sequence[Callable[..., Any]] | None = None,
    on_rollback: Sequence[Callable[..., Any]] | None = None,
    viz_return_value: Any = None,
    asset_deps: Sequence[Any] | None = None,
) -> Callable[[Callable[P, R]], Task[P, R]]: ...


def task(
    fn: Callable[P, R] | None = None, /, **options: Any
) -> Task[P, R] | Callable[[Callable[P, R]], Task[P, R]]:
    """Make a function a task; see `Task` for the options.

    >>> @task
    ... def double(number: int) -> int:
    ...     return 2 * number
    >>> double(21)
    42
    """
    if fn is None:
        return lambda fn: task(fn, **options)
    return Task(fn, **{"log_prints": None, **options})


def __getattr__(name: str) -> Any:
    """Offer the names Prefect has here too; they are loaded when they are first asked for."""
    if name not in ("DEFAULT", "NO_CACHE", "task_input_hash"):
        raise AttributeError(f"module 'pacc.tasks' has no attribute {name!r}")
    from pacc import cache_policies  # start-up

    return getattr(cache_policies, name)
