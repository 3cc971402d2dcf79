"""Draw the pictures of the dashboard in the README and the documentation, from a day of example runs on a clock that stands still.

    python docs/pictures.py            writes docs/pictures/*.svg

It takes a few seconds, and leaves nothing else behind.
"""

from __future__ import annotations

import os
import random
import tempfile
import time
from contextlib import redirect_stderr, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pacc import flow, get_run_logger, task
from pacc.artifacts import (
    create_markdown_artifact,
    create_progress_artifact,
    create_table_artifact,
    update_progress_artifact,
)
from pacc.blocks.notifications import SlackWebhook
from pacc.blocks.system import Secret
from pacc.filesystems import LocalFileSystem
from pacc.schemas.automations import AutomationCore
from pacc.schemas.work_pools import WorkPoolCreate, WorkQueueCreate
from pacc.services import automations, deployments, flow_runs, variables, work_pools, work_queues, workers
from pacc.states import Scheduled
from pacc.tui.opening import draw

if TYPE_CHECKING:
    from collections.abc import Callable

    from pacc.store import Store

PICTURES = Path(__file__).parent / "pictures"
PRESENT = datetime(2026, 11, 20, 14, 3, 22, tzinfo=UTC)
SIZE = (110, 30)
SCREENS = ("home", "run", "pools", "blocks", "automations", "events", "artifacts")


def main() -> None:
    """Draw all of them."""
    with tempfile.TemporaryDirectory() as home, open(os.devnull, "w", encoding="utf-8") as nowhere:
        for name in [name for name in os.environ if name.startswith("PACC_")]:
            del os.environ[name]
        os.environ |= {"PACC_HOME": home, "TZ": "UTC"}
        time.tzset()
        random.seed(20)
        with redirect_stderr(nowhere):
            live_a_day(Path(home))


def live_a_day(home: Path) -> None:
    """Let a day of runs go by in a home, and draw its screens while the last run goes on."""
    from pacc.store import open_store
    from pacc.testing.clock import MovableClock

    with MovableClock() as clock:
        clock.freeze(PRESENT - timedelta(hours=24))
        time.sleep = clock.sleep  # type: ignore[assignment]
        time.time = lambda: clock.time_ns() / 1e9  # which lines of logs carry
        store = open_store(home)
        etl, report, train = flows = example_flows(lambda: draw_all(store))
        set_up(store, flows)
        while (now := clock.now()) < PRESENT - timedelta(minutes=24):
            with suppress(RuntimeError):
                etl(well=now.hour not in (2, 3, 11))
            if now.hour == 9 and now.minute < 30:
                report(city="Ulm")
            if now.hour % 6 == 0:
                train(epochs=3)
            clock.advance(minutes=random.randint(18, 34))
        clock.move_to(PRESENT - timedelta(minutes=4, seconds=12))
        with suppress(RuntimeError):
            etl(well=False)
        clock.move_to(PRESENT - timedelta(minutes=1))
        for name, minutes in (("report/weekly", 0), ("train/big", 12), ("etl/nightly", 27)):
            due = Scheduled(scheduled_time=clock.now() + timedelta(minutes=minutes))
            deployments.create_run(store, deployments.find(store, name).id, state=due)
        workers.beat(store, work_pools.read(store, "default").id, "a1")
        clock.move_to(PRESENT - timedelta(seconds=21))
        train(epochs=9, is_watched=True)


def draw_all(store: Store) -> None:
    """Draw each screen of the store as it is at the present moment."""
    store.journal.flush()
    PICTURES.mkdir(exist_ok=True)
    for name in SCREENS:
        first = str(flow_runs.find(store, "@failed").id) if name == "run" else name
        drawn = draw(store, SIZE, first=first, profile="default", glyphs=True, no_color=False, at=PRESENT)
        (PICTURES / f"{name}.svg").write_text(drawn, encoding="utf-8")
        print(f"written: docs/pictures/{name}.svg")


def example_flows(while_running: Callable[[], None]) -> tuple[Any, Any, Any]:
    """Return the flows that are run: one that sometimes fails, one that makes artifacts, one that is watched in the end."""

    @task
    def fetch(number: int) -> int:
        get_run_logger().info("Read %s rows of part %s", 1000 + 7 * number, number)
        time.sleep(1 + number % 3)
        return number

    @task
    def merge(parts: list[int]) -> int:
        time.sleep(0.4)
        return sum(parts)

    @task(retries=2, retry_delay_seconds=2)
    def load(total: int, well: bool) -> int:
        time.sleep(3)
        if not well:
            get_run_logger().warning("The table has this row already: id %s", total)
            raise RuntimeError("UNIQUE constraint failed: rows.id")
        return total

    @flow
    def etl(well: bool = True) -> int:
        return load(merge([fetch(number) for number in range(4)]), well)

    @flow
    def report(city: str) -> None:
        fetch(1)
        create_table_artifact(
            [{"city": city, "degrees": 7.4}, {"city": "Kiel", "degrees": 9.1}], key="cities"
        )
        create_markdown_artifact(
            f"# Weather in {city}\n\nIt is **7.4** degrees, and dry.\n\n"
            "| when | degrees |\n| --- | ---: |\n| now | 7.4 |\n| in 3 h | 8.1 |\n\n- wind: low\n- rain: none\n",
            key="weather-report",
            description="What the weather is like",
        )

    @flow
    def train(epochs: int = 3, is_watched: bool = False) -> None:
        progress = create_progress_artifact(progress=0, key="epochs")
        for epoch in range(epochs):
            fetch(epoch)
            update_progress_artifact(progress, progress=100 * (epoch + 1) / (epochs + 5 * is_watched))
        if is_watched:
            while_running()

    return etl, report, train


def set_up(store: Store, flows: tuple[Any, Any, Any]) -> None:
    """Make what is configured."""
    work_pools.create(store, WorkPoolCreate(name="default", concurrency_limit=4))
    work_queues.create(store, WorkQueueCreate(name="high", concurrency_limit=2), work_pool_name="default")
    work_pools.create(store, WorkPoolCreate(name="gpu"))
    etl, report, train = flows
    etl.to_deployment(name="nightly", cron="0 2 * * *", work_pool_name="default").apply()
    weekly = {"cron": "0 9 * * 1", "parameters": {"city": "Ulm"}, "work_queue_name": "high"}
    report.to_deployment(name="weekly", work_pool_name="default", **weekly).apply()
    train.to_deployment(name="big", interval=3600, work_pool_name="gpu").apply()
    Secret.model_validate({"value": "not shown"}).save("api-key")
    SlackWebhook.model_validate({"url": "https://hooks.slack.com/services/a/b/c"}).save("ops")
    LocalFileSystem(basepath="/data/raw").save("raw")
    variables.put(store, "answer", 42)
    failures = {"expect": ["pacc.flow-run.Failed"], "threshold": 3, "within": 600}
    quiet = {"posture": "Proactive", "expect": ["pacc.flow-run.Completed"], "within": 7200}
    for name, trigger in (("three failures", failures), ("nothing completes", quiet)):
        told = {"name": name, "trigger": trigger, "actions": [{"type": "do-nothing"}]}
        automations.create(store, AutomationCore.model_validate(told))


if __name__ == "__main__":
    main()
