"""G11: a plain model of runs and a real store are driven side by side through any sequence of what can happen to runs."""

from __future__ import annotations

import itertools
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test

from pacc._internal import sessions
from pacc.exceptions import IllegalTransition, StaleTransition
from pacc.orchestration import transitions
from pacc.schemas.responses import SetStateStatus
from pacc.schemas.states import TERMINAL_STATES, State, StateType
from pacc.services.flow_names import ensure_flow
from pacc.services.live_runs import LiveFlowRun, LiveTaskRun
from pacc.services.reaping import reap
from pacc.services.run_transitions import propose_flow_run_state, propose_task_run_state
from pacc.store import StoreOptions, open_store

KINDS = st.sampled_from(
    [kind for kind in StateType if kind is not StateType.SCHEDULED] + [StateType.SCHEDULED]
)
SOAK = [pytest.mark.soak, pytest.mark.timeout(7200)]


@dataclass
class Known:
    """What the model knows of one run."""

    live: LiveFlowRun | LiveTaskRun
    session: str | None
    version: int = 0
    attempt: int = 1
    type: StateType | None = None
    overtaken: bool = False
    """Whether someone else moved it, so that what its own process tells no longer follows."""

    @property
    def table(self):
        return "flow_run" if isinstance(self.live, LiveFlowRun) else "task_run"

    def move(self, kind, *, from_outside=True):
        self.type = kind
        self.version += 1
        self.overtaken |= from_outside


def session_in(home):
    """A session that seems to be held by another process, and can be ended as if that had been killed."""
    return sessions.Session(home)


def kill(session):
    session_file = session.path.read_bytes()
    session.end()
    session.path.write_bytes(session_file)


def advances(run, kind):
    """What the engine's advance of a run must come to."""
    if run.live.state is not None and not transitions.allowed(
        run.live.state.type, kind, old_name=run.live.state.name, new_name=State(type=kind).name
    ):
        return IllegalTransition
    return StaleTransition if run.overtaken and run.table == "flow_run" else None


class Histories(RuleBasedStateMachine):
    """The sequences; each begins with a store that holds the runs of earlier ones, which must stay as they are."""

    checking = None
    home = None

    def __init__(self):
        super().__init__()
        self.runs = []
        self.sessions = [session_in(self.home) for _ in range(2)]
        self.names = itertools.count()

    @property
    def store(self):
        return open_store(self.home, StoreOptions(synchronous="OFF"))

    @rule(number=st.integers(0, 3), top=st.booleans())
    def create(self, number, top):
        session = self.sessions[number % len(self.sessions)].id if number < 3 else None
        if top:
            flow_id = ensure_flow(self.store, "etl")
            live = LiveFlowRun(self.store, name="run", flow_id=flow_id, flow_name="etl", session=session)
        else:
            live = LiveTaskRun(
                self.store,
                name="t",
                task_name="t",
                task_key="t",
                dynamic_key="0",
                flow_run_id=None,
                session=session,
            )
        run = Known(live, session)
        live.advance(State(type=StateType.PENDING))
        self.store.journal.flush()
        run.move(StateType.PENDING, from_outside=False)
        self.runs.append(run)

    @precondition(lambda self: self.runs)
    @rule(data=st.data(), kind=KINDS)
    def advance(self, data, kind):
        run = data.draw(st.sampled_from(self.runs))
        refusal = advances(run, kind)
        if refusal is not None:
            with pytest.raises(refusal):
                run.live.advance(State(type=kind))
            return
        run.live.advance(State(type=kind))
        self.store.journal.flush()
        if not run.overtaken:
            run.move(kind, from_outside=False)

    @precondition(lambda self: self.runs)
    @rule(data=st.data(), kind=KINDS)
    def propose(self, data, kind):
        run = data.draw(st.sampled_from(self.runs))
        propose = propose_flow_run_state if run.table == "flow_run" else propose_task_run_state
        name = State(type=kind).name
        wanted = kind
        if kind is StateType.CANCELLING and run.type is StateType.SCHEDULED and run.session is None:
            wanted, name = StateType.CANCELLED, "Cancelled"
        (row,) = self.checking.rows(self.home, run.table, f"id = '{run.live.id}'")
        allowed = transitions.allowed(run.type, wanted, old_name=row["state_name"], new_name=name)
        result = propose(self.store, run.live.id, State(type=kind))
        assert (result.status is not SetStateStatus.ABORT) == allowed, result
        if allowed:
            run.move(wanted)

    @precondition(lambda self: any(run.type in TERMINAL_STATES for run in self.runs))
    @rule(data=st.data())
    def retry(self, data):
        run = data.draw(st.sampled_from([run for run in self.runs if run.type in TERMINAL_STATES]))
        propose = propose_flow_run_state if run.table == "flow_run" else propose_task_run_state
        propose(self.store, run.live.id, State(type=StateType.SCHEDULED), force=True)
        run.move(StateType.SCHEDULED)
        run.attempt += 1
        if run.table == "flow_run":
            run.session = None

    @rule(number=st.integers(0, 1))
    def kill_session(self, number):
        kill(self.sessions[number])
        self.sessions[number] = session_in(self.home)

    @rule()
    def reap(self):
        reap(self.store)
        living = {session.id for session in self.sessions}
        for run in self.runs:
            if run.session is not None and run.session not in living and run.type not in TERMINAL_STATES:
                cancelling = run.type is StateType.CANCELLING
                run.move(StateType.CANCELLED if cancelling else StateType.CRASHED)

    @rule()
    def reopen(self):
        self.store.close()

    def check(self):
        for run in self.runs:
            (row,) = self.checking.rows(self.home, run.table, f"id = '{run.live.id}'")
            assert (row["state_type"], row["version"], row["attempt"]) == (run.type, run.version, run.attempt)
            assert list(self.checking.faults_of(row)) == []

    def teardown(self):
        for session in self.sessions:
            kill(session)
        self.check()
        self.reap_all()

    def reap_all(self):
        reap(self.store)
        assert self.checking.open_runs(self.home) == [
            row["name"]
            for table in ("flow_run", "task_run")
            for row in self.checking.rows(self.home, table, f"{self.checking.OPEN} AND session IS NULL")
        ]


@pytest.mark.parametrize("count", [40, pytest.param(10_000, marks=SOAK)])
def test_any_sequence_leaves_the_store_as_a_plain_model_says(checking, count):
    folder = Path(tempfile.mkdtemp())
    machine = type("Machine", (Histories,), {"checking": checking, "home": folder / "home"})
    try:
        run_state_machine_as_test(
            machine,
            settings=settings(
                max_examples=count,
                stateful_step_count=20,
                deadline=None,
                suppress_health_check=list(HealthCheck),
            ),
        )
        assert checking.faults(machine.home) == []
    finally:
        open_store(machine.home).close()
        shutil.rmtree(folder)
