"""G11: two actors on one run, in every order of their steps: a terminal state never changes but by a retry, the late one is refused."""

from __future__ import annotations

import itertools
import threading

import pytest

from pacc._internal import ids
from pacc.exceptions import StaleTransition, StoreError
from pacc.schemas.responses import SetStateStatus
from pacc.services.flow_names import ensure_flow
from pacc.services.live_runs import LiveFlowRun
from pacc.services.reaping import reap
from pacc.services.run_transitions import propose_flow_run_state
from pacc.states import Cancelled, Cancelling, Completed, Failed, Pending, Running, Scheduled, TimedOut
from pacc.store import StoreOptions, open_store


class Stage:
    """Lets one actor at a time take one step, in an order chosen beforehand, and notes where there was a choice."""

    def __init__(self, choices):
        self.choices = choices
        self.options = []
        self._news = threading.Condition()
        self._waiting, self._acting, self._granted = [], 0, None

    def step(self):
        me = threading.current_thread().name
        with self._news:
            self._waiting.append(me)
            self._news.notify_all()
            self._news.wait_for(lambda: self._granted == me)
            self._granted = None

    def play(self, actors):
        """Carry the actors out and return what each came to, and what the order was."""
        results, order = {}, []

        def act(name, work):
            self.step()
            try:
                results[name] = work()
            finally:
                with self._news:
                    self._acting -= 1
                    self._news.notify_all()

        self._acting = len(actors)
        threads = [threading.Thread(target=act, args=item, name=item[0]) for item in actors.items()]
        for thread in threads:
            thread.start()
        while True:
            with self._news:
                self._news.wait_for(lambda: len(self._waiting) == self._acting and self._granted is None)
                if not self._acting:
                    break
                self._waiting.sort()
                self._granted = self._waiting.pop(self._choice())
                order.append(self._granted)
                self._news.notify_all()
        for thread in threads:
            thread.join()
        return results, order

    def _choice(self):
        number = len(self.options)
        self.options.append(len(self._waiting))
        return self.choices[number] if number < len(self.choices) else 0

    def next(self):
        """The choices of the next order to be tried, `None` after the last."""
        taken = [*self.choices, *[0] * (len(self.options) - len(self.choices))]
        for number in reversed(range(len(taken))):
            if taken[number] + 1 < self.options[number]:
                return [*taken[:number], taken[number] + 1]
        return None


class Stepped:
    """A store each of whose calls is one step on a stage."""

    def __init__(self, store, stage):
        self._store = store
        self._stage = stage

    def __getattr__(self, name):
        part = getattr(self._store, name)
        if name not in {"read", "write", "write_all", "transaction"}:
            return part

        def stepped(*args, **kwargs):
            self._stage.step()
            return part(*args, **kwargs)

        return stepped


def ends_as(make):
    def act(live, store):
        live.store = store
        try:
            return [live.advance(make()).type.value]
        except StaleTransition:
            return []

    return act


def proposes(*makes):
    def act(live, store):
        results = [propose_flow_run_state(store, live.id, make()) for make in makes]
        return [result.state.type.value for result in results if result.status is not SetStateStatus.ABORT]

    return act


def retries(live, store):
    (row,) = store.read("flow_runs.read", {"id": live.id})
    if row["state_type"] not in ENDS:
        return []
    return [propose_flow_run_state(store, live.id, Scheduled(), force=True).state.type.value]


def crashes(live, store):
    if reap(store):
        return ["CRASHED"]
    (row,) = store.read("flow_runs.read", {"id": live.id})
    wound_up = row["state_type"] == "CANCELLED" and "ended without a word" in (row["state_message"] or "")
    return ["CANCELLED"] if wound_up else []


ACTORS = {
    "finish": ends_as(Completed),
    "fail": ends_as(Failed),
    "timeout": ends_as(TimedOut),
    "cancel": proposes(Cancelling, Cancelled),
    "crash": crashes,
    "retry": retries,
}
ENDS = {"COMPLETED", "FAILED", "CANCELLED", "CRASHED"}


@pytest.fixture
def store(pacc_home):
    store = open_store(pacc_home, StoreOptions(synchronous="OFF"))  # no power cuts here
    yield store
    store.close()


@pytest.mark.parametrize("late", [False, True], ids=["running", "crashed before"])
@pytest.mark.parametrize(("one", "other"), list(itertools.combinations_with_replacement(ACTORS, 2)))
def test_two_actors_in_any_order_leave_one_true_history(store, checking, one, other, late):
    choices, orders = [], 0
    with checking.connected(store.home) as looking:
        while choices is not None:
            live = running(store)
            if late:
                reap(store)
            stage = Stage(choices)
            actors = {
                f"{number} {name}": acting(name, live, store, stage)
                for number, name in enumerate((one, other))
            }
            results, order = stage.play(actors)
            (row,) = checking.rows_by(looking, "flow_run", f"id = '{live.id}'")
            assert list(checking.faults_of(row)) == [], (order, results, row["history"])
            assert told(row) == expected(results, late), (order, results, row["history"])
            settle(store, row)
            choices = stage.next()
            orders += 1
    assert orders > 1


def running(store):
    """A run that runs in a process which is gone."""
    flow_id = ensure_flow(store, "etl")
    live = LiveFlowRun(store, name="run", flow_id=flow_id, flow_name="etl", session=ids.new_id())
    live.advance(Pending())
    live.advance(Running())
    return live


def acting(name, live, store, stage):
    return lambda: ACTORS[name](live_copy(live), Stepped(store, stage))


def settle(store, row):
    """End a run that is open still, so that the next one is alone."""
    if row["state_type"] not in ENDS:
        propose_flow_run_state(store, row["id"], Failed(), force=True)


def live_copy(live):
    """The run as another thread of the process would hold it, were there one: both believe the same of it."""
    other = LiveFlowRun.__new__(LiveFlowRun)
    for kind in type(live).__mro__:
        for name in getattr(kind, "__slots__", ()):
            setattr(other, name, getattr(live, name))
    return other


def told(row):
    """How often the history says each thing that actors did."""
    lines = [line.split('"type":"')[1].split('"')[0] for line in row["history"].split("\n")]
    return sorted(kind for kind in lines if kind in {*ENDS, "SCHEDULED"})


def expected(results, late):
    kinds = [kind for kinds in results.values() for kind in kinds if kind != "CANCELLING"]
    return sorted(kinds + ["CRASHED"] * late)


def test_a_late_writer_of_an_older_attempt_changes_nothing(store, checking):
    live = running(store)
    assert reap(store) == ["run"]
    propose_flow_run_state(store, live.id, Scheduled(), force=True)
    (before,) = checking.rows(store.home, "flow_run")
    for _ in range(2):
        with pytest.raises((StaleTransition, StoreError), match="changed by someone else"):
            live.advance(Completed())
    assert checking.rows(store.home, "flow_run") == [before]
    assert before["attempt"] == 2
    assert reap(store) == []  # a new attempt waits; the death of the old one is none of its business
