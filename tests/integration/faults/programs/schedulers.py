"""Several schedulers keep the same schedules, some are killed: each slot has one run in the end.

    schedulers.py HOME SCHEDULERS SCHEDULES SLOTS

The schedules make up for all that was missed, and have missed SLOTS occurrences each when the schedulers begin.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from nursery import forked

from pacc._internal import clock, sessions
from pacc.loops import scheduler
from pacc.orchestration.occurrences import occurrences
from pacc.schemas.deployments import DeploymentCreate, DeploymentScheduleCreate
from pacc.schemas.schedules import Catchup, IntervalSchedule
from pacc.services import deployments, flow_runs
from pacc.store import close_store, open_store
from pacc.testing.clock import MovableClock

START = datetime(2026, 11, 26, 9, 0, 30, tzinfo=UTC)
EVERY = IntervalSchedule(interval=timedelta(minutes=1), anchor_date=datetime(2026, 1, 1, tzinfo=UTC))


def prepare(home, schedules):
    """Deploy, and look once, so that the schedules have been kept up to now."""
    store = open_store(home)
    with MovableClock() as moved:
        moved.freeze(START)
        for number in range(schedules):
            wish = DeploymentScheduleCreate(schedule=EVERY, catchup=Catchup.ALL)
            deployments.upsert(
                store, DeploymentCreate(name=f"every-{number}", flow_name="etl", schedules=[wish])
            )
        scheduler.tick(store, clock.now())
    close_store(home)
    sessions.end_all()
    return 0


def keep(home, now):
    """Make all there is to make."""
    store = open_store(home)
    due = 0
    while due is not None and due <= now:
        due = scheduler.tick(store, now)
    close_store(home)
    return 0


def main(home, schedulers, schedules, slots):
    home = Path(home)
    os.waitpid(forked(prepare, home, schedules, home=home), 0)
    now = clock.from_datetime(START + timedelta(minutes=slots))
    living = [forked(keep, home, now, home=home) for _ in range(schedulers)]
    doomed = living[: schedulers // 2]
    for pid in doomed:
        time.sleep(random.uniform(0, 0.1))
        os.kill(pid, signal.SIGKILL)
    codes = [os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid in living]
    assert codes[len(doomed) :] == [0] * (schedulers - len(doomed)), codes

    store = open_store(home)
    runs = flow_runs.select(store)
    wanted = set(occurrences(EVERY, START, START + timedelta(minutes=slots)))
    assert len(wanted) == slots
    for deployment in deployments.select(store):
        made = [run.expected_start_time for run in runs if run.deployment_id == deployment.id]
        assert len(made) == len(set(made)), "made twice"
        assert wanted <= set(made), "never made"
    print(f"{len(runs)} runs of {schedules} schedules by {schedulers} schedulers, killed: {codes.count(-9)}")


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:]))
