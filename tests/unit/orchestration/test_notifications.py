"""What is said of a state, to whom a word means, and when it is said again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pacc.exceptions import InvalidValueError
from pacc.orchestration.notifications import (
    PAUSES,
    facts_of,
    kind_of,
    next_try,
    sentence_of,
    states_of,
    subject_of,
)
from pacc.schemas.notifications import Notification
from pacc.schemas.states import StateType

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)


def told(**changed):
    fields = {
        "subscription_id": UUID(int=1), "flow_run_id": UUID(int=2), "version": 3, "run_name": "brave-otter",
        "flow_name": "nightly", "deployment_name": None, "state_type": StateType.FAILED, "state_name": "Failed",
        "state_message": "ValueError: no such table", "state_time": NOW, "total_run_time": timedelta(seconds=62),
        "due": None, "tries": 1, "sent": None, "error": None, "session": None,
    }  # fmt: skip
    return Notification(**{**fields, **changed})


def test_a_sentence_names_flow_run_state_reason_time_and_the_next_command():
    assert sentence_of(told(), NOW) == (
        'Flow run "brave-otter" of flow "nightly" failed after 1m02: ValueError: no such table. '
        "See: pacc flow-run inspect brave-otter"
    )
    assert subject_of(told()) == "nightly/brave-otter failed"


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"state_type": StateType.SCHEDULED, "state_name": "Late", "state_message": None}, "is late. See"),
        ({"state_name": "TimedOut"}, "timed out after 1m02: "),
        (
            {"state_type": StateType.COMPLETED, "state_name": "Half done"},
            'is in state "Half done" after 1m02',
        ),
        ({"deployment_name": "nightly/prod"}, '(deployment "nightly/prod") failed'),
        ({"state_time": NOW - timedelta(hours=3)}, "failed after 1m02 on 2026-11-26 "),
        ({"state_message": "one\ntwo."}, "1m02: one two. See"),
    ],
)
def test_a_sentence_says_what_there_is_to_say(changed, said):
    assert said in sentence_of(told(**changed), NOW)


@settings(max_examples=40)
@given(st.text(max_size=300), st.text(max_size=300), st.none() | st.text(max_size=3000))
def test_whatever_names_and_messages_hold_a_sentence_is_one_line_that_can_be_shown(run, flow, message):
    one = told(run_name=run, flow_name=flow, state_message=message)
    said, subject = sentence_of(one, NOW), subject_of(one)
    assert "\n" not in said + subject
    assert "\x1b" not in said + subject
    said.encode()
    assert len(said) < 8000
    word = said.rsplit(" ", 1)[1]
    assert word in (run, str(one.flow_run_id))
    assert facts_of(one)["flow_run_name"] == run


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        (["failed,crashed"], ["failed", "crashed"]),
        (["Failed", "FAILED", " timedout "], ["failed", "timedout"]),
        (["Late,AwaitingRetry"], ["late", "awaitingretry"]),
    ],
)
def test_states_are_named_in_any_letters(words, meant):
    assert states_of(words) == meant


@pytest.mark.parametrize(
    ("words", "said"), [(["faild"], 'mean "failed"'), ([","], "at least one"), ([], "at least")]
)
def test_what_is_no_state_is_refused_in_a_sentence(words, said):
    with pytest.raises(InvalidValueError, match=said):
        states_of(words)


def test_pauses_grow_until_it_is_given_up():
    pauses = [next_try(tries, 0) for tries in range(1, len(PAUSES) + 2)]
    assert pauses[:-1] == sorted(pauses[:-1])
    assert pauses[-1] is None


def test_the_kind_of_a_message_follows_its_state():
    assert kind_of(told()) == "failure"
    assert kind_of(told(state_type=StateType.COMPLETED)) == "success"
    assert kind_of(told(state_type=StateType.RUNNING)) == "info"
