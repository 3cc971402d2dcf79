"""How a flow run goes: from the call to its last state."""

from __future__ import annotations

import json
import logging
from collections.abc import Generator
from typing import TYPE_CHECKING, Any

from pacc._internal import clock, processes
from pacc._internal.jsontext import dumps
from pacc._internal.steps import (
    Ask,
    Outcome,
    Sleep,
    adrive,
    adrive_generator,
    drive,
    drive_generator,
    run_in_own_loop,
)
from pacc.context import FlowRunContext
from pacc.engine import outcomes, place, supervision, upstream
from pacc.engine.body import Body
from pacc.engine.features.hooks import call_hooks, option_of
from pacc.engine.features.run_names import rendered
from pacc.engine.features.timeouts import exceeded
from pacc.engine.flow_call import FlowCall
from pacc.engine.signals import SignalsRaise, cause_of
from pacc.engine.task_run import gathering, log_end
from pacc.engine.waiting import WaitFor
from pacc.exceptions import (
    FailedRun,
    FlowRunTimeoutError,
    ParameterBindError,
    ParameterTypeError,
    Pause,
    SerializationError,
    StaleTransition,
    StoreError,
    TemplateError,
    UntrustedResult,
)
from pacc.logging import patch_print
from pacc.schemas.states import State, StateType
from pacc.schemas.templated_values import is_templated
from pacc.services import checkpoints
from pacc.services import outcomes as outcomes_of_runs
from pacc.settings import get_current_settings
from pacc.states import AwaitingRetry, Cancelled, Failed, NotReady
from pacc.types.futures import FutureLike

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from types import TracebackType

    from pacc._internal.steps import Steps
    from pacc.services.live_runs import LiveFlowRun

_engine_log = logging.getLogger("pacc.engine")
_UNSEEN = (
    "Call `.result()`, ask for `.state`, return the future, or set PACC_FLOWS_UNOBSERVED_FAILURES=ignore."
)


def run(flow: Any, parameters: dict[str, Any], *, return_state: bool, wait_for: Any) -> Any:
    """Call a flow here and now, in its own colour.

    Returns:
        The value, or the state where that was asked for; a coroutine or an iterator of them for such functions.
    """
    if flow.isgenerator:
        return (_async_generator if flow.isasync else _generator)(flow, parameters, wait_for)
    if flow.isasync:
        return _run_async(flow, parameters, return_state, wait_for)
    _Upstream(parameters, wait_for).run()
    call = FlowCall(flow, parameters, wait_for)
    with _Surroundings(call):
        state = drive(flow_run(call))
    return state if return_state else call.answer()


async def _run_async(flow: Any, parameters: dict[str, Any], return_state: bool, wait_for: Any) -> Any:
    await _Upstream(parameters, wait_for).arun()
    call = FlowCall(flow, parameters, wait_for)
    with _Surroundings(call):
        state = await adrive(flow_run(call))
    return state if return_state else call.answer()


def run_taken_up(flow: Any, run: LiveFlowRun) -> State[Any]:
    """Execute a stored run that this process has taken up, with the parameters it was made with; generators are gathered.

    Args:
        flow: the flow, of either colour.
        run: see `services.taking_up.taken_up`.

    Returns:
        The last state, whatever it is. An interruption is recorded and raised.
    """
    call = FlowCall(flow, json.loads(run.parameters_text), None, run)
    if flow.isasync:
        return run_in_own_loop(_run_taken_up_async(call))
    with _Surroundings(call):
        return drive(flow_run(call))


async def _run_taken_up_async(call: FlowCall) -> State[Any]:
    with _Surroundings(call):
        return await adrive(flow_run(call))


def call_stored_hooks(flow: Any, run: LiveFlowRun, option: str) -> None:
    """Call the hooks of a stored run, with the state it is in, for a process that did not live to call them.

    Args:
        flow: the flow.
        run: see `services.taking_up.taken_up`.
        option: which hooks, e.g. `on_crashed`.
    """
    call = FlowCall(flow, json.loads(run.parameters_text), None, run)
    if run.state is not None:
        drive(call_hooks(flow.hooks[option], flow, call.context, run.state))


def _generator(flow: Any, parameters: dict[str, Any], wait_for: Any) -> Generator[Any, Any, Any]:
    _Upstream(parameters, wait_for).run()
    call = FlowCall(flow, parameters, wait_for)
    with _Surroundings(call):
        yield from drive_generator(flow_run(call))
    return call.answer()


async def _async_generator(flow: Any, parameters: dict[str, Any], wait_for: Any) -> AsyncGenerator[Any, Any]:
    await _Upstream(parameters, wait_for).arun()
    call = FlowCall(flow, parameters, wait_for)
    steps = adrive_generator(flow_run(call))
    with _Surroundings(call):
        try:
            async for value in steps:
                yield value
        finally:
            await steps.aclose()
    call.answer()


class _Upstream(WaitFor):
    """Wait for the futures among a flow's arguments: their values are checked and recorded as the run's parameters."""

    def __init__(self, parameters: dict[str, Any], wait_for: Any) -> None:
        values = (*parameters.values(), wait_for)
        super().__init__([] if upstream.is_plain(values) else upstream.unfinished(values))


class _Surroundings:
    """What holds for the length of a flow run in its process: prints, the termination signal, the open log."""

    __slots__ = ("_call", "_patch", "_signals")

    def __init__(self, call: FlowCall) -> None:
        self._call = call
        self._patch = patch_print() if call.context.log_prints else None
        self._signals = SignalsRaise(in_loop=call.flow.isasync) if call.context.parent is None else None

    def __enter__(self) -> None:
        if self._patch is not None:
            self._patch.__enter__()
        if self._signals is not None:
            place.active_flow_runs.add(self._call.run.id)
            self._signals.__enter__()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._call.context.run_log.close()
        if self._patch is not None:
            self._patch.__exit__(kind, error, trace)
        if self._signals is not None:
            place.active_flow_runs.discard(self._call.run.id)
            self._signals.__exit__(kind, error, trace)


def flow_run(call: FlowCall) -> Steps[State[Any]]:
    """Carry a flow run through to its last state and return that state."""
    flow, context = call.flow, call.context
    try:
        if (kept := _kept(call)) is not None:
            return call.reuse(kept)
        told = "Created" if call.run.state is None else "Beginning"
        call.begin()
        _engine_log.info("%s flow run '%s' for flow '%s'", told, call.run.name, call.run.flow_name)
        if call.blocking is not None:
            return _not_ready(call, call.blocking)
        if call.is_stored:
            _say_what_is_kept(call)
        if (invalid := _bound(call) or _validated(call)) is not None:
            return (yield from _finish(call, invalid))
        if flow.flow_run_name is not None:
            call.outcome = yield from rendered(flow.flow_run_name, context, "flow_run_name")
            if call.outcome.error is not None:
                return (yield from _finish(call, outcomes.failed(call.outcome.error, "Flow")))
            if call.outcome.value:  # an empty name is none
                call.rename(call.outcome.value)
        while True:
            state = call.advance(State(type=StateType.RUNNING))
            if flow.on_running_hooks:
                yield from call_hooks(flow.on_running_hooks, flow, context, state)
            with supervision.deadline(flow.timeout_seconds if call.is_stored else None):
                state = yield from _attempt(call)
            if call.run.is_elsewhere():
                return state
            if call.run.state is not None and call.run.state.is_final():  # someone else has ended it
                return call.run.state
            if not _to_be_retried(call, state):
                break
            yield from _pause_before_retry(call, state)
        return (yield from _finish(call, state))
    except Pause as pause:
        return (yield from _suspend(call, pause))
    except BaseException as interruption:
        yield from _crash(call, interruption)
        raise


def _kept(call: FlowCall) -> State[Any] | None:
    """Return the state of a nested flow's call that an earlier attempt has brought to its end, `None` where there is none."""
    if call.context.place is None or call.blocking is not None:
        return None
    return call.checkpoints.look_for_flow(call)


def _say_what_is_kept(call: FlowCall) -> None:
    run, context = call.run, call.context
    if run.run_count and context.checkpoints is not None:
        context.logger.info(
            "Attempt %d; results of finished tasks are kept (%d), and reused where their calls come again",
            run.attempt,
            checkpoints.count(context.store, run.id),
        )


def _bound(call: FlowCall) -> State[Any] | None:
    """Fit the parameters a stored run was made with to the function; return the failure where they do not."""
    if not call.is_stored:
        return None
    try:
        given = _worked_out(call.run, call.parameters)
        if call.run.attempt > 1 or call.run.run_count:
            given = call.checkpoints.parameters(given)
        call.parameters = call.context.parameters = call.flow.binder.bind((), given)
    except (ParameterBindError, TemplateError, UntrustedResult, SerializationError) as error:
        call.outcome = Outcome(error=error)
        return outcomes.failed(error, "Flow")
    return None


def _worked_out(run: LiveFlowRun, given: dict[str, Any]) -> dict[str, Any]:
    """Work out the parameters of a run that was made long ahead; for any other one that was done when it was made."""
    maker = run.given.get("created_by")
    if maker is None or json.loads(maker)["type"] not in ("SCHEDULE", "BACKFILL") or not is_templated(given):
        return given
    from pacc.services import templated_parameters  # start-up: few parameters are templates

    made = templated_parameters.filled(run.store, given)
    run.parameters_text = dumps(made)
    return made


def _validated(call: FlowCall) -> State[Any] | None:
    """Check and coerce the parameters; return the failure where they do not fit."""
    if not call.flow.should_validate_parameters:
        return None
    try:
        call.parameters = call.flow.validator.validated(call.parameters)
    except ParameterTypeError as error:
        call.outcome = Outcome(error=error)
        return outcomes.failed(error, "Flow")
    call.context.parameters = call.parameters
    return None


def _attempt(call: FlowCall) -> Steps[State[Any]]:
    """Call the flow's function once and return the state it came to."""
    flow = call.flow
    call.context.calls.clear()
    call.context.pauses = 0
    deadline = clock.monotonic() + flow.timeout_seconds if flow.timeout_seconds else None
    args, kwargs = flow.binder.call_with(call.parameters)
    call.outcome = yield from Body(
        gathering(flow) if call.is_stored and flow.isgenerator else flow.fn,
        args,
        kwargs,
        variable=FlowRunContext.variable,
        context=call.context,
        timeout=flow.timeout_seconds,
        kind="Flow",
        is_generator=flow.isgenerator and not call.is_stored,
    ).steps()
    if call.run.is_elsewhere():
        return outcomes.of_flow(call.outcome)
    if isinstance(call.outcome.value, Generator):
        call.outcome = yield Ask(call.context, list, call.outcome.value)
    yield from _submitted(call, deadline)
    state = outcomes.of_flow(call.outcome)
    unseen = call.context.submissions.unseen_failures()
    if unseen is None or not state.is_completed():
        return state
    if get_current_settings().flows.unobserved_failures == "ignore":
        call.context.logger.warning("%s", unseen)
        return state
    call.outcome = Outcome(error=FailedRun(unseen, hint=_UNSEEN))
    return Failed(message=unseen, data=call.outcome.error)


def _submitted(call: FlowCall, deadline: float | None) -> Steps[None]:
    """Wait for all that the flow submitted, and put states where its return value holds futures."""
    submissions, outcome, seconds = call.context.submissions, call.outcome, call.flow.timeout_seconds
    if submissions.runner is not None:
        if not _timed_out(outcome) and not (yield from submissions.join(deadline)):
            outcome = call.outcome = Outcome(error=exceeded("Flow", seconds or 0))
        if _timed_out(outcome):
            yield from submissions.stop("its flow run exceeded its timeout")
    elif not isinstance(outcome.value, FutureLike):
        return
    awaited = upstream.unfinished(outcome.value)
    if awaited:
        yield WaitFor(awaited)
    outcome.value = upstream.with_states(outcome.value)


def _timed_out(outcome: Outcome) -> bool:
    return isinstance(outcome.error, FlowRunTimeoutError) and outcome.error.ours


def _to_be_retried(call: FlowCall, state: State[Any]) -> bool:
    if state.state_details.retriable is False:
        return False
    return state.is_failed() and call.run.retried < call.flow.retry_policy.retries


def _not_ready(call: FlowCall, blocking: State[Any]) -> State[Any]:
    state = NotReady(message=f"An upstream state is {blocking.name!r}, not 'COMPLETED'.")
    call.advance(state)
    call.context.logger.info("Not run: %s", state.message)
    return state


def _pause_before_retry(call: FlowCall, failure: State[Any]) -> Steps[None]:
    """Wait as long as the flow's retries say; the run shows that it waits, and why."""
    policy, run, logger = call.flow.retry_policy, call.run, call.context.logger
    run.retried += 1
    delay = policy.delay_before(run.retried)
    _log_error(call, failure)
    due = clock.to_datetime(clock.now() + int(delay * 1_000_000))
    call.advance(AwaitingRetry(scheduled_time=due, message=failure.message))
    when = f"in {delay:g} second(s)" if delay else "now"
    logger.info("Retry %d/%d of the flow run will start %s", run.retried, policy.retries, when)
    if delay:
        yield Sleep(delay)


def _finish(call: FlowCall, state: State[Any]) -> Steps[State[Any]]:
    """Record the last state, then tell the hooks and the log."""
    _log_error(call, state)
    if call.context.persist_result or call.outcome.error is not None:
        _keep(call, state)
    if state.type is StateType.COMPLETED:
        _settle_checkpoints(call, state)
    yield from _ended(call, state)
    if call.run.forgets and state.type is StateType.COMPLETED:
        checkpoints.forget(call.context.store, call.run.id)
    hooks = call.flow.hooks.get(option_of(state.type))
    if hooks:
        yield from call_hooks(hooks, call.flow, call.context, state)
    log_end(call.context.logger, state)
    parent = call.context.parent
    if parent is not None and call.outcome.value is not None:
        parent.upstream.remember(call.outcome.value, "flow_run", call.run.id)
    return state


def _keep(call: FlowCall, state: State[Any]) -> None:
    """Keep what the flow returned where that was asked for, and the error it failed with in any case."""
    from pacc.engine.features.keeping import keep_plainly  # start-up: most runs keep nothing

    context, error = call.context, call.outcome.error
    value = call.outcome.value if error is None else error
    keep_plainly(context, state, value, asked_for=context.persist_result)


def _ended(call: FlowCall, state: State[Any]) -> Steps[None]:
    """Record the last state; where someone else has paused the run meanwhile, as soon as it goes on."""
    while True:
        if call.is_stored and supervision.is_supervised():
            call.run.usage = {**processes.used(), "exit_code": 0}
        try:
            call.advance(state)
        except StaleTransition:
            if not (yield from call.context.pause_gate.pass_steps(surely=True)):
                raise
        else:
            return


def _suspend(call: FlowCall, pause: Pause) -> Steps[State[Any]]:
    """Leave a run that someone will resume: what was submitted comes to its end, and then nobody's process answers for it."""
    state: State[Any] | None = pause.state
    if state is None or call.context.parent is not None:
        raise pause
    yield from call.context.submissions.join()
    if call.run.state is None or not call.run.state.is_paused():
        call.advance(state)
    call.run.store.journal.flush()
    call.context.logger.info("Suspended; resume the run to go on: pacc flow-run resume %s", call.run.name)
    return state


def _settle_checkpoints(call: FlowCall, state: State[Any]) -> None:
    """A nested flow's result is kept for a retry of the run around; once that one completes, there is nothing to retry."""
    if call.context.parent is None:
        call.run.forgets = call.checkpoints.made
    elif call.fingerprint is not None:
        call.checkpoints.keep_flow(call, state)


def _log_error(call: FlowCall, state: State[Any]) -> None:
    if call.outcome.error is not None:
        call.context.logger.error("%s", state.message, exc_info=call.outcome.error)


def _is_suspended(call: FlowCall) -> bool:
    """Say whether the interruption came since someone has suspended the run."""
    if call.context.parent is not None:
        return False
    try:
        rows = call.run.store.read("outcomes.standing", {"id": call.run.id})
    except StoreError:
        return False
    return bool(rows) and rows[0]["state_name"] == "Suspended"


def _cancelled(call: FlowCall) -> Steps[bool]:
    """Cancel a run that was told to end while it went on, where no supervisor does that; say whether it is so."""
    from pacc.services.cancelling import cancel_children  # start-up: few runs are cancelled

    standing = outcomes_of_runs.standing(call.run.store, call.run.id, call.run.session or "")
    if supervision.is_supervised() or standing is None or not standing.is_cancelling:
        return False
    wish = call.run.refresh()
    hooks = call.flow.hooks["on_cancellation"]
    if hooks:
        yield from call_hooks(hooks, call.flow, call.context, wish)
    state = call.advance(Cancelled(message="The run was cancelled; it has ended."))
    cancel_children(call.run.store, call.run.id)
    log_end(call.context.logger, state)
    return True


def _crash(call: FlowCall, interruption: BaseException) -> Steps[None]:
    """Record that a run was ended from outside; the interruption goes on its way afterwards."""
    run = call.run
    if run.state is None or run.is_elsewhere():
        return
    if run.state.is_final():
        call.catch_up()
        return
    if _is_suspended(call):
        yield from call.context.submissions.stop("its flow run was suspended")
        run.store.journal.flush()
        run.refresh()
        call.context.logger.info("Suspended by someone else")
        return
    state = outcomes.crashed(cause_of(interruption))
    if call.context.submissions.runner is not None and not isinstance(interruption, GeneratorExit):
        yield from call.context.submissions.stop("its flow run was interrupted")
    try:
        call.advance(state)
    except (StoreError, StaleTransition) as problem:
        if isinstance(problem, StaleTransition) and (yield from _cancelled(call)):
            return
        interruption.add_note(f"pacc could not record that flow run {run.name!r} crashed: {problem}")
        return
    call.context.logger.error("Crash detected! %s", state.message)
    if call.flow.on_crashed_hooks and not isinstance(interruption, GeneratorExit):
        yield from call_hooks(call.flow.on_crashed_hooks, call.flow, call.context, state)
    log_end(call.context.logger, state)
