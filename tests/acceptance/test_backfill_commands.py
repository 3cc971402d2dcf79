"""`pacc deployment backfill` and `pacc backfill`: planned, made by a process that serves, followed, cancelled."""

from __future__ import annotations

import json
import signal
import sys
import time

import pytest

from pacc.client.orchestration import get_client

FLOW = """
from pacc import flow

@flow(log_prints=True)
def etl(city="Ulm"):
    from pacc.runtime import flow_run
    print(flow_run.scheduled_start_time, city)

if __name__ == "__main__":
    etl.serve(name="nightly", cron="0 2 * * *", limit=2)
"""


@pytest.fixture
def served(processes, pacc_here):
    """A deployment that a process serves."""
    client = get_client(sync_client=True)
    serving = processes.start(sys.executable, processes.script(FLOW))
    deadline = time.monotonic() + 60
    while not client.read_deployments() and time.monotonic() < deadline:
        time.sleep(0.05)
    yield pacc_here
    serving.send_signal(signal.SIGINT)
    processes.finish(serving)


def test_a_backfill_is_planned_made_and_followed_to_its_end(served):
    span = ["--from", "2026-11-01", "--to", "2026-11-04"]
    planned = served("deployment", "backfill", "etl/nightly", *span, "--dry-run", "-o", "plain")
    assert planned.stdout.splitlines() == [f"2026-11-0{day} 02:00:00 UTC" for day in (1, 2, 3)]
    assert "3 runs would be made" in planned.stderr
    ended = served(
        "deployment", "backfill", "etl/nightly", *span, "--param", "city=Kiel", "--watch", "-o", "json"
    )
    assert ended.code == 0, ended.output
    assert json.loads(ended.stdout)["runs"] == {"COMPLETED": 3}
    messages = {log.message for log in get_client(sync_client=True).read_logs()}
    assert any("2026-11-02" in message and "Kiel" in message for message in messages)
    again = served("deployment", "backfill", "etl/nightly", *span, "--dry-run")
    assert "0 runs would be made" in again.stderr
    shown = served("backfill", "inspect", "@last").stdout
    assert "3 of 3" in shown
    assert served("backfill", "ls", "-o", "plain").stdout.split("\t")[2:6] == ["Completed", "3", "3", "3"]
    assert "over already" in served("backfill", "cancel", "@last", "--yes").stderr


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["deployment", "backfill", "etl/nightly"], 2, "--from is missing"),
        (["deployment", "backfill", "nothing", "--from", "2026-11-01"], 1, "nothing"),
        (["deployment", "backfill", "x", "--from", "soon"], 2, '"soon" is no time'),
        (["deployment", "backfill", "x", "--from", "1d", "--failed", "--all"], 2, "exclude each other"),
        (["backfill", "inspect", "0123"], 1, 'no backfill "0123"'),
        (["backfill", "cancel", "@last", "--yes"], 1, 'no backfill "@last"'),
    ],
)
def test_a_mistake_is_answered_with_a_sentence(pacc_here, words, code, said):
    ended = pacc_here(*words)
    assert ended.code == code, ended.output
    assert said in ended.stderr
    assert "Traceback" not in ended.output
