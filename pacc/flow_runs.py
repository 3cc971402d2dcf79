"""Flow runs as programs deal with them: retried from where they stopped."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pacc._internal.steps import awaitable
from pacc.engine import place
from pacc.engine.entrypoints import load_object
from pacc.engine.flow_run import run_taken_up
from pacc.exceptions import MissingFlowError
from pacc.services import flow_runs, flows, retrying, taking_up

if TYPE_CHECKING:
    from uuid import UUID

    from pacc.schemas.states import State

__all__ = ["aretry_flow_run", "retry_flow_run"]


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
        raise MissingFlowError(f"{entrypoint or flow!r} is a {type(flow).__name__}, not a flow")
    if found != name:
        raise MissingFlowError(
            f"the run is one of the flow {name!r}, and {entrypoint or 'this'} is {found!r}"
        )
