"""What is typed behind `/`."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pacc.exceptions import InvalidNameError, InvalidValueError
from pacc.schemas.states import StateType
from pacc.tui.searching import DEPLOYMENTS, TASK_RUNS, Search, parse

NOW = datetime(2026, 11, 20, tzinfo=UTC)


def test_no_terms_narrow_nothing():
    assert parse("  ", NOW) == Search()


def test_terms_become_filters():
    typed = (
        "state:failed,late flow:etl tag:a,b 2h otter deployment:etl/nightly parent:none pool:gpu queue:high"
    )
    found = parse(typed, NOW)
    assert found.runs.state.type.any_ == [StateType.FAILED]
    assert found.runs.state.name.any_ == ["Late"]
    assert found.runs.state.operator == "or_"
    assert found.runs.tags.all_ == ["a", "b"]
    assert found.runs.name.like_ == "otter"
    assert found.runs.work_pool_name.any_ == ["gpu"]
    assert found.runs.work_queue_name.any_ == ["high"]
    assert found.runs.expected_start_time.after_ == NOW - timedelta(hours=2)
    assert found.runs.parent_flow_run_id.is_null_
    assert found.runs.work_pool_name.any_ == ["gpu"]
    assert found.runs.work_queue_name.any_ == ["high"]
    assert found.flows.name.any_ == ["etl"]
    assert found.deployments.name.any_ == ["nightly"]


@pytest.mark.parametrize(
    "typed", ["colour:red", "state:", "parent:some", "id:12", "-", "after:soon", "-colour:red"]
)
def test_a_term_that_says_nothing_is_refused_with_those_there_are(typed):
    with pytest.raises(InvalidValueError) as raised:
        parse(typed, NOW)
    assert "state:" in raised.value.hint


@given(st.text(max_size=40))
def test_whatever_is_typed_is_a_search_or_refused(typed):
    with suppress(InvalidValueError, InvalidNameError, OverflowError):
        assert isinstance(parse(typed, NOW), Search)


def test_terms_of_task_runs_become_their_filters():
    found = parse("state:failed flow:etl run:otter load after:2h pool:gpu queue:high", NOW, TASK_RUNS)
    assert found.tasks.state.type.any_ == [StateType.FAILED]
    assert found.tasks.name.like_ == "load"
    assert found.tasks.start_time.after_ == NOW - timedelta(hours=2)
    assert found.runs.name.like_ == "otter"
    assert found.flows.name.any_ == ["etl"]


def test_terms_of_deployments_become_their_filters():
    found = parse("flow:etl pool:gpu,cpu queue:high tag:prod 2h", NOW, DEPLOYMENTS)
    assert found.deployments.work_pool_name.any_ == ["gpu", "cpu"]
    assert found.deployments.work_queue_name.any_ == ["high"]
    assert found.deployments.tags.all_ == ["prod"]
    assert found.deployments.name.like_ == "2h"
    assert found.flows.name.any_ == ["etl"]
    with pytest.raises(InvalidValueError, match="nothing to look for"):
        parse("state:failed", NOW, DEPLOYMENTS)


def test_a_minus_leaves_out_and_two_times_are_a_stretch():
    found = parse("-state:failed -tag:a after:2026-11-19T00:00Z before:30m", NOW)
    assert [each.runs is not None for each in found.without] == [True, True]
    assert found.runs.expected_start_time.after_ == NOW - timedelta(days=1)
    assert found.runs.expected_start_time.before_ == NOW - timedelta(minutes=30)
