"""How a task run goes: from the call to its last state."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from pacc._internal import clock, ids
from pacc._internal.jsontext import dumps
from pacc._internal.sessions import is_mine
from pacc._internal.steps import (
    Outcome,
    Sleep,
    adrive,
    adrive_generator,
    drive,
    drive_generator,
    run_in_own_loop,
)
from pacc.context import FlowRunContext, TagsContext, TaskRunContext, TransactionContext
from pacc.engine import outcomes, place, upstream
from pacc.engine.body import Body
from pacc.engine.failures import note_task
from pacc.engine.features.hooks import call_hooks, option_of
from pacc.engine.features.run_names import rendered
from pacc.engine.signals import cause_of
from pacc.engine.waiting import WaitFor
from pacc.exceptions import Pause, StoreError
from pacc.logging import log_prints_wanted, patch_print, task_run_logger
from pacc.schemas.states import State, StateType
from pacc.services.live_runs import LiveTaskRun
from pacc.settings import get_current_settings
from pacc.states import AwaitingRetry, Cancelled, NotReady, Retrying

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Generator

    from pacc._internal.steps import Effect, Steps
    from pacc.store import Store

NAME_DIGITS = 3
"""How many digits of its key a run's name gets in a flow."""


class TaskCall:
    """One call of a task: what was asked for, and what it came to."""

    goes_back: ClassVar[bool] = False
    """Whether the run waits for a retry where others may take it up, instead of here."""

    __slots__ = (
        "_asked",
        "_wait_for",
        "around",
        "awaited",
        "blocking",
        "body",
        "context",
        "fingerprint",
        "flow_context",
        "gathers",
        "outcome",
        "parameters",
        "run",
        "task",
    )

    def __init__(self, task: Any, parameters: dict[str, Any], wait_for: Any) -> None:
        self.task = task
        self.flow_context = flow_context = FlowRunContext.get()
        around = TaskRunContext.get()
        self.around = around if around is not None and around.flow_context is flow_context else None
        """The task run of the same flow run whose code made the call."""
        self.gathers = False
        """Whether the values of a generator are gathered in a list, since nobody is there to iterate it."""
        self.body: Callable[[TaskCall, tuple[Any, ...], dict[str, Any]], Effect] | None = None
        """Makes the effect that calls the function, where that is to happen in another process."""
        self._asked = parameters
        self._wait_for = wait_for = upstream.kept(wait_for)
        registry = flow_context.upstream if flow_context is not None else None
        self.parameters, found = upstream.resolve(parameters, registry, wait_for, task.owner)
        self.blocking = found.blocking
        self.awaited = found.awaited
        """The futures among the arguments whose runs are not over."""
        if self.around is not None:
            found.add("__parents__", "task_run", self.around.run.id)
        self.run = self._new_run(found.inputs)
        self.context = TaskRunContext(
            self.run,
            self.parameters,
            task=task,
            flow_context=flow_context,
            log_prints=log_prints_wanted(task.log_prints),
            run_log=flow_context.run_log if flow_context is not None else None,
        )
        self.context.logger = self._new_logger()
        self.outcome = Outcome()
        self.fingerprint: bytes | None = None
        """What a retry recognises the arguments by, `None` where the result is not kept for one."""
        if (
            flow_context is not None
            and flow_context.checkpoints is not None
            and not flow_context.run.is_elsewhere()
        ):
            self.context.place = flow_context.placed(task.task_key, self.around)
        if _keeps(task, flow_context, around):
            self.context.keeping = _keeping().Keeping(self)

    def keep_always(self) -> None:
        """Have the result kept whatever the task's options say, since others than this process want it."""
        keeping = self.context.keeping or _keeping().Keeping(self)
        keeping.persist = keeping.always = True
        self.context.keeping = keeping

    def begin(self) -> None:
        """Record that the run is there, before anyone gets to execute it."""
        self.run.advance(State(type=StateType.PENDING))

    def first_state(self) -> State[Any]:
        """Return the state in which the function is called for the first time here."""
        return State(type=StateType.RUNNING)

    def resolve_again(self) -> None:
        """Put what the awaited futures came to in their places, now that they are done."""
        flow_context = self.flow_context
        registry = flow_context.upstream if flow_context is not None else None
        self.parameters, found = upstream.resolve(self._asked, registry, self._wait_for, self.task.owner)
        self.blocking, self.awaited = found.blocking, []
        self.context.parameters = self.parameters
        if self.around is not None:
            found.add("__parents__", "task_run", self.around.run.id)
        if found.inputs:
            self.run.inputs = dumps(found.inputs)

    def _new_logger(self) -> Any:
        flow_context = self.flow_context
        return task_run_logger(
            self.run,
            self.task,
            flow_context.run if flow_context is not None else None,
            flow_context.flow if flow_context is not None else None,
            run_log=self.context.run_log,
        )

    def rename(self, name: str) -> None:
        """Give the run its name; its lines of log carry the new one from here on."""
        self.run.name = name
        self.context.logger = self._new_logger()

    def _new_run(self, inputs: dict[str, list[dict[str, str]]]) -> LiveTaskRun:
        task, flow_context = self.task, self.flow_context
        dynamic_key = ids.random_key()
        tags = TagsContext.get()
        store: Store
        if flow_context is not None:
            store = flow_context.store
            in_child = not is_mine(flow_context.run.session)  # forked, it answers for its own runs
            session = place.current().session.id if in_child else None
            name = f"{task.name}-{dynamic_key[:NAME_DIGITS]}"
        else:
            here = place.current()
            store, session, name = here.store, here.session.id, task.name
        return LiveTaskRun(
            store,
            name=name,
            task_name=task.name,
            task_key=task.task_key,
            dynamic_key=dynamic_key,
            flow_run_id=flow_context.run.id if flow_context is not None else None,
            flow_run_run_count=flow_context.run.run_count if flow_context is not None else 0,
            tags=task.tags | tags if tags else task.tags,
            inputs=dumps(inputs) if inputs else "{}",
            task_version=task.version,
            policy=task.retry_policy.stored(),
            session=session,
        )

    def answer(self) -> Any:
        """Return what the task returned, or raise what it raised."""
        if self.outcome.error is not None:
            raise self.outcome.error
        return self.outcome.value


def run(task: Any, parameters: dict[str, Any], *, return_state: bool, wait_for: Any) -> Any:
    """Call a task here and now, in its own colour.

    Returns:
        The value, or the state where that was asked for; a coroutine or an iterator of them for such functions.
    """
    if task.isgenerator:
        return (_async_generator if task.isasync else _generator)(task, parameters, wait_for)
    if task.isasync:
        return _run_async(task, parameters, return_state, wait_for)
    call = TaskCall(task, parameters, wait_for)
    with _Prints(call.context):
        state = drive(task_run(call))
    return state if return_state else call.answer()


def execute(call: TaskCall) -> State[Any]:
    """Carry out a submitted call in this thread, whatever the colour of its task; generators are gathered.

    Returns:
        The last state. An interruption is recorded and raised.
    """
    with _Prints(call.context):
        if call.task.isasync and call.body is None:
            return run_in_own_loop(adrive(task_run(call)))
        return drive(task_run(call))


async def _run_async(task: Any, parameters: dict[str, Any], return_state: bool, wait_for: Any) -> Any:
    call = TaskCall(task, parameters, wait_for)
    with _Prints(call.context):
        state = await adrive(task_run(call))
    return state if return_state else call.answer()


def _generator(task: Any, parameters: dict[str, Any], wait_for: Any) -> Generator[Any, Any, Any]:
    call = TaskCall(task, parameters, wait_for)
    with _Prints(call.context):
        yield from drive_generator(task_run(call))
    return call.answer()


async def _async_generator(task: Any, parameters: dict[str, Any], wait_for: Any) -> AsyncGenerator[Any, Any]:
    call = TaskCall(task, parameters, wait_for)
    steps = adrive_generator(task_run(call))
    with _Prints(call.context):
        try:
            async for value in steps:
                yield value
        finally:
            await steps.aclose()
    call.answer()


class _Prints:
    """Turns prints into log lines for the length of a run that wants it; costs nothing for one that does not."""

    __slots__ = ("_patch",)

    def __init__(self, context: Any) -> None:
        self._patch = patch_print() if context.log_prints else None

    def __enter__(self) -> None:
        if self._patch is not None:
            self._patch.__enter__()

    def __exit__(self, *error: object) -> None:
        if self._patch is not None:
            self._patch.__exit__(*error)


def task_run(call: TaskCall) -> Steps[State[Any]]:
    """Carry a task run through to its last state and return that state."""
    task, run, context = call.task, call.run, call.context
    try:
        if run.state is None:
            call.begin()
        if call.awaited:
            yield WaitFor(call.awaited)
            call.resolve_again()
        if call.blocking is not None:
            return _not_ready(call, call.blocking)
        gate = call.flow_context.pause_gate if call.flow_context is not None else None
        if gate is not None and gate.may_be_shut():
            yield from gate.pass_steps()
        if context.place is not None and (kept := _checkpoints(call).look(call)) is not None:
            return _reuse(call, kept)
        if task.task_run_name is not None:
            call.outcome = yield from rendered(task.task_run_name, context, "task_run_name")
            if call.outcome.error is not None:
                return (yield from _finish(call, outcomes.failed(call.outcome.error, "Task")))
            if call.outcome.value:  # an empty name is none
                call.rename(call.outcome.value)
        slots = (yield from _slots_of_tags(run)) if run.tags else None
        try:
            state = yield from _attempts(call)
        finally:
            if slots is not None:
                slots.release()
        if run.is_elsewhere() or state.type is StateType.SCHEDULED:
            return state
        if context.transaction is not None:
            yield from _keeping().end_steps(call, state)
        return (yield from _finish(call, state))
    except Pause:
        run.advance(Cancelled(message="Not started: its flow run was suspended."))
        raise
    except BaseException as interruption:
        _crash(call, interruption)
        raise


def _attempts(call: TaskCall) -> Steps[State[Any]]:
    """Call the task's function until it ends well or is not to be tried again here, and return the state it came to."""
    task, run, context = call.task, call.run, call.context
    state = call.first_state()
    while True:
        run.advance(state)
        if task.on_running_hooks:
            yield from call_hooks(task.on_running_hooks, task, context, state)
        args, kwargs = task.binder.call_with(call.parameters)
        if context.keeping is None:
            call.outcome = yield from _body(call, args, kwargs)
            state = outcomes.of_task(call.outcome)
        else:
            state = yield from context.keeping.attempt(_body(call, args, kwargs))
        if run.is_elsewhere() or state.type is not StateType.FAILED:
            return state
        if not (yield from task.retry_policy.wants_another(task, context, state)):
            return state
        if context.transaction is not None:
            yield from context.transaction.withdraw_steps()
            context.transaction = None
        state = yield from _pause_before_retry(call, state)
        if state.type is StateType.SCHEDULED:
            return state


def _slots_of_tags(run: LiveTaskRun) -> Steps[Any]:
    from pacc.engine.features.tag_limits import slots_of_tags  # start-up: few tasks have tags

    return (yield from slots_of_tags(run))


def _body(call: TaskCall, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Steps[Outcome]:
    """Call the task's function once and return what it came to."""
    task = call.task
    if call.body is not None:
        return (yield call.body(call, args, kwargs))  # type: ignore[no-any-return]
    return (
        yield from Body(
            gathering(task) if call.gathers and task.isgenerator else task.fn,
            args,
            kwargs,
            variable=TaskRunContext.variable,
            context=call.context,
            timeout=task.timeout_seconds,
            kind="Task",
            is_generator=task.isgenerator and not call.gathers,
        ).steps()
    )


def gathering(task: Any) -> Callable[..., Any]:
    """Return a generator task's function as one that returns a list of all its values."""

    def gathered(*args: Any, **kwargs: Any) -> list[Any]:
        return list(task.fn(*args, **kwargs))

    async def agathered(*args: Any, **kwargs: Any) -> list[Any]:
        return [value async for value in task.fn(*args, **kwargs)]

    return agathered if task.isasync else gathered


def _keeps(task: Any, flow_context: FlowRunContext | None, around: TaskRunContext | None) -> bool:
    """Say whether anything is to be kept, cached or undone of a call; few questions, as every call asks them."""
    if task.keeps or TransactionContext.variable.get() is not None:
        return True
    if around is not None and around.transaction is not None:
        return True
    if task.persist_result is not None:
        return False
    if flow_context is not None:
        return flow_context.persists_tasks
    settings = get_current_settings()
    for_tasks = settings.tasks.default_persist_result
    return bool(settings.results.persist_by_default if for_tasks is None else for_tasks)


def _keeping() -> Any:
    """Return the module for runs of which something is kept."""
    from pacc.engine.features import keeping  # start-up: most runs keep nothing

    return keeping


def not_ready_state(blocking: State[Any]) -> State[Any]:
    """Return the state of a run that is not called because this upstream state is no completion."""
    upstream_id = blocking.state_details.task_run_id or blocking.state_details.flow_run_id
    return NotReady(
        message=f"Upstream task run '{upstream_id}' did not reach a 'COMPLETED' state."
        if upstream_id
        else f"An upstream state is {blocking.name!r}, not 'COMPLETED'."
    )


def _not_ready(call: TaskCall, blocking: State[Any]) -> State[Any]:
    """End a run whose upstream did not complete, without calling anything."""
    state = call.run.advance(not_ready_state(blocking))
    call.context.logger.info("Not run: %s", state.message)
    return state


def _pause_before_retry(call: TaskCall, failure: State[Any]) -> Steps[State[Any]]:
    """Wait as long as the task's retries say and return the state to go on with; a scheduled one to go on elsewhere."""
    policy, run, logger = call.task.retry_policy, call.run, call.context.logger
    delay = policy.delay_before(run.run_count)
    cause = failure.message
    logger.info("%s - Retry %d/%d will start %s", cause, run.run_count, policy.retries, _in_seconds(delay))
    if delay:
        due = clock.to_datetime(clock.now() + int(delay * 1_000_000))
        waiting = run.advance(AwaitingRetry(scheduled_time=due, message=cause))
        if call.goes_back:
            return waiting
        yield Sleep(delay)
    return Retrying()


def _in_seconds(delay: float) -> str:
    return f"{delay:g} second(s) from now" if delay else "immediately"


def _finish(call: TaskCall, state: State[Any]) -> Steps[State[Any]]:
    """Record the last state, tell the hooks and the log, and remember where the value came from."""
    task, run, context = call.task, call.run, call.context
    error = call.outcome.error
    if error is not None:
        note_task(error, run.task_name)
    if error is not None and context.logger is not None:
        retries = task.retry_policy.retries
        spent = " - Retries are exhausted" if retries and run.run_count > retries else ""
        context.logger.error("%s%s", state.message, spent, exc_info=error)
    if call.fingerprint is not None and state.type is StateType.COMPLETED:
        _checkpoints(call).keep(call, state)
    run.advance(state)
    if context.keeping is not None and context.keeping.undone:
        context.keeping.say_undone()
    if task.assets or task.asset_deps or (call.flow_context is not None and call.flow_context.assets):
        _note_assets(call, state)
    hooks = task.hooks.get(option_of(state.type))
    if hooks:
        yield from call_hooks(hooks, task, context, state)
    log_end(context.logger, state)
    if call.flow_context is not None and call.outcome.value is not None:
        call.flow_context.upstream.remember(call.outcome.value, "task_run", run.id)
    return state


def _note_assets(call: TaskCall, state: State[Any]) -> None:
    from pacc.engine.features.assets import note_assets  # start-up: few tasks make any

    note_assets(call, state)


def _checkpoints(call: TaskCall) -> Any:
    """Return what is kept for a retry of the flow run that the call belongs to."""
    flow_context: Any = call.flow_context
    return flow_context.checkpoints


def _reuse(call: TaskCall, state: State[Any]) -> State[Any]:
    """End a run whose result an earlier attempt has brought, without calling anything."""
    call.run.advance(state)
    log_end(call.context.logger, state)
    if call.flow_context is not None and call.outcome.value is not None:
        call.flow_context.upstream.remember(call.outcome.value, "task_run", call.run.id)
    return state


def log_end(logger: Any, state: State[Any]) -> None:
    """Say how a run ended, where people look first."""
    if state.type is StateType.COMPLETED:
        told = (
            state if state.name != "Cached" else "Cached(type=COMPLETED)"
        )  # whose result it is, was said before
        logger.info("Finished in state %s", told)
    else:
        logger.error("Finished in state %s", state)


def _crash(call: TaskCall, interruption: BaseException) -> None:
    """Record that a run was ended from outside; the interruption goes on its way afterwards."""
    if call.run.is_elsewhere():
        return
    if call.context.transaction is not None:
        _keeping().undo(call.context, interruption)
    state = outcomes.crashed(cause_of(interruption))
    run = call.run
    if run.state is not None and run.state.is_final():
        return
    try:
        run.advance(state)
    except StoreError as problem:
        interruption.add_note(f"pacc could not record that task run {run.name!r} crashed: {problem}")
        return
    if call.context.logger is not None:
        call.context.logger.error("Crash detected! %s", state.message)
