"""The queue of shell commands: groups, order, what comes after what, and what is put aside."""

from __future__ import annotations

import json
import os

import pytest

from pacc._internal import clock
from pacc.exceptions import EncryptionKeyError, IllegalTransition, ObjectAlreadyExists, ObjectNotFound
from pacc.loops import late_runs
from pacc.schemas.shell_queue import POOL
from pacc.services import claims, deployments, encryption, explaining, flow_runs, shell_queue
from pacc.services.run_transitions import propose_flow_run_state
from pacc.shell_commands import run_queued_command
from pacc.states import Completed, Failed


@pytest.fixture
def add(store):
    def put(command="true", **wanted):
        return shell_queue.add(store, command, folder="/", environment={"WHO": "me"}, **wanted)

    return put


@pytest.fixture
def due(store):
    """The names of the jobs that could be claimed now, in that order."""
    return lambda: [flow_runs.read(store, each).name for each in claims.due_in_pool(store, POOL)]


def test_the_default_group_runs_one_command_at_a_time(store, add):
    for name in ("one", "two"):
        add(name=name)
    claimed = claims.claim(store, claims.due_in_pool(store, POOL), session="s", process={"pid": os.getpid()})
    assert [each.name for each in claimed] == ["one"]


def test_a_group_runs_as_many_as_it_says(store, add):
    shell_queue.create_group(store, "wide", parallel=2)
    assert shell_queue.set_group(store, "wide", parallel=3).concurrency_limit == 3
    for _ in range(4):
        add(group="wide")
    due = claims.due_in_pool(store, POOL)
    assert len(claims.claim(store, due, session="s", process={"pid": os.getpid()})) == 3


def test_a_paused_group_waits(store, add, due):
    add()
    assert shell_queue.set_group(store, "default", paused=True).is_paused
    assert due() == []
    shell_queue.set_group(store, "default", paused=False)
    assert len(due()) == 1


def test_a_group_that_is_not_there_is_named_with_the_nearest(store, add):
    shell_queue.create_group(store, "builds")
    with pytest.raises(ObjectNotFound, match=r'no group "build"\. Did you mean "builds"'):
        add(group="build")
    with pytest.raises(ObjectAlreadyExists, match='there is a group "builds" already'):
        shell_queue.create_group(store, "builds")


def test_the_highest_priority_goes_first_and_then_who_came_first(add, due):
    for name, priority in (("late", 0), ("low", -1), ("urgent", 5), ("later", 0)):
        add(name=name, priority=priority)
    assert due() == ["urgent", "late", "later", "low"]


def test_a_job_is_moved_by_one_place_or_to_an_end_and_the_claims_agree(store, add, due):
    jobs = {name: add(name=name) for name in "abcd"}
    for name, where, passed, order in (
        ("c", "up", "b", "acbd"),
        ("a", "down", "c", "cabd"),
        ("d", "first", "c", "dcab"),
        ("c", "last", "b", "dabc"),
        ("d", "up", None, "dabc"),
        ("b", "down", "c", "dacb"),
        ("d", "last", "b", "acbd"),
    ):
        assert shell_queue.move(store, flow_runs.read(store, jobs[name].id), where) == passed
        assert "".join(due()) == order
        assert "".join(each.name for each in shell_queue.jobs(store)) == order


def test_a_job_is_moved_among_those_of_its_group_alone(store, add, due):
    shell_queue.create_group(store, "wide")
    one, _, other = add(name="one"), add(name="high", group="wide", priority=9), add(name="other")
    assert shell_queue.move(store, other, "first") == "one"
    assert due().index("other") < due().index("one")
    assert shell_queue.priority_of(flow_runs.read(store, one.id)) == 0


def test_only_a_job_that_waits_is_changed_or_moved(store, add):
    waiting = add("make", priority=2)
    assert shell_queue.edit(store, waiting, command="make it").parameters["command"] == "make it"
    assert shell_queue.priority_of(shell_queue.edit(store, waiting, priority=-1)) == -1
    shell_queue.stash(store, waiting)
    assert shell_queue.edit(store, waiting, command="make all").parameters["command"] == "make all"
    with pytest.raises(IllegalTransition, match="in state Stashed; only one that waits can be moved"):
        shell_queue.move(store, waiting, "up")
    shell_queue.enqueue(store, flow_runs.read(store, waiting.id))
    claims.claim(store, [str(waiting.id)], session="s", process={"pid": os.getpid()})
    with pytest.raises(IllegalTransition, match="only one that waits can be changed"):
        shell_queue.edit(store, waiting, priority=1)


def test_the_queue_is_looked_at_group_by_group_in_the_order_it_runs(store, add):
    assert shell_queue.look(store) == ()
    first = add(name="first")
    add(name="second", after=[first.id])
    add(name="urgent", priority=3)
    aside, over = add(name="aside", priority=9), add(name="over")
    shell_queue.stash(store, aside)
    propose_flow_run_state(store, str(over.id), Completed())
    claims.claim(store, [str(first.id)], session="s", process={"pid": os.getpid()})
    [group] = shell_queue.look(store)
    assert [job.run.name for job in group.jobs] == ["first", "urgent", "second", "aside", "over"]
    assert [job.after for job in group.jobs] == [(), (), ("first",), (), ()]
    assert (group.running, group.is_full, group.is_attended) == (1, True, False)
    assert [job.run.name for job in shell_queue.look(store, ended=0)[0].jobs][-1] == "aside"


@pytest.mark.parametrize(("state", "held_up"), [(Completed, None), (Failed, "ended in state Failed")])
def test_a_command_waits_for_those_it_comes_after_and_needs_them_to_complete(store, add, due, state, held_up):
    first = add(name="first")
    second = add(name="second", after=[first.id])
    assert due() == ["first"]
    assert "comes after" in str(explaining.why_flow_run(store, second))
    propose_flow_run_state(store, str(first.id), state())
    assert due() == ["second"]
    told = shell_queue.job(store, second.id).held_up
    assert told == held_up or held_up in told


def test_a_command_put_aside_waits_until_it_is_put_back(store, add, due):
    run = add()
    shell_queue.stash(store, run)
    aside = shell_queue.find(store, run.name)
    assert (aside.state_name, due(), shell_queue.has_work(store)) == ("Stashed", [], False)
    with pytest.raises(IllegalTransition, match="was not put aside"):
        shell_queue.enqueue(store, run)
    shell_queue.enqueue(store, aside)
    assert (due(), shell_queue.has_work(store)) == ([run.name], True)


def test_what_ended_badly_is_tried_again_and_what_completed_anew(store, add):
    run = add("false", name="bad")
    with pytest.raises(IllegalTransition):
        shell_queue.restart(store, run)
    propose_flow_run_state(store, str(run.id), Failed())
    again = shell_queue.restart(store, shell_queue.find(store, run.id))
    assert (again.id, again.attempt, again.state_name) == (run.id, 2, "AwaitingRetry")
    propose_flow_run_state(store, str(run.id), Completed())
    copy = shell_queue.restart(store, shell_queue.find(store, run.id))
    assert copy.id != run.id
    assert copy.parameters == run.parameters
    assert [each.id for each in shell_queue.jobs(store)] == [copy.id]
    assert [each.id for each in shell_queue.jobs(store, everything=True)] == [run.id, copy.id]


def test_the_environment_is_kept_encrypted_and_given_back(store, add):
    run = add()
    assert "WHO" not in str(run.context)
    assert shell_queue.job(store, run.id).environment == {"WHO": "me"}


def test_a_run_of_another_flow_is_no_job(store, runs):
    with pytest.raises(ObjectNotFound, match="none of the shell queue"):
        shell_queue.find(store, runs.flow_run(name="other"))


def test_the_deployment_names_the_flow_that_executes_it(store, add):
    known = deployments.read(store, add().deployment_id)
    assert known.entrypoint == f"{run_queued_command.fn.__module__}.{run_queued_command.fn.__name__}"
    assert known.flow_name == run_queued_command.name


def test_another_key_leaves_the_environments_of_what_waits_and_of_what_ended_readable(store, add):
    waiting, ended = add(), add()
    propose_flow_run_state(store, str(ended.id), Completed(), force=True)
    encryption.rotate(store)
    for each in (waiting, ended, shell_queue.restart(store, flow_runs.read(store, ended.id))):
        assert shell_queue.job(store, each.id).environment == {"WHO": "me"}
    encryption.rotate(store)
    assert shell_queue.job(store, waiting.id).environment == {"WHO": "me"}


def test_an_environment_that_cannot_be_read_any_more_does_not_keep_the_key_from_being_changed(store, add):
    lost, kept = add(), add()
    store.write("shell_queue.reseal", {"sealed": json.dumps({str(lost.id): "gAAAAAnonsense"})})
    encryption.rotate(store)
    assert shell_queue.job(store, kept.id).environment == {"WHO": "me"}
    with pytest.raises(EncryptionKeyError):
        shell_queue.job(store, lost.id)


def test_a_job_that_is_added_while_the_key_changes_is_readable(store, add, monkeypatch):
    create_run = deployments.create_run

    def rotated_meanwhile(*arguments, **options):
        monkeypatch.setattr(deployments, "create_run", create_run)
        encryption.rotate(store)
        return create_run(*arguments, **options)

    add()
    monkeypatch.setattr(deployments, "create_run", rotated_meanwhile)
    assert shell_queue.job(store, add().id).environment == {"WHO": "me"}


def test_what_waits_for_its_turn_is_never_late(store, add):
    first = add()
    jobs = [first, add(after=[first.id])]
    assert late_runs.tick(store, clock.now() + 3_600_000_000) is None
    assert {flow_runs.read(store, each.id).state_name for each in jobs} == {"Scheduled"}
