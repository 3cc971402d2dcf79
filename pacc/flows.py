"""`@flow`: a function whose runs are recorded, named, validated, retried, timed and explained."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, Literal, ParamSpec, TypeVar, overload

from pacc._internal.functions import (
    code_digest,
    description_of,
    file_digest,
    is_async,
    is_generator,
    name_of,
    unwrapped,
)
from pacc._internal.methods import Method
from pacc._internal.steps import awaitable
from pacc.engine.features.hooks import FLOW_OPTIONS, Hooked, checked
from pacc.engine.features.results import check_results
from pacc.engine.features.retries import RetryPolicy
from pacc.engine.features.run_names import check_template
from pacc.engine.parameters import Binder, Validator, check_names, stored
from pacc.engine.sketches import Sketch, sketch
from pacc.schemas.flows import BANNED_CHARACTERS, checked_name
from pacc.settings import get_current_settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path
    from typing import Unpack
    from uuid import UUID

    from pacc.deployments.runner import DeploymentOptions, RunnerDeployment
    from pacc.docker import DockerImage
    from pacc.filesystems import WritableFileSystem
    from pacc.runner.storage import RunnerStorage
    from pacc.schemas.deployments import ConcurrencyLimitConfig
    from pacc.schemas.states import State
    from pacc.serializers import Serializer
    from pacc.task_runners.base import TaskRunner
    from pacc.types.entrypoint import EntrypointType

P = ParamSpec("P")
R = TypeVar("R")

__all__ = [
    "BANNED_CHARACTERS",
    "Flow",
    "aserve",
    "flow",
    "load_flow_from_entrypoint",
    "load_function_and_convert_to_flow",
    "select_flow",
    "serve",
]


class Flow(Method, Hooked, Generic[P, R]):
    """A flow: a function of either colour, and how its runs are to be treated. Made by `@flow`.

    Args:
        fn: the function; generators and async functions are fine, and so are methods, class methods and static methods.
        name: the flow's name; the function's with hyphens by default.
        version: a version of your own choosing; a digest of the source file by default.
        flow_run_name: a template over the parameters (`"{city}-{day:%A}"`), or a function that returns the name.
        retries: how often a run is tried again, as a whole, after it failed.
        retry_delay_seconds: seconds before each retry.
        description: what it is for; the docstring by default.
        timeout_seconds: seconds after which a run is interrupted and fails as `TimedOut`; none or zero means never.
        validate_parameters: check and coerce the arguments by the function's type hints.
        log_prints: whether prints become lines of log.
        persist_result: keep what runs return, and what their tasks return that don't say; naming a storage or a serializer
            implies it.
        result_storage: where to keep it: a path, a URL, a file system; for the tasks too.
        result_serializer: how to keep it: `"pickle"`, `"json"`, `"compressed/json"` or one of your own; for the tasks too.
        cache_result_in_memory: keep it in memory as well.
        task_runner: executes the tasks the flow submits, an instance or a class; a `ThreadPoolTaskRunner` by default.
        on_completion, on_failure, on_cancellation, on_crashed, on_running: functions called with the flow, its run and the
            state it enters.
        schedule: when its deployments run by themselves unless they say so, as older programs write it: a cron expression, or a
            schedule of `pacc.schedules`. A flow that is only called knows no schedule.

    Raises:
        InvalidNameError: the name holds one of `/ % & > <`.
        TypeError: an option has the wrong kind of value. ValueError: a number is out of range.
        ReservedArgumentError: the function declares `return_state` or `wait_for`.

    >>> @flow(log_prints=True)
    ... def greet(name: str = "Marvin"):
    ...     print("hello", name)
    >>> greet.name
    'greet'
    """

    may_be_none = frozenset({"log_prints", "persist_result", "result_storage", "result_serializer"})

    def __init__(
        self,
        fn: Callable[P, R] | classmethod[Any, P, R] | staticmethod[P, R],
        name: str | None = None,
        version: str | None = None,
        flow_run_name: str | Callable[..., str] | None = None,
        retries: int | None = None,
        retry_delay_seconds: float | None = None,
        description: str | None = None,
        timeout_seconds: float | None = None,
        validate_parameters: bool = True,
        log_prints: bool | None = None,
        on_completion: Sequence[Callable[..., Any]] | None = None,
        on_failure: Sequence[Callable[..., Any]] | None = None,
        on_cancellation: Sequence[Callable[..., Any]] | None = None,
        on_crashed: Sequence[Callable[..., Any]] | None = None,
        on_running: Sequence[Callable[..., Any]] | None = None,
        task_runner: TaskRunner[Any] | type[TaskRunner[Any]] | None = None,
        persist_result: bool | None = None,
        result_storage: WritableFileSystem | str | Path | None = None,
        result_serializer: Serializer | str | None = None,
        cache_result_in_memory: bool = True,
        schedule: Any = None,
    ) -> None:
        if not callable(fn) and not isinstance(fn, classmethod | staticmethod):
            raise TypeError(f"`@flow` decorates a function, and {fn!r} cannot be called")
        super().__init__(fn)
        self.fn = unwrapped(fn)
        self.name = checked_name(name or _name_for(self.fn))
        self.description = description or description_of(self.fn)
        self.isasync = is_async(self.fn)
        self.isgenerator = is_generator(self.fn)
        self.version = version or file_digest(self.fn)
        check_template(flow_run_name, "flow_run_name")
        self.flow_run_name = flow_run_name
        self.timeout_seconds = float(timeout_seconds) if timeout_seconds else None
        self.should_validate_parameters = validate_parameters
        self.log_prints = log_prints
        self._task_runner: TaskRunner[Any] | None = _checked_runner(task_runner)
        self.result_storage, self.result_serializer = check_results(result_storage, result_serializer)
        self.cache_result_in_memory = cache_result_in_memory
        named = self.result_storage is not None or self.result_serializer is not None
        self.persist_result = True if persist_result is None and named else persist_result
        defaults = get_current_settings().flows
        self.retry_policy = RetryPolicy(
            defaults.default_retries if retries is None else retries,
            defaults.default_retry_delay_seconds if retry_delay_seconds is None else retry_delay_seconds,
        )
        self.retries = self.retry_policy.retries
        self.retry_delay_seconds = self.retry_policy.delays[0] if self.retry_policy.delays else 0
        given = (on_completion, on_failure, on_cancellation, on_crashed, on_running)
        self.hooks = {
            option: checked(hooks, option) for option, hooks in zip(FLOW_OPTIONS, given, strict=True)
        }
        self.binder = Binder(self.fn, self.name)
        check_names(self.binder.signature, self.name)
        self.validator = Validator(self.fn, self.binder.signature)
        self.schedule = _checked_schedule(schedule)
        self.storage: RunnerStorage | None = None
        """Where the flow's code is fetched from, where it was loaded by `from_source`."""
        self.entrypoint: str | None = None
        """Where the flow is found there."""

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
        """Run the flow here and now and return what it returns.

        Two more keyword arguments are taken by pacc: `return_state=True` gives the final state instead and never raises for a
        failure; `wait_for=[...]` names states that must have completed first.

        Raises:
            ParameterBindError: the arguments do not fit; no run is made.
            ParameterTypeError: an argument does not fit its type hint; the run has failed.
            StoreError: the run cannot be recorded. Otherwise whatever the function raises.
        """
        from pacc.engine import (  # start-up: a program that only declares flows needs no engine
            flow_run,
            place,
        )
        from pacc.loops.housekeeper import housekeeper

        return_state = bool(kwargs.pop("return_state", False))
        wait_for: Any = kwargs.pop("wait_for", None)
        parameters = self.binder.bind(self.bound_args(args), kwargs)
        sketched = Sketch.current()
        if sketched is not None:
            return sketched.answer(self, parameters, return_state=return_state, wait_for=wait_for)
        if place.loading:
            place.stop_loading(self.name)
        housekeeper.wanted(place.current().store)
        return flow_run.run(self, parameters, return_state=return_state, wait_for=wait_for)

    def validate_parameters(self, parameters: dict[str, Any]) -> dict[str, Any]:
        """Return parameters checked and coerced by the function's type hints.

        Args:
            parameters: arguments by name; defaults are filled in.

        Raises:
            ParameterBindError: a name is missing or unknown.
            ParameterTypeError: a value does not fit its hint.

        >>> greet.validate_parameters({"name": "Ada"})
        {'name': 'Ada'}
        """
        return self.validator.validated(self.binder.bind((), parameters))

    def serialize_parameters(self, parameters: dict[str, Any]) -> dict[str, Any]:
        """Return parameters as JSON can say them; what it cannot becomes `<TypeName>`.

        >>> greet.serialize_parameters({"name": object()})
        {'name': '<object>'}
        """
        import json  # start-up

        return dict(json.loads(stored(parameters)))

    @property
    def code_key(self) -> str:
        """The function's name and a digest of its code: what a retry recognises a nested flow by."""
        key: str | None = self.__dict__.get("_code_key")
        if key is None:
            key = self.__dict__["_code_key"] = f"{name_of(self.fn)}-{code_digest(self.fn)}"
        return key

    @property
    def task_runner(self) -> TaskRunner[Any]:
        """What executes the tasks the flow submits; each run enters a duplicate of it."""
        if self._task_runner is None:
            from pacc.task_runners.threads import ThreadPoolTaskRunner  # start-up: most flows submit nothing

            self._task_runner = ThreadPoolTaskRunner()
        return self._task_runner

    def visualize(self, *args: P.args, **kwargs: P.kwargs) -> Path | None:
        """Draw which tasks the flow would call and which gets the results of which, without running any of them.

        The flow's own code is executed, with stand-ins for what its tasks would return; a task whose result the flow looks into
        says what to look at: `@task(viz_return_value=...)`. Nested flows count as one call. Tasks that are submitted or mapped,
        or called in threads of the flow's own, cannot be drawn.

        Args:
            *args: the arguments of the flow.
            **kwargs: those given by name.

        Returns:
            The image `<flow name>.png` in the current folder, where Graphviz's program `dot` is installed; otherwise `None`, and
            a tree is printed.

        Raises:
            ParameterBindError: the arguments do not fit.
            FlowVisualizationError: the flow's own code raised an error on the way.

        >>> greet.visualize("Ada")  # doctest: +SKIP
        greet
        """
        from pacc.engine import pictures  # start-up: most flows are never drawn

        return pictures.show(self.name, self._sketched(args, kwargs))

    def generate_mermaid_graph(self, *args: P.args, **kwargs: P.kwargs) -> str:
        r"""Return what `visualize` would draw as text in the language of Mermaid.

        Raises:
            ParameterBindError: the arguments do not fit.
            FlowVisualizationError: the flow's own code raised an error on the way.

        >>> greet.generate_mermaid_graph("Ada")
        'flowchart LR\n'
        """
        from pacc.engine import pictures  # start-up: as above

        return pictures.mermaid(self._sketched(args, kwargs))

    avisualize = awaitable(visualize)
    agenerate_mermaid_graph = awaitable(generate_mermaid_graph)

    def _sketched(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Sketch:
        return sketch(self, self.binder.bind(self.bound_args(args), kwargs))

    def with_options(self, **changes: Any) -> Flow[P, R]:
        """Return a copy of the flow with some options changed.

        Raises:
            TypeError: there is no such option.

        >>> patient = greet.with_options(retries=3, timeout_seconds=60)
        """
        options = {
            "name": self.name,
            "version": self.version,
            "flow_run_name": self.flow_run_name,
            "retries": self.retries,
            "retry_delay_seconds": self.retry_delay_seconds,
            "description": self.description,
            "timeout_seconds": self.timeout_seconds,
            "validate_parameters": self.should_validate_parameters,
            "log_prints": self.log_prints,
            "persist_result": self.persist_result,
            "result_storage": self.result_storage,
            "result_serializer": self.result_serializer,
            "cache_result_in_memory": self.cache_result_in_memory,
            "task_runner": self._task_runner,
            "schedule": self.schedule,
            **{option: list(hooks) for option, hooks in self.hooks.items()},
        }
        copy = self.copied(options, changes)
        copy.storage, copy.entrypoint = self.storage, self.entrypoint
        return copy

    @classmethod
    def from_source(cls, source: str | Path | RunnerStorage | Any, entrypoint: str) -> Any:
        """Return a flow whose code is kept somewhere else; runs of its deployments fetch it anew. In async code, await it.

        Args:
            source: a folder, a git repository's address, a URL of fsspec, a storage of `pacc.runner.storage`, or a block that holds
                code.
            entrypoint: the flow in it: `path/to/file.py:function`.

        Raises:
            PullFailed: the code cannot be fetched.
            MissingFlowError: there is no such flow. ScriptError: its file raised an error while it was loaded.

        >>> flow.from_source("https://example.com/flows.git", "etl.py:etl").deploy("nightly")  # doctest: +SKIP
        """
        return _in_either_colour(lambda: cls._fetched(source, entrypoint))

    @classmethod
    def _fetched(cls, source: Any, entrypoint: str) -> Flow[..., Any]:
        from pacc.deployments.runner import fetched_flow  # start-up: most flows stay where they are
        from pacc.runner.storage import storage_of

        storage = storage_of(source)
        fetched: Flow[..., Any] = fetched_flow(storage, entrypoint)
        fetched.storage, fetched.entrypoint = storage, entrypoint
        return fetched

    afrom_source = classmethod(awaitable(_fetched.__func__))  # type: ignore[attr-defined]

    def to_deployment(
        self,
        name: str,
        *,
        work_pool_name: str | None = None,
        entrypoint_type: EntrypointType | None = None,
        **options: Unpack[DeploymentOptions],
    ) -> Any:
        """Return a deployment of the flow, for `serve` and `deploy`. In async code, await it.

        Args:
            name: the deployment's name.
            work_pool_name: the work pool its runs wait in; none where a process serves it.
            entrypoint_type: whether the flow is found again by its file, the default, or by its module.
            **options: when it runs, with which parameters, and so on; see `pacc.deployments.runner.DeploymentOptions`.

        Raises:
            InvalidDeploymentError: the flow is in no file, or something about the deployment cannot work.
            InvalidSchedule: a schedule is wrong. ParameterTypeError: an argument does not fit, or cannot be kept as JSON.

        >>> fetch_weather.to_deployment("deploy-1", cron="0 9 * * *", parameters={"lat": 48.4})  # doctest: +SKIP
        """
        return _in_either_colour(
            lambda: self._to_deployment(
                name, work_pool_name=work_pool_name, entrypoint_type=entrypoint_type, **options
            )
        )

    def _to_deployment(
        self,
        name: str,
        *,
        work_pool_name: str | None = None,
        entrypoint_type: EntrypointType | None = None,
        **options: Unpack[DeploymentOptions],
    ) -> RunnerDeployment:
        """Return a deployment of the flow; see `to_deployment`."""
        from pacc.deployments.runner import RunnerDeployment  # start-up: most flows have no deployment

        return RunnerDeployment.from_flow(
            self, name, work_pool_name=work_pool_name, entrypoint_type=entrypoint_type, **options
        )

    ato_deployment = awaitable(_to_deployment)

    def deploy(
        self,
        name: str,
        work_pool_name: str | None = None,
        image: DockerImage | str | None = None,
        build: bool = True,
        push: bool = True,
        *,
        print_next_steps: bool = True,
        entrypoint_type: EntrypointType | None = None,
        **options: Unpack[DeploymentOptions],
    ) -> Any:
        """Write a deployment of the flow to the store, for the workers of a work pool, and return its id. In async code, await it.

        Args:
            name: the deployment's name.
            work_pool_name: the pool; that of the settings by default.
            image: the image the pool starts its runs in; it must be there already.
            build: whether to make the image, which pacc does not: with `image` it must be false.
            push: whether to send it away, likewise.
            print_next_steps: say what to do next.
            entrypoint_type: whether the flow is found again by its file, the default, or by its module.
            **options: as for `to_deployment`.

        Raises:
            InvalidDeploymentError: there is no pool to deploy to, or something about the deployment cannot work.
            ObjectNotFound: there is no such work pool.
            InvalidSchedule, ParameterTypeError: as for `to_deployment`.

        >>> fetch_weather.deploy("deploy-1", work_pool_name="local", cron="0 9 * * *")  # doctest: +SKIP
        UUID('0192f0c4-7d1e-7000-8000-000000000000')
        """
        return _in_either_colour(
            lambda: self._deploy(
                name, work_pool_name, image, build, push, print_next_steps=print_next_steps,
                entrypoint_type=entrypoint_type, **options,
            )
        )  # fmt: skip

    def _deploy(
        self,
        name: str,
        work_pool_name: str | None = None,
        image: DockerImage | str | None = None,
        build: bool = True,
        push: bool = True,
        *,
        print_next_steps: bool = True,
        entrypoint_type: EntrypointType | None = None,
        **options: Unpack[DeploymentOptions],
    ) -> UUID:
        """Write a deployment of the flow to the store; see `deploy`."""
        from pacc.deployments.runner import deploy_all  # start-up: as above

        declared = self._to_deployment(name, entrypoint_type=entrypoint_type, **options)
        return deploy_all(
            [declared], work_pool_name=work_pool_name, image=image, build=build, push=push,
            print_next_steps=print_next_steps,
        )[0]  # fmt: skip

    adeploy = awaitable(_deploy)

    def serve(
        self,
        name: str | None = None,
        *,
        global_limit: int | ConcurrencyLimitConfig | None = None,
        pause_on_shutdown: bool = True,
        print_starting_message: bool = True,
        limit: int | None = None,
        entrypoint_type: EntrypointType | None = None,
        **options: Unpack[DeploymentOptions],
    ) -> None:
        """Make a deployment of the flow and execute its runs in this process's care, until it is told to stop.

        Ctrl-C stops it: pressed once, it takes no more runs and waits for those under way; twice, it asks those to end; thrice, it
        kills them.

        Args:
            name: the deployment's name; the flow's own by default.
            global_limit: how many runs of the deployment may be open at once, whoever executes them.
            pause_on_shutdown: let its schedules rest once this process stops, until it is served again.
            print_starting_message: say on standard output what is served.
            limit: how many runs are executed at once by this process; any number by default.
            entrypoint_type: whether the flow is found again by its file, the default, or by its module.
            **options: when it runs, with which parameters, and so on; see `pacc.deployments.runner.DeploymentOptions`.

        Raises:
            RuntimeError: an event loop is running here; `aserve` is for that.
            InvalidDeploymentError: the flow is in no file, or something about the deployment cannot work.
            InvalidSchedule: a schedule is wrong. ParameterTypeError: an argument does not fit, or cannot be kept as JSON.
            StoreError: the store cannot be used.

        >>> fetch_weather.serve(name="deploy-1", cron="0 9 * * *")  # doctest: +SKIP
        """
        from pacc.deployments.serving import serve  # start-up: most flows are not served

        if global_limit is not None:
            options["concurrency_limit"] = global_limit
        declared = self._to_deployment(name or self.name, entrypoint_type=entrypoint_type, **options)
        serve(
            declared,
            pause_on_shutdown=pause_on_shutdown,
            print_starting_message=print_starting_message,
            limit=limit,
        )

    @property
    def on_cancellation_hooks(self) -> list[Callable[..., Any]]:
        """The functions called when a run is being cancelled."""
        return self.hooks["on_cancellation"]

    @property
    def on_crashed_hooks(self) -> list[Callable[..., Any]]:
        """The functions called when a run was ended from outside."""
        return self.hooks["on_crashed"]

    def on_cancellation(self, fn: Callable[..., Any]) -> Callable[..., Any]:
        """Decorate a function to be called when a run of this flow is being cancelled."""
        return self.add_hook("on_cancellation", fn)

    def on_crashed(self, fn: Callable[..., Any]) -> Callable[..., Any]:
        """Decorate a function to be called when a run of this flow was ended from outside."""
        return self.add_hook("on_crashed", fn)

    def __repr__(self) -> str:
        return f"<Flow {self.name!r}>"


def _name_for(fn: Callable[..., Any]) -> str:
    return name_of(fn).replace("_", "-").replace("<lambda>", "unknown-lambda")


def _in_either_colour(work: Callable[[], Any]) -> Any:
    """Do something, or return what does it when awaited, in async code."""
    from pacc.context import in_async_code  # start-up: for what flows are rarely asked to do

    return awaitable(work)() if in_async_code() else work()


def _checked_schedule(schedule: Any) -> Any:
    """Return when deployments of a flow run by themselves unless they say so.

    Raises:
        InvalidSchedule: it is no schedule.
    """
    if schedule is not None:
        from pacc.deployments.schedules import declared_schedules  # start-up: nearly no flow has one

        declared_schedules(schedule=schedule)
    return schedule


def _checked_runner(runner: Any) -> Any:
    if isinstance(runner, type):
        runner = runner()
    if runner is not None and not (hasattr(runner, "duplicate") and hasattr(runner, "submit")):
        raise TypeError(f"`task_runner` takes a task runner or a class of them, not {runner!r}")
    return runner


@overload
def flow(fn: Callable[P, R], /) -> Flow[P, R]: ...
@overload
def flow(
    fn: None = None,
    /,
    *,
    name: str | None = None,
    version: str | None = None,
    flow_run_name: str | Callable[..., str] | None = None,
    retries: int | None = None,
    retry_delay_seconds: float | None = None,
    description: str | None = None,
    timeout_seconds: float | None = None,
    validate_parameters: bool = True,
    log_prints: bool | None = None,
    on_completion: Sequence[Callable[..., Any]] | None = None,
    on_failure: Sequence[Callable[..., Any]] | None = None,
    on_cancellation: Sequence[Callable[..., Any]] | None = None,
    on_crashed: Sequence[Callable[..., Any]] | None = None,
    on_running: Sequence[Callable[..., Any]] | None = None,
    task_runner: TaskRunner[Any] | type[TaskRunner[Any]] | None = None,
    persist_result: bool | None = None,
    result_storage: WritableFileSystem | str | Path | None = None,
    result_serializer: Serializer | str | None = None,
    cache_result_in_memory: bool = True,
    schedule: Any = None,
) -> Callable[[Callable[P, R]], Flow[P, R]]: ...


def flow(
    fn: Callable[P, R] | None = None, /, **options: Any
) -> Flow[P, R] | Callable[[Callable[P, R]], Flow[P, R]]:
    """Make a function a flow; see `Flow` for the options.

    >>> @flow
    ... def add(first: int, second: int) -> int:
    ...     return first + second
    >>> add("1", 2)
    3
    """
    if fn is None:
        return lambda fn: flow(fn, **options)
    return Flow(fn, **options)


def select_flow(
    flows: Iterable[Flow[..., Any]], flow_name: str | None = None, from_message: str | None = None
) -> Flow[..., Any]:
    """Return the one flow meant, by name where there are several.

    Args:
        flows: what there is to choose from.
        flow_name: the name of the one that is meant.
        from_message: where they come from, for the error: `in file 'weather.py'`.

    Raises:
        MissingFlowError: there is none, or none of that name. UnspecifiedFlowError: there are several and none was named.
    """
    from pacc.exceptions import MissingFlowError, UnspecifiedFlowError  # start-up

    by_name = {each.name: each for each in flows}
    where = f" {from_message}" if from_message else ""
    if not by_name:
        raise MissingFlowError(f"there is no flow{where}", hint="Decorate a function with @flow.")
    if flow_name:
        if flow_name not in by_name:
            raise MissingFlowError(
                f"there is no flow {flow_name!r}{where}; there is: {', '.join(sorted(by_name))}"
            )
        return by_name[flow_name]
    if len(by_name) > 1:
        raise UnspecifiedFlowError(f"there are several flows{where}: {', '.join(sorted(by_name))}; name one")
    return next(iter(by_name.values()))


def load_function_and_convert_to_flow(entrypoint: str) -> Flow[..., Any]:
    """Return the flow an entrypoint names, or the plain function it names as a flow that logs its prints.

    Raises:
        MissingFlowError: there is no such file, module or function, or it cannot be called.
        ScriptError: the file raised an error while it was loaded.

    >>> load_function_and_convert_to_flow("report.py:main")  # doctest: +SKIP
    <Flow 'main'>
    """
    from pacc.engine.entrypoints import load_object  # start-up

    found = load_object(entrypoint)
    if isinstance(found, Flow):
        return found
    if not callable(found):
        from pacc.exceptions import MissingFlowError  # start-up

        raise MissingFlowError(f"{entrypoint!r} is of type {type(found).__name__}; name a function")
    return Flow(found, log_prints=True)


def load_flow_from_entrypoint(entrypoint: str) -> Flow[..., Any]:
    """Return the flow an entrypoint names.

    Args:
        entrypoint: `path/to/file.py:function`, or `package.module:function` or `package.module.function`. The function may be a
            method: `file.py:Class.method`.

    Raises:
        MissingFlowError: there is no such file, module or function, or it is no flow.
        ScriptError: the file raised an error while it was loaded.

    >>> load_flow_from_entrypoint("weather.py:pipeline")  # doctest: +SKIP
    <Flow 'pipeline'>
    """
    from pacc.engine.entrypoints import load_object  # start-up

    found = load_object(entrypoint)
    if isinstance(found, Flow):
        return found
    from pacc.exceptions import MissingFlowError  # start-up

    raise MissingFlowError(
        f"{entrypoint!r} is of type {type(found).__name__}, not a flow; decorate it with @flow, or name another function"
    )


def serve(
    *args: RunnerDeployment,
    pause_on_shutdown: bool = True,
    print_starting_message: bool = True,
    limit: int | None = None,
    **kwargs: Any,
) -> None:
    """Write deployments to the store and execute their runs in this process's care, until it is told to stop.

    Args:
        *args: the deployments, of `flow.to_deployment`.
        pause_on_shutdown: let their schedules rest once this process stops, until they are served again.
        print_starting_message: say on standard output what is served.
        limit: how many runs are executed at once by this process; any number by default.
        **kwargs: whatever else `pacc.runner.Runner` takes.

    Raises:
        RuntimeError: an event loop is running here; `aserve` is for that.
        InvalidDeploymentError: there is nothing to serve, or something about a deployment cannot work.
        StoreError: the store cannot be used.

    >>> serve(slow.to_deployment("sleeper"), fast.to_deployment("quickie", interval=5))  # doctest: +SKIP
    """
    from pacc.deployments import serving  # start-up: most programs serve nothing

    serving.serve(
        *args, pause_on_shutdown=pause_on_shutdown, print_starting_message=print_starting_message, limit=limit,
        **kwargs,
    )  # fmt: skip


async def aserve(
    *args: RunnerDeployment,
    pause_on_shutdown: bool = True,
    print_starting_message: bool = True,
    limit: int | None = None,
    **kwargs: Any,
) -> None:
    """Write deployments to the store and execute their runs, in an event loop; see `serve`.

    Raises:
        InvalidDeploymentError: there is nothing to serve, or something about a deployment cannot work.
        StoreError: the store cannot be used.

    >>> await aserve(fetch_weather.to_deployment("deploy-1"))  # doctest: +SKIP
    """
    from pacc.deployments import serving  # start-up: as above

    await serving.aserve(
        *args, pause_on_shutdown=pause_on_shutdown, print_starting_message=print_starting_message, limit=limit,
        **kwargs,
    )  # fmt: skip


flow.from_source = Flow.from_source  # type: ignore[attr-defined]  # Prefect's decorator has it too
flow.afrom_source = Flow.afrom_source  # type: ignore[attr-defined]
