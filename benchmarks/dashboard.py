"""The dashboard on a store that has seen years: how long until it shows something, how soon a key is answered, what waiting costs."""

from __future__ import annotations

from functools import partial

from measuring import PACC, empty_home, middle, numbers, options, run_script, show
from seeding import seed_flow_runs

SCRIPT = """
import time
began, cpu = time.perf_counter(), time.process_time()
import asyncio, json, os, resource
from pathlib import Path
from textual import events
from pacc.store import open_store
from pacc.tui.app import Dashboard
from pacc.tui.widgets.window_table import WindowTable

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
        took["memory"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps(took))

asyncio.run(main())
"""

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
    asked = options(__doc__ or "", runs=100_000)
    with empty_home() as home:
        seed_flow_runs(home, asked.runs)
        rounds = [numbers(run_script(PACC, SCRIPT, home)) for _ in range(asked.rounds)]
        for name, (unit, target) in SHOWN.items():
            values = iter(each[name] for each in rounds)
            show(
                f"{name}, {asked.runs:,} flow runs",
                middle(partial(next, values), asked.rounds),
                unit,
                target=target,
            )


if __name__ == "__main__":
    main()
