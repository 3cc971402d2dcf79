"""What people type for a run leads to the run they mean, or to a sentence that helps."""

from __future__ import annotations

from uuid import UUID

import pytest

from pacc.exceptions import ObjectNotFound
from pacc.services import flow_runs, flows, task_runs


def test_a_run_is_found_by_its_id_however_it_is_written(store, runs):
    run_id = runs.flow_run()
    for reference in (run_id, run_id.upper(), run_id.replace("-", ""), UUID(run_id)):
        assert flow_runs.find(store, reference).id == UUID(run_id)


def test_a_run_is_found_by_the_beginning_of_its_id(store, runs):
    run_id = runs.flow_run()
    for length in (1, 8, 9, 14, 20, 35):
        assert flow_runs.find(store, run_id[:length]).id == UUID(run_id)


def test_a_beginning_that_several_ids_share_is_refused(store, runs):
    run_id = runs.flow_run()
    runs.flow_run()
    with pytest.raises(ObjectNotFound, match="several flow runs have an id that begins with"):
        flow_runs.find(store, run_id[:6])


def test_a_name_that_looks_like_the_beginning_of_many_ids_is_still_a_name(store, runs):
    run_id = runs.flow_run(name="0")
    runs.flow_run(name="1")
    assert flow_runs.find(store, "0").id == UUID(run_id)


def test_of_several_runs_with_a_name_the_newest_is_meant(store, runs):
    runs.flow_run(name="same")
    newest = runs.flow_run(name="same")
    assert flow_runs.find(store, "same").id == UUID(newest)


def test_last_is_the_newest_run_that_no_other_one_called(store, runs):
    runs.flow_run()
    outer = runs.flow_run()
    runs.flow_run(parent_flow_run_id=outer)
    assert flow_runs.find(store, "@last").id == UUID(outer)


def test_failed_is_the_newest_run_that_ended_badly(store, runs):
    runs.flow_run(state="FAILED")
    crashed = runs.flow_run(state="CRASHED")
    runs.flow_run(state="COMPLETED")
    assert flow_runs.find(store, "@failed").id == UUID(crashed)


def test_shortcuts_say_when_there_is_nothing_to_mean(store, runs):
    with pytest.raises(ObjectNotFound, match="there is no flow run yet"):
        flow_runs.find(store, "@last")
    runs.flow_run()
    with pytest.raises(ObjectNotFound, match="no flow run has failed"):
        flow_runs.find(store, "@failed")


def test_a_mistyped_name_is_answered_with_the_nearest_and_the_listing(store, runs):
    runs.flow_run(name="noisy-raccoon")
    with pytest.raises(ObjectNotFound) as told:
        flow_runs.find(store, "noisy-racoon")
    assert str(told.value) == 'no flow run "noisy-racoon". Did you mean "noisy-raccoon"?'
    assert told.value.hint == "pacc flow-run ls"


def test_nothing_alike_is_said_plainly(store, runs):
    runs.flow_run(name="noisy-raccoon")
    with pytest.raises(ObjectNotFound) as told:
        flow_runs.find(store, "zzz")
    assert str(told.value) == 'no flow run "zzz"'


@pytest.mark.parametrize(
    "reference", ["", "%", "'; DROP TABLE flow_run; --", "@", "\x1b[31m", "-", "é" * 500]
)
def test_hostile_references_find_nothing(store, runs, reference):
    runs.flow_run()
    with pytest.raises(ObjectNotFound):
        flow_runs.find(store, reference)


def test_an_id_that_is_none_is_refused_in_a_sentence(store):
    with pytest.raises(ObjectNotFound, match="an id is a UUID"):
        flow_runs.read(store, "noisy-raccoon")


def test_task_runs_are_found_before_the_journal_wrote_them(store, runs):
    older = runs.task_run(name="fetch-1", state="FAILED")
    newest = runs.task_run(name="fetch-2")
    assert task_runs.find(store, "@last").id == UUID(newest)
    assert task_runs.find(store, "@failed").id == UUID(older)
    assert task_runs.find(store, "fetch-1").id == UUID(older)


def test_flows_are_found_by_name_and_have_no_shortcuts(store):
    flow_id = flows.create(store, "nightly")
    assert flows.find(store, "nightly").id == flows.find(store, str(flow_id)[:13]).id == flow_id
    assert flows.read_by_name(store, "nightly").id == flow_id
    for reference in ("@last", "nightli"):
        with pytest.raises(ObjectNotFound):
            flows.find(store, reference)
