"""Flow runs as programs deal with them: waited for, paused and resumed, and retried from where they stopped."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pacc._internal.steps import adrive, awaitable
from pacc.context import FlowRunContext, TaskRunContext, either_colour, either_driver
from pacc.engine import place
from pacc.engine.entrypoints import load_object
from pacc.engine.features import pauses
from pacc.engine.flow_run import run_taken_up
from pacc.exceptions import FlowRunWaitTimeout, MissingFlowError
from pacc.logging.loggers import get_logger
from pacc.services import changes, flow_runs, flows, pausing, reaping, retrying, taking_up

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from pacc._internal.steps import Steps
    from pacc.client.orchestration import PaccClient, SyncPaccClient
    from pacc.schemas.flow_runs import FlowRun
    from pacc.schemas.states import State

__all__ = [
    "apause_flow_run",
    "aresume_flow_run",
    "aretry_flow_run",
    "asuspend_flow_run",
    "pause_flow_run",
    "resume_flow_run",
    "retry_flow_run",
    "suspend_flow_run",
    "wait_for_flow_run",
]

_GLANCE = 5.0
"""Seconds after which a wait for a run looks whether its process still lives."""


def retry_flow_run(
    flow_run_id: UUID | str,
    *,
    flow: Any = None,
    entrypoint: str | None = None,
    from_task: str | None = None,
    everything: bool = False,
) -> State[Any]:
    """Run a flow run again that failed, crashed or was cancelled, from where it stopped: results of finished tasks are reused.

    A run of a script is executed here, in this process, before this returns. One of a deployment is left to its runner, unless a
    flow or an entrypoint is given.

    Args:
        flow_run_id: the run.
        flow: its flow, where it cannot be found by the entrypoint that is kept with the run.
        entrypoint: where to find the flow instead: `file.py:function`.
        from_task: redo this task and whatever was called after it, although it finished: the name of a task, or the name or id of
            a task run.
        everything: reuse nothing.

    Returns:
        The last state of this attempt, whatever it is; `AwaitingRetry` where a runner is to take it.

    Raises:
        ObjectNotFound: there is no such run, or no such task in it.
        IllegalTransition: it has not ended, it completed, or another flow run called it.
        StaleTransition: someone else retries it at this moment.
        MissingFlowError: its flow cannot be found. ScriptError: loading it raised an error.

    >>> retry_flow_run("0198a1b2-...")  # doctest: +SKIP
    Completed()
    """
    here = place.current()
    columns = retrying.check(here.store, flow_run_id)
    asked: dict[str, Any] = {"from_task": from_task, "everything": everything}
    if flow is None and entrypoint is None and columns["deployment_id"] is not None:
        retrying.retry(here.store, flow_run_id, **asked)
        state = flow_runs.read(here.store, flow_run_id).state
        assert state is not None  # noqa: S101 - every stored run has one
        return state
    name = flows.read(here.store, columns["flow_id"]).name
    if flow is None:
        flow = _found(entrypoint or columns["entrypoint"], name)
    _require(flow, name, entrypoint)
    retrying.retry(here.store, flow_run_id, session=here.session.id, process=here.process, **asked)
    return run_taken_up(flow, taking_up.taken_up(here.store, columns["id"]))


aretry_flow_run = awaitable(retry_flow_run)


def _found(entrypoint: str | None, name: str) -> Any:
    if entrypoint is None:
        raise MissingFlowError(
            f"the flow {name!r} cannot be found again: it was defined in a notebook, with `python -c`, inside a function, "
            "or bound to an object",
            hint="Name where it is now: `--entrypoint file.py:function`, or `retry_flow_run(..., flow=...)`.",
        )
    return load_object(entrypoint)


def _require(flow: Any, name: str, entrypoint: str | None) -> None:
    found = getattr(flow, "name", None)
    if not hasattr(flow, "fn") or not hasattr(flow, "retry_policy") or not hasattr(flow, "validator"):
        raise MissingFlowError(f"{entrypoint or flow!r} is of type {type(flow).__name__}, not a flow")
    if found != name:
        raise MissingFlowError(
            f"the run is one of the flow {name!r}, and {entrypoint or 'this'} is {found!r}"
        )


def _inside(verb: str) -> FlowRunContext:
    """Return the flow run whose code this is.

    Raises:
        RuntimeError: it is none, or a task's.
    """
    context = FlowRunContext.get()
    if context is None:
        raise RuntimeError(f"a run is {verb} from inside its flow, and no flow is running here")
    around = TaskRunContext.get()
    if around is not None and around.flow_context is context:
        raise RuntimeError(f"a run is {verb} by the code of its flow, not by a task")
    return context


def _pause(
    wait_for_input: Any = None,
    timeout: float | None = 3600,
    poll_interval: float = 10,
    key: str | None = None,
) -> Steps[Any]:
    """Wait in this flow run until someone resumes it. Tasks that were submitted before go on meanwhile.

    Args:
        wait_for_input: the type of what to ask whoever resumes it: a `RunInput`, a pydantic model, or a plain type such as `str`.
        timeout: seconds after which the wait ends with an error; `None` for no end.
        poll_interval: seconds after which to look at the latest; that the run was resumed is seen at once.
        key: tells the pauses of the run apart; the number of the pause by default. One that was resumed before, when the run was
            executed earlier, is passed at once.

    Returns:
        The input, `None` where none was asked for.

    Raises:
        FlowPauseTimeout: nobody resumed the run in time.
        RuntimeError: this is called outside of flows, or by a task.

    >>> pause_flow_run(wait_for_input=bool)  # doctest: +SKIP
    True
    """
    context = _inside("paused")
    return (
        yield from pauses.pause_steps(pauses.Request(context, wait_for_input, timeout, key), poll_interval)
    )


pause_flow_run = either_driver(_pause)
apause_flow_run = pause_flow_run.aio  # type: ignore[attr-defined]


def _suspend(
    wait_for_input: Any = None,
    flow_run_id: UUID | str | None = None,
    timeout: float | None = None,
    key: str | None = None,
) -> Any:
    """Let this process go until someone resumes the run: it is started anew then, and reuses what its tasks had finished.

    Args:
        wait_for_input: the type of what to ask whoever resumes it; see `pause_flow_run`.
        flow_run_id: another run, which is suspended where it stands.
        timeout: seconds after which the run fails unless someone resumes it; `None` for no end.
        key: tells the pauses of the run apart; see `pause_flow_run`.

    Returns:
        The input, once the run has been resumed; `None` where none was asked for.

    Raises:
        RuntimeError: this is called outside of flows, or by a task; the run has no deployment that would start it anew, or another
            flow run called it.
        ObjectNotFound: there is no such run. IllegalTransition: it cannot be suspended now.
    """
    own = FlowRunContext.get()
    if flow_run_id is not None and (own is None or str(flow_run_id) != own.run.id):
        return pausing.suspend(place.current().store, flow_run_id, timeout=timeout, key=key)
    context = _inside("suspended")
    if context.parent is not None:
        raise RuntimeError("a nested flow run cannot be suspended; suspend the one that called it")
    if context.run.deployment_id is None:
        raise RuntimeError(
            "only runs of deployments can be suspended: there is nobody to start this one again"
        )
    return pauses.suspend(pauses.Request(context, wait_for_input, timeout, key, suspends=True))


suspend_flow_run = either_colour(_suspend)
asuspend_flow_run = awaitable(_suspend)


def _resume(flow_run_id: UUID | str, run_input: Mapping[str, Any] | None = None) -> None:
    """Let a paused or suspended flow run go on.

    Args:
        flow_run_id: the run.
        run_input: the input it asks for, by the names of the fields; `{"value": ...}` for a plain type.

    Raises:
        ObjectNotFound: there is no such run. NotPausedError: it is not paused.
        FlowPauseTimeout: the pause has ended; the run has failed.
        InvalidRunInput: the input does not fit, is missing, or none was asked for; the run stays paused.

    >>> resume_flow_run(run_id, {"approved": True})  # doctest: +SKIP
    """
    pausing.resume(place.current().store, flow_run_id, run_input)


resume_flow_run = either_colour(_resume)
aresume_flow_run = awaitable(_resume)


async def wait_for_flow_run(
    flow_run_id: UUID | str,
    timeout: float | None = 10800,  # noqa: ASYNC109 - Prefect's signature
    poll_interval: float | None = None,
    client: PaccClient | SyncPaccClient | None = None,
    *,
    log_states: bool = False,
) -> FlowRun:
    """Wait until a flow run has ended, whoever executes it, and return it. In sync code: `asyncio.run(wait_for_flow_run(...))`.

    Args:
        flow_run_id: the run.
        timeout: seconds to wait at most; `None` for no end.
        poll_interval: seconds after which to look whether the run's process still lives, if nothing has happened until then; five
            by default. An ordinary end is noticed at once.
        client: whose store is meant; that of the settings in force by default.
        log_states: log each state the run is seen in.

    Raises:
        ObjectNotFound: there is no such run.
        FlowRunWaitTimeout: the time is up and the run has not ended; it goes on.

    >>> run = await wait_for_flow_run(run_id, timeout=60)  # doctest: +SKIP
    >>> run.state.name  # doctest: +SKIP
    'Completed'
    """
    store = place.current().store if client is None else client.store
    seen: list[str] = []

    def look() -> FlowRun | None:
        reaping.reap(store)
        run = flow_runs.read(store, flow_run_id)
        if run.state is None:
            return None
        if log_states and seen[-1:] != [run.state.name]:
            seen.append(run.state.name)
            get_logger("client").info("Flow run %r is in state %r", run.name, run.state.name)
        return run if run.state.is_final() else None

    ended = await adrive(changes.awaited(store, look, timeout=timeout, every=poll_interval or _GLANCE))
    if ended is None:
        raise FlowRunWaitTimeout(f"the flow run {flow_run_id} had not ended after {timeout:g} second(s)")
    return ended
