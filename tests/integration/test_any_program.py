"""Programs made up at random: whatever they do, the store tells a story that holds together."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass, field
from itertools import pairwise

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pacc import flow, task
from pacc.orchestration.transitions import allowed
from pacc.schemas.states import StateType


@dataclass(frozen=True)
class Step:
    """One flow or task: how often it fails, how often it may be retried, what it calls."""

    is_flow: bool
    is_async: bool
    failures: int
    retries: int
    catches: bool
    children: list[Step] = field(default_factory=list)


def steps(children):
    return st.builds(
        Step, st.booleans(), st.booleans(), st.integers(0, 2), st.integers(0, 2), st.booleans(), children
    )


programs = st.recursive(steps(st.just([])), lambda inner: steps(st.lists(inner, max_size=3)), max_leaves=8)


class Planned(Exception):
    """What a step raises on purpose."""


def runnable(step):
    """Make the flow or task that a step describes."""
    left = [step.failures]

    def end():
        if left[0]:
            left[0] -= 1
            raise Planned

    def body():
        for child in step.children:
            with contextlib.suppress(Planned) if step.catches else contextlib.nullcontext():
                answer = runnable(child)()
                if asyncio.iscoroutine(answer):
                    asyncio.run(answer)
        end()

    async def abody():
        for child in step.children:
            with contextlib.suppress(Planned) if step.catches else contextlib.nullcontext():
                answer = runnable(child)() if child.is_async else await asyncio.to_thread(runnable(child))
                if asyncio.iscoroutine(answer):
                    await answer
        end()

    make = flow if step.is_flow else task
    return make(name="step", retries=step.retries)(abody if step.is_async else body)


def require_a_true_story(recorded):
    """Check everything that must hold of every run, whatever the program was."""
    runs = {run.id: run for run in [*recorded.flow_runs(), *recorded.task_runs()]}
    for run in runs.values():
        states = recorded.states(run)
        assert run.state.is_final(), run
        assert states[-1].name == run.state_name
        assert run.run_count == sum(state.type is StateType.RUNNING for state in states)
        assert [state.time for state in states] == sorted(state.time for state in states)
        assert allowed(None, states[0].type)
        for old, new in pairwise(states):
            assert allowed(old.type, new.type, old_name=old.name, new_name=new.name), (old, new)
        assert run.start_time <= run.end_time
        assert run.total_run_time <= run.end_time - run.start_time
    for run in recorded.flow_runs():
        if run.parent_flow_run_id is not None:
            tracker = runs[run.parent_task_run_id]
            assert recorded.history(tracker) == recorded.history(run)
            assert tracker.flow_run_id == run.parent_flow_run_id
            assert run.root_flow_run_id == runs[run.parent_flow_run_id].root_flow_run_id
    for run in recorded.task_runs():
        assert run.flow_run_id is None or run.flow_run_id in runs
    assert recorded.store.journal.refused == 0


@given(programs)
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_every_program_leaves_a_true_story(recorded, program):
    with contextlib.suppress(Planned):
        answer = runnable(program)()
        if asyncio.iscoroutine(answer):
            asyncio.run(answer)
    require_a_true_story(recorded)
