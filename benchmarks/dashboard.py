"""The dashboard on a store that has seen years: how long until it shows something, how soon a key is answered, what waiting costs.

Then inside a run: how long a frame of the timeline takes, and how long a very long log.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from measuring import PACC, empty_home, middle, numbers, options, run_script, show
from seeding import seed_flow_runs

if TYPE_CHECKING:
    from pathlib import Path

PEAK = """
def peak():
    # of this program alone: what the system counts as a process's largest size begins with that of who started it
    try:
        told = Path("/proc/self/status").read_text()
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1 << 20)
    return int(told.partition("VmHWM:")[2].split()[0]) / 1024
"""

SCRIPT = """
import time
began, cpu = time.perf_counter(), time.process_time()
import asyncio, json, os, resource
from pathlib import Path
from textual import events
from pacc.store import open_store
from pacc.tui.app import Dashboard
from pacc.tui.widgets.window_table import WindowTable

@peak@
took = {}

async def press(app, pilot, key):
    start = time.perf_counter()
    app.post_message(events.Key(key, key))
    await pilot._wait_for_screen()
    return (time.perf_counter() - start) * 1000

async def until(done):
    start = time.perf_counter()
    while not done():
        await asyncio.sleep(0.001)
    return (time.perf_counter() - start) * 1000

async def main():
    app = Dashboard(open_store(Path(os.environ["PACC_HOME"])), first="runs")
    async with app.run_test(size=(120, 40)) as pilot:
        took["first paint, processor"] = (time.process_time() - cpu) * 1000
        table = app.screen.query_one(WindowTable)
        await until(lambda: table.current_row is not None)
        took["rows seen, wall"] = (time.perf_counter() - began) * 1000
        spent = time.process_time()
        keys = sorted([await press(app, pilot, key) for key in "jjjjjjjjjjjjjjjjjjjkkkkkkkkk" * 4])
        took["a key, processor"] = (time.process_time() - spent) * 1000 / len(keys)
        took["a key, p95 wall"] = keys[int(len(keys) * 0.95)]
        start = time.perf_counter()
        await press(app, pilot, "G")
        await until(lambda: table.cursor == len(table.ids) - 1 and table.current_row is not None)
        took["jump to the end, wall"] = (time.perf_counter() - start) * 1000
        cpu_before, wall_before = time.process_time(), time.perf_counter()
        await asyncio.sleep(3)
        took["idle, share of a core"] = 100 * (time.process_time() - cpu_before) / (time.perf_counter() - wall_before)
        took["memory"] = peak()
    print(json.dumps(took))

asyncio.run(main())
"""

INSIDE = """
import time
import asyncio, json, os, resource, sys, uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path
from pacc.schemas.graphs import FlowRunGraph, GraphNode
from pacc.services.log_windows import LogWindow
from pacc.store import open_store
from pacc.store.log_files import log_path
from pacc.tui.app import Dashboard
from pacc.tui.widgets.timeline import Timeline

bars, megabytes = int(sys.argv[1]), int(sys.argv[2])
store = open_store(Path(os.environ["PACC_HOME"]))
@peak@
took, began, second = {}, datetime.now(UTC), timedelta(seconds=1)

def node(number):
    start = began + second * (number % 977)
    return GraphNode(
        id=uuid.UUID(int=number + 1), kind="task-run" if number else "flow-run", name=f"t-{number}", subject="t",
        inside=uuid.UUID(int=1) if number else None, state_type="COMPLETED", state_name="Completed",
        start_time=start, end_time=start + second * 9, total_run_time=second)

graph = FlowRunGraph(root=uuid.UUID(int=1), nodes=tuple(node(number) for number in range(bars + 1)), edges=())

def frame(timeline, times=20):
    timeline.zoom(1.01)
    spent = time.process_time()
    for _ in range(times):
        for y in range(timeline.size.height):
            timeline.render_line(y)
    return (time.process_time() - spent) * 1000 / times

run = uuid.uuid4()
path = log_path(store.home, run)
path.parent.mkdir(parents=True, exist_ok=True)
line = json.dumps({"t": 1795724752474827, "level": 20, "logger": "pacc.flow_runs", "message": "a line of a log " * 5})
line = line + chr(10)
with path.open("w") as file:
    for _ in range(megabytes):
        file.write(line * (1_000_000 // len(line)))

async def main():
    app = Dashboard(store, first=str(run), reaps=False)
    async with app.run_test(size=(120, 40)) as pilot:
        timeline = app.screen.query_one(Timeline)
        timeline.put(graph)
        await pilot.pause()
        took["a frame of one strip"] = frame(timeline)
        timeline.show("tree", folds=False)
        await pilot.pause()
        took["a frame, none folded"] = frame(timeline)
        timeline.show("lanes", folds=False)
        await pilot.pause()
        took["a frame of lanes"] = frame(timeline)
    start, spent = time.perf_counter(), time.process_time()
    window = LogWindow(store, run)
    window.grow(32 << 20)
    assert len(window.last(80)) == 80
    took["a log opened, wall"] = (time.perf_counter() - start) * 1000
    while not window.is_whole:
        window.grow(32 << 20)
    took["a log gone through, processor"] = (time.process_time() - spent) * 1000
    path.write_text("")
    app = Dashboard(store, first=str(run), reaps=False)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        spent, start = time.process_time(), time.perf_counter()
        with path.open("a") as file:
            while time.perf_counter() - start < 3:
                file.write(line * 500)
                file.flush()
                await asyncio.sleep(0.1)
        took["a tail of 5,000 lines a second"] = 100 * (time.process_time() - spent) / (time.perf_counter() - start)
    took["memory in a run"] = peak()
    print(json.dumps(took))

asyncio.run(main())
"""

SHOWN_INSIDE = {
    "a frame of one strip": ("ms", "< 5"),
    "a frame, none folded": ("ms", "< 5"),
    "a frame of lanes": ("ms", "< 5"),
    "a log opened, wall": ("ms", "< 300"),
    "a log gone through, processor": ("ms", "< 5000"),
    "a tail of 5,000 lines a second": ("% of a core", "< 15"),
    "memory in a run": ("MB", "< 80"),
}

SHOWN = {
    "first paint, processor": ("ms", "< 300"),
    "rows seen, wall": ("ms", ""),
    "a key, processor": ("ms", ""),
    "a key, p95 wall": ("ms", "< 16"),
    "jump to the end, wall": ("ms", "< 50"),
    "idle, share of a core": ("%", "< 1"),
    "memory": ("MB", "< 60"),
}


def main() -> None:
    """Print the figures."""
    asked = options(__doc__ or "", runs=100_000, bars=10_000, megabytes=1000)
    with empty_home() as home:
        seed_flow_runs(home, asked.runs)
        _tell(_with_peak(SCRIPT), home, asked.rounds, SHOWN, f"{asked.runs:,} flow runs")
    with empty_home() as home:
        of = f"{asked.bars:,} bars, {asked.megabytes:,} MB of log"
        _tell(_with_peak(INSIDE), home, asked.rounds, SHOWN_INSIDE, of, str(asked.bars), str(asked.megabytes))


def _with_peak(script: str) -> str:
    """Return a script that can say how large it has become."""
    return script.replace("@peak@", PEAK)


def _tell(
    script: str, home: Path, count: int, shown: dict[str, tuple[str, str]], of: str, *arguments: str
) -> None:
    rounds = [numbers(run_script(PACC, script, home, *arguments)) for _ in range(count)]
    for name, (unit, target) in shown.items():
        values = iter(each[name] for each in rounds)
        show(f"{name}, {of}", middle(partial(next, values), count), unit, target=target)


if __name__ == "__main__":
    main()
