"""Housekeeping: what it costs with many schedules and nothing due, how long the first look takes, how close to its time work is done."""

from __future__ import annotations

from statistics import median

from measuring import PACC, empty_home, numbers, options, run_script, show

KEEP = """
import json, sys, time
from pacc._internal import clock
from pacc.loops import scheduler
from pacc.loops.household import keeping_house
from pacc.loops.housekeeper import Housekeeper
from pacc.loops.loop import Loop
from pacc.schemas.deployments import DeploymentCreate, DeploymentScheduleCreate
from pacc.schemas.schedules import CronSchedule
from pacc.services import deployments, flow_runs
from pacc.settings import get_current_settings
from pacc.store import open_store

count, seconds, ticks = int(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3])
store = open_store(get_current_settings().home)
for number in range(count):
    hourly = DeploymentScheduleCreate(schedule=CronSchedule(cron=f"{number % 60} * * * *"))
    deployments.upsert(store, DeploymentCreate(name=f"d-{number}", flow_name=f"f-{number % 50}", schedules=[hourly]))

began, due = time.perf_counter(), 0
while due is not None and due <= clock.now():
    due = scheduler.tick(store, clock.now())
first = time.perf_counter() - began
assert flow_runs.count(store) == 3 * count

began = time.perf_counter()
for _ in range(100):
    scheduler.tick(store, clock.now())
look = (time.perf_counter() - began) / 100

with keeping_house(store):
    time.sleep(1)
    began, cpu = time.monotonic(), time.process_time()
    time.sleep(seconds)
    idle = (time.process_time() - cpu) / (time.monotonic() - began)

late = []
def tick(store, now):
    if late or now > wanted[0]:
        late.append(now - wanted[0])
    wanted[0] = now + 20_000
    return wanted[0]
wanted = [clock.now()]
keeper = Housekeeper(busy=lambda: True, loops=(Loop(name="due", meaning="", tick=tick, every=60.0, watches=False),))
keeper.wanted(store)
while len(late) < ticks:
    time.sleep(0.05)
keeper.stop()
print(json.dumps({"first": first, "look": 1e6 * look, "idle": 100 * idle, "late": sorted(late)[len(late) // 2] / 1000}))
"""


def main() -> None:
    """Print the figures."""
    asked = options(__doc__ or "", schedules=1_000, idle=60, ticks=200)
    counts = (str(asked.schedules), str(asked.idle), str(asked.ticks))
    found = []
    for _ in range(asked.rounds):
        with empty_home() as home:
            found.append(numbers(run_script(PACC, KEEP, home, *counts, LOGGING_LEVEL="WARNING")))

    def middle(name: str) -> float:
        return median(each[name] for each in found)

    many = f"{asked.schedules:,} hourly schedules"
    show(f"the first runs of {many}", middle("first"), "s")
    show(f"a look at {many}, nothing due", middle("look"), "us")
    show(f"keeping house for {many}, of one processor", middle("idle"), "%", target="< 0.5")
    show("from a due time to its tick", 1000 * middle("late"), "us")


if __name__ == "__main__":
    main()
