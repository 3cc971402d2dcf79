"""Runners, warm parents, supervisors and flows are killed, disks fill up, clocks jump: every run is executed once and ends truly."""

from __future__ import annotations

import contextlib
import os
import random
import resource
import signal
import sys
import time
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest

from pacc._internal import process_tree as tree
from pacc.exceptions import StoreFull
from pacc.runner.runner import Runner
from pacc.runner.spawning import spawn
from pacc.schemas.deployments import DeploymentCreate
from pacc.services import admission, claims, deployments, flow_runs, taking_up
from pacc.services.reaping import reap
from pacc.states import Scheduled
from pacc.testing.clock import MovableClock

PROGRAMS = Path(__file__).parent / "programs"


@pytest.fixture
def store(runs):
    return runs.recorded.store


def deployed(store, flow, **options):
    wanted = DeploymentCreate(
        name=flow, flow_name=flow, entrypoint=f"flows.py:{flow}", path=str(PROGRAMS), **options
    )
    return deployments.upsert(store, wanted).id


class Runners:
    """Programs that serve one deployment, some of which are killed."""

    def __init__(self, processes, deployment, limit):
        self.processes = processes
        self.words = [sys.executable, PROGRAMS / "runner.py", str(limit), str(deployment)]
        self.alive = []

    def start(self):
        process = self.processes.start(*self.words)
        assert process.stdout.readline() == "serving\n"
        self.alive.append(process)
        return process

    def kill_one(self, *, parents):
        """Kill a runner, or only its warm parents."""
        victim = random.choice(self.alive)
        below = [member.pid for member in tree.below(victim.pid) if member.parent == victim.pid]
        if parents:
            tree.kill(below)
            return
        self.alive.remove(victim)
        os.kill(victim.pid, signal.SIGKILL)
        victim.wait()

    def stop(self):
        for process in self.alive:
            process.send_signal(signal.SIGTERM)
        for process in self.alive:
            assert self.processes.finish(process).code == 0


def each_once(runs, processes, tmp_path, *, count, runners, kills):
    """Have so many runs executed by so many runners of which some are killed; each must begin once and complete."""
    store, file = runs.recorded.store, tmp_path / "begun"
    file.touch()
    deployment = deployed(store, "noted")
    made = [
        str(deployments.create_run(store, deployment, parameters={"file": str(file)}).id)
        for _ in range(count)
    ]
    crowd = Runners(processes, deployment, limit=4)
    for _ in range(runners):
        crowd.start()
    moments = sorted(random.randrange(count) for _ in range(kills))
    while (begun := file.read_text().count("\n")) < count:
        if moments and begun >= moments[0]:
            moments.pop(0)
            crowd.kill_one(parents=random.random() < 0.4)
        while len(crowd.alive) < runners:
            crowd.start()
        time.sleep(0.01)
    runs.eventually(
        lambda: all(run.state_name == "Completed" for run in runs.recorded.flow_runs()), within=20
    )
    crowd.stop()
    assert Counter(file.read_text().split()) == Counter(made)


def test_each_run_begins_once_whatever_is_killed_between_its_claim_and_its_start(runs, processes, tmp_path):
    each_once(runs, processes, tmp_path, count=24, runners=2, kills=2)


@pytest.mark.soak
def test_each_of_very_many_runs_begins_once_under_sixteen_runners(runs, processes, tmp_path):
    each_once(runs, processes, tmp_path, count=4000, runners=16, kills=200)


def kept_within(runs, processes, *, count, limit, kills):
    """Kill flows of a deployment with a limit; its open runs must never be more, and all places must be free again."""
    store = runs.recorded.store
    deployment = deployed(store, "lasting", concurrency_limit=limit)
    for _ in range(count):
        deployments.create_run(store, deployment)
    crowd = Runners(processes, deployment, limit=0)
    crowd.start()
    killed = set()
    while open_runs := [run for run in runs.recorded.flow_runs() if not run.state.is_final()]:
        taken = [run for run in open_runs if run.state_name in ("Pending", "Running")]
        assert len(taken) <= limit
        if taken and len(killed) < kills and random.random() < 0.2:
            victim = random.choice(taken)
            if victim.state_name == "Running":
                pids = tree.carrying(str(victim.id)) or [int(victim.infrastructure_pid)]
                with contextlib.suppress(ProcessLookupError):
                    os.kill(random.choice([*pids, int(victim.infrastructure_pid)]), signal.SIGKILL)
                killed.add(victim.id)
        time.sleep(0.005)
    crowd.stop()
    assert most_at_once(runs) <= limit
    return Counter(run.state_name for run in runs.recorded.flow_runs())


def most_at_once(runs):
    """Return how many runs were open at the same time at most, by the order in which their states were committed.

    Not by the times of the states: those are read before the turn to write comes.
    """
    told = runs.recorded.store.read_sql(
        "SELECT resource_id, event FROM event WHERE resource_id LIKE 'pacc.flow-run.%' AND version IS NOT NULL ORDER BY seq"
    )
    open_runs, most = set(), 0
    for run, event in told:
        if event.rpartition(".")[2] in ("Pending", "Running"):
            open_runs.add(run)
        else:
            open_runs.discard(run)
        most = max(most, len(open_runs))
    assert most > 0
    return most


def test_a_limit_holds_and_gives_its_places_back_when_runs_are_killed(runs, processes):
    ended = kept_within(runs, processes, count=8, limit=2, kills=2)
    assert set(ended) <= {"Completed", "Crashed"}
    assert sum(ended.values()) == 8


@pytest.mark.soak
def test_a_limit_holds_for_very_many_runs_that_are_killed(runs, processes):
    for _ in range(20):
        kept_within(runs, processes, count=50, limit=3, kills=25)


def test_where_everything_is_killed_the_next_command_says_so(runs, processes, store):
    deployment = deployed(store, "ending", concurrency_limit=1)
    crowd = Runners(processes, deployment, limit=0)
    runner = crowd.start()
    run = str(deployments.create_run(store, deployment, parameters={"how": "wait"}).id)
    runs.said(run, "waiting")
    everyone = [runner.pid, *(member.pid for member in tree.below(runner.pid))]
    for pid in everyone:
        os.kill(pid, signal.SIGSTOP)  # so that none sees another go
    tree.kill(everyone)
    runs.eventually(lambda: reap(store))
    assert runs.run(run).state_name == "Crashed"
    again = str(deployments.create_run(store, deployment, parameters={"how": "exit"}).id)
    crowd.alive.clear()
    crowd.start()
    runs.until(again, "Crashed")
    crowd.stop()


def test_a_full_disk_delays_runs_and_loses_none(runs, processes, store):
    deployment = deployed(store, "fine")
    crowd = Runners(processes, deployment, limit=0)
    runner = crowd.start()
    first = str(deployments.create_run(store, deployment).id)
    runs.until(first, "Completed")
    everyone = [runner.pid, *(member.pid for member in tree.below(runner.pid))]
    limit_files(everyone, 1)
    second = str(deployments.create_run(store, deployment).id)
    time.sleep(0.5)
    assert runs.run(second).state_name in ("Scheduled", "Pending")
    limit_files(everyone, resource.RLIM_INFINITY)
    runs.until(second, "Completed")
    runner.send_signal(signal.SIGTERM)
    finished = processes.finish(runner)
    assert finished.code == 0
    assert "The store cannot be used and is tried again" in finished.stderr
    assert "Traceback" not in finished.stderr


def test_a_supervisor_that_cannot_write_leaves_its_run_to_the_next_one(runs, processes, store):
    deployment = deployed(store, "fine")
    crowd = Runners(processes, deployment, limit=0)
    runner = crowd.start()
    runs.until(str(deployments.create_run(store, deployment).id), "Completed")
    parents = [member.pid for member in tree.below(runner.pid)]
    limit_files(parents, 1)
    tags = ["too long for the runner to write it for the process of the run" * 1000]
    run = str(deployments.create_run(store, deployment, tags=tags).id)
    runs.eventually(lambda: runs.recorded.history(runs.run(run)).count("Pending") > 1)
    limit_files(parents, resource.RLIM_INFINITY)
    runs.until(run, "Completed")
    assert runs.run(run).run_count == 1
    crowd.stop()


def test_a_run_that_began_and_whose_processes_cannot_write_has_crashed_once_they_can(runs, processes, store):
    deployment = deployed(store, "fine")
    crowd = Runners(processes, deployment, limit=0)
    runner = crowd.start()
    runs.until(str(deployments.create_run(store, deployment).id), "Completed")
    limit_files([member.pid for member in tree.below(runner.pid)], 1)
    run = str(deployments.create_run(store, deployment).id)
    runs.until(run, "Running")  # its runner has written that
    time.sleep(0.5)
    assert runs.run(run).state_name == "Running"
    limit_files([member.pid for member in tree.below(runner.pid)], resource.RLIM_INFINITY)
    assert "exited with code 1" in runs.until(run, "Crashed").state.message
    crowd.stop()


def limit_files(pids, size):
    """Let processes write no file beyond a size: what a full disk is to them."""
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


def test_a_clock_that_jumps_begins_no_run_twice_and_none_too_early(store, monkeypatch):
    """The wall clock goes back an hour and forward a day, as it does where a machine's clock is set."""
    deployment = deployed(store, "fine")
    begun = []
    with MovableClock() as clock:
        runner = Runner(limit=None, pause_on_shutdown=False, warm=False)
        runner.add(deployment)
        with runner._at_work():
            runner._begin(run_once=False)
            monkeypatch.setattr(runner._crew, "start", lambda run_id, code: begun.append(run_id))

            def begun_after(moment):
                clock.freeze(moment)
                runner._rest_until = 0.0
                for _ in range(3):
                    runner._turn()
                return len(begun)

            now = clock.now()
            made = [
                deployments.create_run(
                    store, deployment, state=Scheduled(scheduled_time=now + timedelta(hours=hours))
                )
                for hours in (0, 3)
            ]
            assert begun_after(now) == 1
            assert begun_after(now - timedelta(hours=1)) == 1
            assert flow_runs.read(store, made[1].id).state_name == "Scheduled"
            assert begun_after(now + timedelta(days=1)) == 2
            assert begun_after(now) == 2
    assert begun == [str(run.id) for run in made]


def test_a_store_that_fails_between_a_claim_and_a_start_keeps_no_run_for_ever(runs, store, monkeypatch):
    """Each call of the store that a runner makes fails once, in turn; the run completes all the same."""
    deployment = deployed(store, "fine")
    calls = [
        (claims, name) for name in ("due_of_served", "claim", "collide", "next_of_served", "not_begun")
    ] + [(taking_up, "code_of"), (admission, "before_claims")]
    runner = Runner(limit=None, pause_on_shutdown=False)
    runner.add(deployment)
    monkeypatch.setattr("pacc.runner.runner._AGAIN_SECONDS", 0.0)
    with runner._at_work():
        runner._begin(run_once=False)
        for module, name in calls:
            with monkeypatch.context() as broken:
                fail_once(broken, module, name)
                run = str(deployments.create_run(store, deployment).id)
                runs.eventually(
                    lambda run=run: runner._turn() is not None and runs.run(run).state_name == "Completed"
                )


def fail_once(patch, module, name):
    """Let a function of a service fail the first time, as it does where the disk is full."""
    real, failures = getattr(module, name), ["the disk is full"]

    def failing(*args, **kwargs):
        if failures:
            raise StoreFull(failures.pop())
        return real(*args, **kwargs)

    patch.setattr(module, name, failing)


def test_a_run_for_which_no_process_can_be_started_waits_and_is_tried_again(runs, store, monkeypatch):
    deployment = deployed(store, "fine")
    runner = Runner(limit=None, pause_on_shutdown=False, warm=False)
    runner.add(deployment)
    failures = [BlockingIOError("too many processes")] * 2

    def spawned(*args, **kwargs):
        if failures:
            raise failures.pop()
        return spawn(*args, **kwargs)

    monkeypatch.setattr("pacc.runner.runner._AGAIN_SECONDS", 0.0)
    monkeypatch.setattr("pacc.runner.crew.spawn", spawned)
    run = str(deployments.create_run(store, deployment).id)
    with runner._at_work():
        runner._begin(run_once=False)
        runs.eventually(lambda: runner._turn() is not None and runs.run(run).state_name == "Completed")
    assert runs.recorded.history(runs.run(run)).count("Pending") == 3
