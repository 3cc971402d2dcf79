"""One call of a flow: its run, its context, the task run that stands for it in its parent, and what it came to."""

from __future__ import annotations

from contextlib import suppress
from typing import Any
from uuid import UUID

from pacc._internal import names
from pacc._internal.jsontext import dumps
from pacc._internal.steps import (
    Outcome,
)
from pacc.context import FlowRunContext, TagsContext, TaskRunContext
from pacc.engine import place, upstream
from pacc.engine.entrypoints import entrypoint_of
from pacc.engine.features.checkpoints import Checkpoints
from pacc.engine.features.pauses import Gate
from pacc.engine.features.results import prepare_context
from pacc.engine.parameters import stored
from pacc.engine.submissions import Submissions
from pacc.exceptions import (
    StoreError,
)
from pacc.logging import flow_run_logger, log_prints_wanted
from pacc.schemas.states import State, StateDetails, StateType, replaced
from pacc.services.live_runs import LiveFlowRun, LiveTaskRun
from pacc.settings import get_current_settings
from pacc.store.log_files import log_path
from pacc.store.log_writing import RunLog


class FlowCall:
    """One call of a flow: what was asked for, and what it came to."""

    __slots__ = (
        "blocking",
        "checkpoints",
        "context",
        "fingerprint",
        "flow",
        "is_stored",
        "outcome",
        "parameters",
        "run",
        "tracker",
    )

    def __init__(
        self, flow: Any, parameters: dict[str, Any], wait_for: Any, run: LiveFlowRun | None = None
    ) -> None:
        self.flow = flow
        parent = FlowRunContext.get() if run is None else None
        registry = parent.upstream if parent is not None else None
        self.parameters, found = upstream.resolve(parameters, registry, wait_for, flow.owner)
        self.blocking = found.blocking
        here = place.current()
        self.tracker = _tracker(flow, parent, found.inputs) if parent is not None else None
        self.is_stored = run is not None
        """Whether the run was made earlier, by someone else; nobody is there then to iterate a generator."""
        self.run = run or self._new_run(here, parent)
        run_log = RunLog(log_path(here.home, self.run.id))
        self.context = FlowRunContext(
            self.run,
            self.parameters,
            flow=flow,
            store=here.store,
            home=here.home,
            upstream=upstream.Registry(),
            submissions=Submissions(),
            parent=parent,
            log_prints=log_prints_wanted(flow.log_prints),
            run_log=run_log,
        )
        self.context.logger = flow_run_logger(self.run, flow, run_log=run_log)
        prepare_context(self.context, flow)
        self.checkpoints: Checkpoints = self._prepared_checkpoints(parent)
        """What is kept for a retry of the flow run that no other one called."""
        self.context.pause_gate = Gate(self.run, self.context.logger) if parent is None else parent.pause_gate
        self.fingerprint: bytes | None = None
        """What a retry recognises the arguments by, `None` where the result is not kept for one."""
        self.outcome = Outcome()

    def _new_run(self, here: place.Place, parent: FlowRunContext | None) -> LiveFlowRun:
        flow = self.flow
        return LiveFlowRun(
            here.store,
            name=names.run_name(),
            flow_id=here.flow_ids.of(flow.name),
            flow_name=flow.name,
            flow_version=flow.version,
            parent=parent.run if parent is not None else None,
            parent_task_run_id=self.tracker.id if self.tracker is not None else None,
            parameters_text=stored(self.parameters, flow.owner),
            tags=TagsContext.get(),
            policy=flow.retry_policy.stored(),
            session=here.session.id,
            process=here.process if parent is None else None,
            entrypoint=entrypoint_of(flow) if parent is None else None,
        )

    def _prepared_checkpoints(self, parent: FlowRunContext | None) -> Checkpoints:
        context = self.context
        if parent is None:
            own = Checkpoints(context.store, context.home, self.run, self.flow.__module__)
            context.checkpoints = own if get_current_settings().flows.checkpoints else None
            return own
        context.checkpoints = parent.checkpoints
        if parent.checkpoints is not None and not parent.run.is_elsewhere():
            around = TaskRunContext.get()
            inside = around is not None and around.flow_context is parent
            context.place = parent.placed(self.flow.code_key, around if inside else None)
        return parent.checkpoints  # type: ignore[no-any-return]

    def begin(self) -> None:
        """Record that the run is there, or that a stored one is about to be executed."""
        state = self.run.state
        if state is None and self.context.parent is None:
            self.checkpoints.keep_parameters(self.parameters, self.flow.owner)
        if state is None or not state.is_pending():
            self.advance(State(type=StateType.PENDING))

    def advance(self, state: State[Any]) -> State[Any]:
        """Move the run, and the task run that stands for it in its parent."""
        self.run.advance(state)
        if self.tracker is not None:
            self.tracker.advance(mirrored(state, UUID(self.run.id)))
        return state

    def catch_up(self) -> None:
        """End the task run that stands for the run, where an interruption came between the two."""
        tracker, state = self.tracker, self.run.state
        if tracker is None or state is None or (tracker.state is not None and tracker.state.is_final()):
            return
        with suppress(StoreError):  # kept in the journal, which tells whoever comes next
            tracker.advance(mirrored(state, UUID(self.run.id)))

    def rename(self, name: str) -> None:
        """Give the run its name; its lines of log carry the new one from here on."""
        self.run.name = name
        self.context.logger = flow_run_logger(self.run, self.flow, run_log=self.context.run_log)

    def reuse(self, state: State[Any]) -> State[Any]:
        """End a call whose result an earlier attempt has brought: no flow run is made, and nothing is called."""
        tracker, parent = self.tracker, self.context.parent
        if tracker is not None and parent is not None:
            tracker.advance(state)
            if self.outcome.value is not None:
                parent.upstream.remember(self.outcome.value, "task_run", tracker.id)
        return state

    def answer(self) -> Any:
        """Return what the flow returned, or raise what it raised or what its state stands for."""
        if self.outcome.error is not None:
            raise self.outcome.error
        value = self.outcome.value
        return self._answer_of(value) if isinstance(value, State) else value

    def _answer_of(self, returned: State[Any]) -> Any:
        """Return what a state that the flow returned stands for, or raise it; another run's state stands for itself."""
        state = self.run.state
        if state is not None and not state.is_completed():
            return state.result()
        if returned.belongs_to_a_run():
            return returned
        return None if returned.data is None else returned.result()


def _tracker(flow: Any, parent: FlowRunContext, inputs: dict[str, list[dict[str, str]]]) -> LiveTaskRun:
    """Return the task run that stands for a nested flow run in its parent."""
    around = TaskRunContext.get()
    number = parent.number_child(flow.name)
    suffix = str(number)
    if around is not None and around.flow_context is parent:
        suffix = f"{around.run.dynamic_key[:8]}-{number}"
        inputs["__parents__"] = [{"input_type": "task_run", "id": around.run.id}]
    return LiveTaskRun(
        parent.store,
        name=f"{flow.name}-{suffix}",
        task_name=flow.name,
        task_key=f"{flow.__module__}.{flow.__qualname__}",
        dynamic_key=suffix,
        flow_run_id=parent.run.id,
        flow_run_run_count=parent.run.run_count,
        inputs=dumps(inputs) if inputs else "{}",
        task_version=flow.version,
    )


def mirrored(state: State[Any], flow_run_id: UUID) -> State[Any]:
    """Return the state as the task run's that stands for the nested flow run."""
    own = state.own_details
    details = (
        StateDetails(child_flow_run_id=flow_run_id)
        if own is None
        else replaced(own, child_flow_run_id=flow_run_id)
    )
    mirrored: State[Any] = State(
        type=state.type, name=state.name, message=state.message, state_details=details
    )
    mirrored.time = state.time
    return mirrored
