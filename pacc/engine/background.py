"""Background tasks: a call put into the queue here, and carried out by a task worker there.

>>> from pacc import task
>>> @task
... def greet(name):
...     return f"hello {name}"
>>> future = greet.delay("Ulm")  # doctest: +SKIP
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pacc._internal import ids
from pacc._internal.annotations import quote
from pacc._internal.jsontext import dumps
from pacc.context import FlowRunContext, TagsContext, TaskRunContext
from pacc.engine import place, upstream
from pacc.engine.pickles import loaded_arguments, pickled_arguments
from pacc.engine.task_run import NAME_DIGITS, TaskCall, execute, log_end, not_ready_state
from pacc.exceptions import ParameterBindError
from pacc.logging import get_logger, task_run_logger
from pacc.results.parameters import KeptParameters, drop_parameters, keep_parameters, read_parameters
from pacc.schemas.states import StateDetails
from pacc.services import background_tasks
from pacc.services.background_tasks import ClaimedTaskRun, Entry, QueuedTaskRun
from pacc.states import Failed, Retrying, Scheduled
from pacc.store.columns import parsed

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pacc.engine.upstream import Upstream
    from pacc.schemas.states import State
    from pacc.services.background_tasks import Claim
    from pacc.store import Store

# ------------------------------------------------------------------------------------------------- into the queue


def enqueue(
    task: Any,
    calls: Iterable[dict[str, Any]],
    wait_for: Any = None,
    dependencies: Mapping[str, Any] | None = None,
) -> list[str]:
    """Put calls of a task into the queue and return the ids of their runs, which are there for good by then.

    Futures of this process among the arguments are waited for; those of background tasks travel along, and a run is not claimed
    before theirs are over.

    Args:
        task: the task.
        calls: the arguments of each call, by name.
        wait_for: futures or states that must have completed first.
        dependencies: more runs that arguments came from, by parameter: objects with an `input_type` and an `id`.

    Raises:
        SerializationError: an argument cannot be pickled; nothing is queued.
        StoreError, OSError: it cannot be kept.
    """
    wait_for = upstream.kept(wait_for)
    queued = [_queued(task, parameters, wait_for, dependencies or {}) for parameters in calls]
    background_tasks.enqueue(place.current().store, queued)
    return [run.id for run, _ in queued]


def _queued(
    task: Any, parameters: dict[str, Any], wait_for: Any, dependencies: Mapping[str, Any]
) -> tuple[QueuedTaskRun, Entry | None]:
    """Return the run of one call and its entry in the queue; none where a run it needs has failed already."""
    flow_context, around = FlowRunContext.get(), TaskRunContext.get()
    for future in upstream.unfinished([parameters, wait_for]):
        if not future.is_anywhere:
            future.wait()
    registry = flow_context.upstream if flow_context is not None else None
    resolved, found = upstream.resolve(parameters, registry, wait_for, task.owner)
    if around is not None and around.flow_context is flow_context:
        found.add("__parents__", "task_run", around.run.id)
    for name, sources in dependencies.items():
        for source in sources:
            found.add(name, source.input_type, str(source.id))
    run = _new_run(task, flow_context, found)
    if found.blocking is not None:
        run.advance(not_ready_state(found.blocking))
        return run, None
    sent, still = _to_send(parameters, wait_for, resolved, found)
    pickled = pickled_arguments(sent, still, task.name)
    kept = keep_parameters(run.id, pickled, task.result_storage)
    run.advance(Scheduled(state_details=StateDetails(deferred=True)))
    awaits = dumps([str(future.task_run_id) for future in found.awaited]) if found.awaited else None
    entry = Entry(
        task_run_id=run.id,
        task_key=task.task_key,
        due=run.next_scheduled_start_time,
        started=0,
        retries=task.retries,
        awaits=awaits,
        digest=kept.digest,
        parameters=kept.inside,
        storage=kept.storage,
    )
    return run, entry


def _to_send(
    parameters: dict[str, Any], wait_for: Any, resolved: dict[str, Any], found: Upstream
) -> tuple[dict[str, Any], Any]:
    """Return the arguments as the worker gets them, and what it waits for: futures go along where some are not over."""
    if found.awaited:
        return {name: upstream.portable(value) for name, value in parameters.items()}, upstream.portable(
            wait_for
        )
    return {
        name: value if upstream.is_plain(value) else quote(value) for name, value in resolved.items()
    }, None


def _new_run(task: Any, flow_context: FlowRunContext | None, found: Upstream) -> QueuedTaskRun:
    dynamic_key = ids.random_key()
    store: Store = place.current().store if flow_context is None else flow_context.store
    return QueuedTaskRun(
        store,
        name=task.name if flow_context is None else f"{task.name}-{dynamic_key[:NAME_DIGITS]}",
        task_name=task.name,
        task_key=task.task_key,
        dynamic_key=dynamic_key,
        flow_run_id=None if flow_context is None else flow_context.run.id,
        flow_run_run_count=0 if flow_context is None else flow_context.run.run_count,
        tags=task.tags | TagsContext.get(),
        inputs=dumps(found.inputs) if found.inputs else "{}",
        task_version=task.version,
        policy=task.retry_policy.stored(),
    )


# ------------------------------------------------------------------------------------------------- out of the queue


class ClaimedCall(TaskCall):
    """A call that another process asked for; its result is kept, since that one wants it."""

    __slots__ = ("_claimed",)

    goes_back = True

    def __init__(self, task: Any, claimed: ClaimedTaskRun, parameters: dict[str, Any], wait_for: Any) -> None:
        self._claimed = claimed
        super().__init__(task, parameters, wait_for)
        self.gathers = True
        self.keep_always()

    def first_state(self) -> State[Any]:
        """Return `Retrying` where the function may have been called by another worker before."""
        return Retrying() if self._claimed.was_started else super().first_state()

    def _new_run(self, inputs: dict[str, list[dict[str, str]]]) -> ClaimedTaskRun:
        run = self._claimed
        if inputs:
            run.inputs = dumps({**parsed(run.inputs, {}), **inputs})
        return run


def carry_out(task: Any, claim: Claim) -> State[Any]:
    """Execute a claimed run in this thread, record what it came to, and return that state: the last one, or one to wait in.

    Args:
        task: the task, as this process has it.
        claim: the run.

    Raises:
        StoreError: the end could not be recorded. An interruption is recorded and raised.
    """
    store = place.current().store
    run = ClaimedTaskRun.taken(store, claim.columns, claim.entry, task_name=task.name)
    kept = KeptParameters(claim.entry.digest, claim.entry.parameters, claim.entry.storage)
    try:
        state = _executed(task, run, kept)
    finally:
        store.journal.flush()  # what is over stays over, and what waits is seen by others
    if state.is_completed():
        drop_parameters(run.id, kept)
    return state


def _executed(task: Any, run: ClaimedTaskRun, kept: KeptParameters) -> State[Any]:
    try:
        parameters, wait_for = loaded_arguments(read_parameters(run.id, kept))
        _require_fitting(task, parameters)
        call = ClaimedCall(task, run, parameters, wait_for)
    except Exception as problem:  # noqa: BLE001 - arguments are other people's objects, and storages their code
        return _refused(task, run, problem)
    return execute(call)


def _require_fitting(task: Any, parameters: dict[str, Any]) -> None:
    """The code that queued the call may have been another version than the one this worker has.

    Raises:
        ParameterBindError: its arguments are not those of the task here.
    """
    known = set(task.binder.signature.parameters)
    if known != set(parameters):
        raise ParameterBindError(
            f"the call was made for another version of task {task.name!r}: "
            f"it gives {sorted(parameters)}, and the parameters here are {sorted(known)}"
        )


def _refused(task: Any, run: ClaimedTaskRun, problem: Exception) -> State[Any]:
    """End a run whose function cannot be called here at all."""
    state = run.advance(Failed(message=f"The task could not be called: {problem}", data=problem))
    logger = task_run_logger(run, task)
    log_end(logger, state)
    get_logger("task_worker").error("Task run %r failed: %s", run.name, problem)
    return state
