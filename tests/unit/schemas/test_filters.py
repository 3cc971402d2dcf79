"""Filters take what Prefect's take, check it, and stay as they are."""

from __future__ import annotations

import copy
import pickle
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from pacc.client.schemas import filters as under_prefects_path
from pacc.client.schemas import sorting as sorting_under_prefects_path
from pacc.schemas import filters, sorting
from pacc.schemas.criteria import Criteria, Operator
from pacc.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterId,
    FlowRunFilterName,
    FlowRunFilterStartTime,
    FlowRunFilterState,
    FlowRunFilterStateType,
    LogFilterLevel,
    LogFilterTextSearch,
    TaskRunFilterFlowRunId,
)
from pacc.schemas.states import StateType


def test_nested_filters_may_be_written_as_dicts():
    written = FlowRunFilter(state={"type": {"any_": ["FAILED", StateType.CRASHED]}})
    types = [StateType.FAILED, StateType.CRASHED]
    assert written == FlowRunFilter(state=FlowRunFilterState(type=FlowRunFilterStateType(any_=types)))


def test_ids_and_moments_may_be_text():
    identity = uuid4()
    assert FlowRunFilterId(any_=(str(identity), identity)).any_ == [identity, identity]
    at = FlowRunFilterStartTime(before_="2026-11-21T08:00:00Z", after_=datetime(2026, 11, 21))  # noqa: DTZ001
    assert at.before_ == datetime(2026, 11, 21, 8, tzinfo=UTC)
    assert at.after_ == datetime(2026, 11, 21, tzinfo=UTC), "a naive moment is one in UTC"


def test_an_unset_field_asks_for_nothing():
    assert FlowRunFilter().given() == {}
    assert FlowRunFilter(name=None).name is None
    assert FlowRunFilter().operator is Operator.and_
    assert TaskRunFilterFlowRunId().given() == {"is_null_": False}


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda: FlowRunFilterId(any_="abc"), "FlowRunFilterId.any_ takes a list of ids, not 'abc'"),
        (lambda: FlowRunFilterId(any_=["abc"]), "takes ids .UUIDs or their text., not 'abc'"),
        (lambda: FlowRunFilterStateType(any_=["Failed"]), "takes state types .SCHEDULED, .*, not 'Failed'"),
        (lambda: FlowRunFilterName(like_=3), "takes text, not 3"),
        (lambda: FlowRunFilterName(any_=["a\0"]), "nothing stored can hold"),
        (lambda: FlowRunFilterName(any_=["\udc80"]), "nothing stored can hold"),
        (lambda: FlowRunFilterStartTime(after_="soon"), "takes a datetime or its ISO text, not 'soon'"),
        (lambda: FlowRunFilterStartTime(is_null_=1), "takes True or False, not 1"),
        (lambda: FlowRunFilter(operator="xor"), "takes 'and_' or 'or_', not 'xor'"),
        (lambda: FlowRunFilter(state="RUNNING"), "takes a FlowRunFilterState or a dict of its fields"),
        (lambda: FlowRunFilter(state=FlowRunFilterId()), "takes a FlowRunFilterState or a dict"),
        (lambda: LogFilterLevel(ge_=True), "takes a whole number"),
        (lambda: LogFilterLevel(ge_=2**63), "takes a whole number of at most 64 bits"),
        (lambda: LogFilterTextSearch(query="x" * 201), "at most 200 characters, not 201"),
        (lambda: TaskRunFilterFlowRunId(is_null_=None), "takes True or False, not None"),
    ],
)
def test_what_does_not_fit_is_refused_in_a_sentence(make, sentence):
    with pytest.raises(ValueError, match=sentence):
        make()


def test_fields_that_do_not_exist_and_fields_left_out_are_refused():
    with pytest.raises(TypeError, match="FlowRunFilter has no field 'names'"):
        FlowRunFilter(names={})
    with pytest.raises(TypeError):
        LogFilterTextSearch()
    with pytest.raises(TypeError):
        FlowRunFilter("positional")


def test_a_filter_does_not_change():
    made = FlowRunFilterName(any_=["a"])
    with pytest.raises(AttributeError, match="frozen"):
        made.any_ = ["b"]
    with pytest.raises(AttributeError, match="frozen"):
        del made.any_
    with pytest.raises(AttributeError, match="frozen"):
        made.other = 1
    given = ["a"]
    copied = FlowRunFilterName(any_=given)
    given.append("b")
    assert copied == made


def test_a_filter_can_be_copied_and_sent_to_another_process():
    made = FlowRunFilter(operator="or_", name={"any_": ["a"]}, id={"any_": [uuid4()]})
    for again in (copy.copy(made), copy.deepcopy(made), pickle.loads(pickle.dumps(made))):
        assert again == made
    assert pickle.loads(pickle.dumps(LogFilterTextSearch(query="a"))).query == "a"


def test_filters_are_equal_by_value_and_kind():
    assert FlowRunFilterName(any_=["a"]) == FlowRunFilterName(any_=["a"])
    assert FlowRunFilterName(any_=["a"]) != FlowRunFilterName(any_=["b"])
    assert FlowRunFilterId() != FlowRunFilterName()


def test_a_filter_shows_what_it_asks_for():
    assert repr(FlowRunFilterName(any_=["a"], like_="b")) == "FlowRunFilterName(any_=['a'], like_='b')"


def test_prefects_paths_lead_to_the_same_classes():
    for name in under_prefects_path.__all__:
        assert getattr(under_prefects_path, name) is (
            Operator if name == "Operator" else getattr(filters, name)
        )
    for name in sorting_under_prefects_path.__all__:
        assert getattr(sorting_under_prefects_path, name) is getattr(sorting, name)
    declared = {name for name, value in vars(filters).items() if isinstance(value, type(Criteria))} - {
        "Criteria"
    }
    assert set(under_prefects_path.__all__) == {*declared, "Operator"}
