"""States as values: constructors, questions, results, errors, groups."""

from __future__ import annotations

import asyncio
import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

import pacc.states
from pacc.exceptions import (
    CancelledRun,
    CrashedRun,
    FailedRun,
    MissingResult,
    PausedRun,
    TerminationSignal,
    UnfinishedRun,
)
from pacc.orchestration.transitions import NAMES
from pacc.schemas.states import TERMINAL_STATES, State, StateDetails, StateType
from pacc.states import (
    Cancelled,
    Completed,
    Crashed,
    Failed,
    Paused,
    Pending,
    Running,
    Scheduled,
    StateGroup,
    Suspended,
    exception_to_crashed_state,
    exception_to_failed_state,
    format_exception,
    get_state_exception,
    get_state_result,
    is_state_iterable,
    raise_state_exception,
)

OURS = {"Skipped", "Killing"}
"""Names only pacc gives, to runs nobody could make by hand."""
NAMED = [(kind, name) for kind, names in NAMES.items() for name in names if name not in OURS]


@pytest.mark.parametrize(("kind", "name"), NAMED, ids=[name for _, name in NAMED])
def test_every_name_has_a_constructor(kind, name):
    state = getattr(pacc.states, name)(message="why")
    assert (state.type, state.name, state.message) == (kind, name, "why")
    assert state.is_final() is (kind in TERMINAL_STATES)
    assert [question for question in questions() if getattr(state, question)()] == [f"is_{kind.lower()}"]


def questions():
    return [f"is_{kind.lower()}" for kind in StateType]


def test_the_default_name_is_the_type_in_title_case():
    assert [State(type=kind).name for kind in ("RUNNING", "CANCELLING")] == ["Running", "Cancelling"]
    assert Completed(name="Skipped").name == "Skipped"


def test_a_scheduled_state_is_due_now_unless_it_says():
    due = dt.datetime(2030, 1, 1, tzinfo=dt.UTC)
    assert Scheduled(scheduled_time=due).state_details.scheduled_time == due
    lateness = dt.datetime.now(dt.UTC) - Scheduled().state_details.scheduled_time
    assert abs(lateness.total_seconds()) < 5


def test_a_pause_ends_after_a_time_or_at_one_but_not_both():
    moment = dt.datetime(2030, 1, 1, tzinfo=dt.UTC)
    assert Paused(pause_expiration_time=moment, pause_key="k").state_details.pause_timeout == moment
    assert Paused(timeout_seconds=60).state_details.pause_timeout > dt.datetime.now(dt.UTC)
    assert Suspended().state_details.pause_reschedule is True
    with pytest.raises(ValueError, match="not both"):
        Paused(timeout_seconds=60, pause_expiration_time=moment)


def test_details_a_caller_gives_are_kept():
    state = Scheduled(state_details=StateDetails(cache_key="k"))
    assert (state.state_details.cache_key, state.state_details.scheduled_time is None) == ("k", False)


@pytest.mark.parametrize("value", [3, "text", [1], Completed(), ValueError("only a value")], ids=repr)
def test_a_completed_state_gives_its_value(value):
    assert Completed(data=value).result() is value


def test_a_completed_state_without_data_has_no_result():
    with pytest.raises(MissingResult, match="persist_result=True"):
        Completed().result()


@pytest.mark.parametrize(
    ("state", "error"), [(Paused(), PausedRun), (Running(), UnfinishedRun), (Pending(), UnfinishedRun)]
)
def test_a_run_that_has_not_ended_has_no_result(state, error):
    with pytest.raises(error):
        state.result()
    with pytest.raises(error):
        state.result(raise_on_failure=False)


def test_a_paused_run_brings_its_state_along():
    state = Paused()
    with pytest.raises(PausedRun) as raised:
        state.result()
    assert raised.value.state is state


OWN = ValueError("no such city")


@pytest.mark.parametrize("make", [Failed, Crashed, Cancelled])
@pytest.mark.parametrize(
    ("data", "text"),
    [
        (OWN, "no such city"),
        ("in words", "in words"),
        (None, "the message"),
        (Failed(data=OWN), "no such city"),
        ([Completed(), Failed(data=OWN)], "no such city"),
    ],
    ids=["error", "text", "nothing", "state", "states"],
)
def test_the_error_of_a_state_is_found_in_its_data(make, data, text):
    state = make(message="the message", data=data)
    wrapper = {"Failed": FailedRun, "Crashed": CrashedRun, "Cancelled": CancelledRun}[state.name]
    error = get_state_exception(state)
    assert str(error) == text
    assert error is OWN or isinstance(error, wrapper)
    assert isinstance(state.result(raise_on_failure=False), type(error))
    with pytest.raises(type(error), match=text):
        state.result()


def test_data_no_error_can_be_made_of_is_a_type_error():
    with pytest.raises(TypeError, match="int"):
        Failed(data=3).result()


def test_a_state_that_is_no_failure_has_no_error():
    with pytest.raises(ValueError, match="neither failed, crashed nor cancelled"):
        get_state_exception(Completed())
    assert raise_state_exception(Completed()) is None
    with pytest.raises(FailedRun):
        raise_state_exception(Failed())


def test_results_can_be_awaited():
    async def both():
        return await Completed(data=1).aresult(), await get_state_result(Completed(data=2))

    assert asyncio.run(both()) == (1, 2)


GROUPS = [
    ([Completed(), Completed()], "COMPLETED", "All states completed."),
    ([Completed(), Failed(), Crashed()], "FAILED", "2/3 states failed."),
    ([Completed(), Failed(), Cancelled()], "CANCELLED", "1/3 states cancelled."),
    ([Completed(), Failed(), Paused()], "PAUSED", "1/3 states paused."),
    ([Completed(), Running(), Pending()], "FAILED", "2/3 states are not final."),
    ([Failed(), Paused(), Cancelled()], "CANCELLED", "1/3 states cancelled."),
]


@pytest.mark.parametrize(("states", "kind", "message"), GROUPS, ids=[message for *_, message in GROUPS])
def test_many_states_amount_to_one(states, kind, message):
    state = StateGroup(states).aggregate()
    assert (state.type, state.message, state.data) == (kind, message, states)


@given(st.lists(st.sampled_from(list(StateType)), min_size=1))
def test_a_group_counts_what_is_in_it(kinds):
    group = StateGroup([State(type=kind) for kind in kinds])
    assert group.total_count == len(kinds) == sum(group.type_counts.values())
    assert group.all_completed() is (set(kinds) == {StateType.COMPLETED})
    assert group.any_failed() is bool({StateType.FAILED, StateType.CRASHED} & set(kinds))
    assert group.all_final() is (set(kinds) <= TERMINAL_STATES)
    assert group.aggregate().is_completed() is group.all_completed()


def test_a_tally_is_short():
    assert StateGroup([Completed(), Failed(), Failed()]).counts_message() == "total=3 COMPLETED=1 FAILED=2"


@pytest.mark.parametrize("value", [[], [1], [Completed(), 1], {"a": Completed()}, Completed(), "text", None])
def test_what_is_no_collection_of_states_is_not_taken_for_one(value):
    assert is_state_iterable(value) is False


def test_a_copy_for_another_run_is_new_and_belongs_to_nobody():
    state = Failed(message="m", data=1).given_to(flow_run_id="01a1fdd0-0000-7000-8000-000000000000", number=1)
    copy = state.fresh_copy()
    assert state.belongs_to_a_run()
    assert not copy.belongs_to_a_run()
    assert (copy.name, copy.message, copy.data) == ("Failed", "m", 1)
    assert copy.id != state.id
    assert state.model_copy(update={"name": "Other"}).name == "Other"


def test_the_id_of_a_runs_state_is_the_same_whenever_it_is_asked_for():
    run_id = "01a1fdd0-0000-7000-8000-000000000000"
    first = Completed().given_to(task_run_id=run_id, number=3)
    again = Completed().given_to(task_run_id=run_id, number=3)
    other = Completed().given_to(task_run_id=run_id, number=4)
    assert first.id == again.id != other.id


def test_states_say_what_they_are():
    assert str(Completed()) == "Completed()"
    assert str(Failed(message="no such city")) == "Failed('no such city')"
    assert repr(Completed(message="well")) == "Completed(message='well', type=COMPLETED)"


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (KeyboardInterrupt(), "Execution was aborted by an interrupt signal."),
        (TerminationSignal(signal=15), "Execution was aborted by a termination signal."),
        (SystemExit(1), "Execution was aborted by Python system exit call."),
        (asyncio.CancelledError(), "Execution was cancelled by the runtime environment."),
        (GeneratorExit("x"), "Execution was interrupted by an unexpected exception: GeneratorExit: x"),
    ],
)
def test_a_crash_says_by_what(error, message):
    state = asyncio.run(exception_to_crashed_state(error))
    assert (state.type, state.message, state.data) == ("CRASHED", message, error)


def test_a_failed_state_is_made_of_the_error_at_hand():
    async def handling():
        try:
            raise OWN
        except ValueError:
            return await exception_to_failed_state(message="Flow run encountered an exception:")

    assert asyncio.run(handling()).message == "Flow run encountered an exception: ValueError: no such city"
    assert asyncio.run(exception_to_failed_state(OWN, name="Odd")).name == "Odd"
    with pytest.raises(ValueError, match="there is no error"):
        asyncio.run(exception_to_failed_state())


def test_an_error_that_cannot_tell_its_text_is_still_named():
    class Mute(Exception):
        def __str__(self):
            raise RuntimeError

    assert asyncio.run(exception_to_failed_state(Mute())).message == "Mute (its text cannot be told)"


def test_an_error_is_shown_as_python_shows_it():
    assert format_exception(OWN).splitlines()[-1] == "ValueError: no such city"


def test_every_listed_name_is_there():
    assert sorted(pacc.states.__all__) == pacc.states.__all__
    assert all(hasattr(pacc.states, name) for name in pacc.states.__all__)
