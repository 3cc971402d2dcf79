"""The state machine: every pair of states, what may follow what, and the same rule kept by the database itself."""

from __future__ import annotations

import json
import sqlite3

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pacc._internal import ids
from pacc.exceptions import IllegalTransition
from pacc.orchestration.transitions import MOVES, NAMES, RETRY_MOVES, allowed, check
from pacc.schemas.states import TERMINAL_STATES, StateType
from pacc.store import database, open_store
from pacc.store.flow_runs import COLUMNS

TYPES = list(StateType)
ENDS = sorted(TERMINAL_STATES)
types = st.sampled_from(TYPES)
named = types.flatmap(lambda kind: st.tuples(st.just(kind), st.sampled_from([*NAMES[kind], "Own Name"])))


def test_the_table_speaks_of_every_type():
    assert set(MOVES) == {None, *TYPES}
    assert set(NAMES) == set(TYPES)
    names = [name for group in NAMES.values() for name in group]
    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    "name",
    [
        "Scheduled", "Late", "AwaitingRetry", "AwaitingConcurrencySlot", "Pending", "Running", "Retrying",
        "Paused", "Suspended", "Resuming", "Cancelling", "Cancelled", "Completed", "Cached", "RolledBack",
        "Failed", "TimedOut", "Crashed", "NotReady", "Killing",
    ],
)  # fmt: skip
def test_every_name_people_know_belongs_to_one_type(name):
    assert len([kind for kind, names in NAMES.items() if name in names]) == 1


@given(named, named)
def test_check_raises_exactly_where_allowed_says_no(old, new):
    words = {"old_name": old[1], "new_name": new[1]}
    if allowed(old[0], new[0], **words):
        check(old[0], new[0], **words)
    else:
        with pytest.raises(IllegalTransition, match="cannot become"):
            check(old[0], new[0], **words)


@given(st.sampled_from(ENDS), named, st.text())
def test_a_terminal_state_is_left_by_a_retry_alone(end, new, old_name):
    kind, name = new
    rolled_back = (end, kind, name) == ("COMPLETED", "COMPLETED", "RolledBack")
    assert allowed(end, kind, old_name=old_name, new_name=name) is rolled_back
    assert allowed(end, kind, old_name=old_name, new_name=name, retry=True) is (
        kind in RETRY_MOVES or rolled_back
    )


@pytest.mark.parametrize("start", [kind for kind in TYPES if kind not in TERMINAL_STATES])
def test_every_run_under_way_can_be_cancelled_in_the_end(start):
    seen, front = {start}, [start]
    while front:
        for kind in MOVES[front.pop()] - seen:
            seen.add(kind)
            front.append(kind)
    assert StateType.CANCELLED in seen


def test_a_run_that_is_being_cancelled_can_only_become_cancelled():
    assert MOVES[StateType.CANCELLING] == {StateType.CANCELLED}


def test_a_run_that_is_being_cancelled_may_be_killed_and_is_not_given_time_again():
    ending = StateType.CANCELLING
    assert allowed(ending, ending, old_name="Cancelling", new_name="Killing")
    for old, new in (("Killing", "Cancelling"), ("Killing", "Killing"), ("Cancelling", "Cancelling")):
        assert not allowed(ending, ending, old_name=old, new_name=new)


def test_only_a_running_run_may_pause():
    assert [kind for kind, moves in MOVES.items() if StateType.PAUSED in moves] == [StateType.RUNNING]


@pytest.mark.parametrize("kind", ["RUNNING", "CANCELLING", "CANCELLED", "PAUSED"])
def test_a_run_under_way_does_not_become_pending_again(kind):
    assert not allowed(StateType(kind), StateType.PENDING)


def test_pending_may_follow_pending_under_another_name():
    pending = StateType.PENDING
    assert not allowed(pending, pending, old_name="Pending", new_name="Pending")
    assert allowed(pending, pending, old_name="Pending", new_name="NotReady")


def test_a_refusal_names_both_states_and_the_way_out():
    with pytest.raises(IllegalTransition, match=r"ended in state 'Completed'.*'Crashed'; only a retry"):
        check(StateType.COMPLETED, StateType.CRASHED, old_name="Completed")
    with pytest.raises(IllegalTransition, match="a run in state 'Cancelling' cannot become 'Running'"):
        check(StateType.CANCELLING, StateType.RUNNING)


# ------------------------------------------------------------------------------------------- in SQLite


@pytest.fixture
def store(pacc_home):
    opened = open_store(pacc_home)
    yield opened
    database._stores.pop(str(opened.home), None)
    database._stores.pop(str(pacc_home), None)
    opened.close()


class Rows:
    """Runs in the store, moved with nothing but SQL."""

    def __init__(self, store):
        self.store = store
        self.flow_id = ids.new_id()
        self._sql("INSERT INTO flow (id, name, created, updated) VALUES (?, 'f', 1, 1)", self.flow_id)

    def _sql(self, sql, *values):
        with self.store.transaction() as changes:
            return changes._connection.execute(sql, values).fetchall()

    def ended(self, table, kind):
        """Add a run that ended in such a state and return its id."""
        run_id = ids.new_id()
        columns = {
            "id": run_id, "name": "r", "created": 1, "state_type": kind, "state_name": kind.title(), "state_time": 1,
            "version": 3, "attempt": 1, "history": json.dumps({"type": kind}),
        }  # fmt: skip
        own = (
            {"flow_id": self.flow_id, "updated": 1}
            if table == "flow_run"
            else {"task_key": "t", "dynamic_key": "d"}
        )
        columns |= own
        places = ", ".join("?" * len(columns))
        self._sql(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({places})", *columns.values())
        return run_id

    def move(self, table, run_id, kind, name, *, attempt):
        """Try to move a run; say whether the database let it."""
        try:
            self._sql(
                f"UPDATE {table} SET state_type = ?, state_name = ?, state_time = 2, version = 4, attempt = ? "
                "WHERE id = ?",
                kind, name, attempt, run_id,
            )  # fmt: skip
        except sqlite3.IntegrityError:
            return False
        return True


@pytest.fixture
def rows(store):
    return Rows(store)


@pytest.mark.parametrize("table", ["flow_run", "task_run"])
@pytest.mark.parametrize("end", ENDS)
def test_the_database_refuses_every_move_the_table_forbids(rows, table, end):
    for kind in TYPES:
        for name in NAMES[kind]:
            moved = rows.move(table, rows.ended(table, end), kind, name, attempt=1)
            permitted = allowed(end, kind, new_name=name)
            if table == "task_run" or not permitted:
                assert moved is permitted, (end, kind, name)


@pytest.mark.parametrize("table", ["flow_run", "task_run"])
@pytest.mark.parametrize("end", ENDS)
def test_the_database_lets_a_new_attempt_out_of_an_end(rows, table, end):
    for kind in RETRY_MOVES:
        assert rows.move(table, rows.ended(table, end), kind, kind.title(), attempt=2)


def test_the_columns_the_engine_writes_are_those_of_the_table(store):
    assert list(COLUMNS) == [row["name"] for row in store.read_sql("PRAGMA table_info(flow_run)")]
