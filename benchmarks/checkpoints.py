"""What it costs to keep the results of finished tasks for a retry: small results, with and without, and a retry that reuses all."""

from __future__ import annotations

from statistics import median

from measuring import PACC, empty_home, numbers, options, run_script, show

SCRIPT = """
import json, sys, time
from pacc import flow, task

@task
def trivial(number):
    return number

@flow
def many(count):
    for number in range(count):
        trivial(number)

many(1)
count = int(sys.argv[1])
began, busy = time.perf_counter(), time.process_time()
many(count)
print(json.dumps({"seconds": time.perf_counter() - began, "busy": time.process_time() - busy}))
"""

RETRY = """
import json, sys, time
from pacc import flow, task
from pacc.client.orchestration import get_client
from pacc.flow_runs import retry_flow_run

@task
def trivial(number):
    return number

@flow
def many(count):
    for number in range(count):
        trivial(number)
    if not again:
        raise OSError("no answer")

again = False
count = int(sys.argv[1])
many(count, return_state=True)
with get_client(sync_client=True) as client:
    [run] = client.read_flow_runs()
again = True
began = time.perf_counter()
state = retry_flow_run(run.id, flow=many)
seconds = time.perf_counter() - began
with get_client(sync_client=True) as client:
    reused = sum(run.state_name == "Cached" for run in client.read_task_runs())
if not state.is_completed() or reused != count:
    raise SystemExit(f"{reused} of {count} results were reused, and the run is {state}")
print(json.dumps({"seconds": seconds}))
"""


def each(source: str, figure: str, count: int, *, kept: bool) -> float:
    """Return the microseconds of one task."""
    with empty_home() as home:
        settings = {"LOGGING_LEVEL": "CRITICAL", "FLOWS_CHECKPOINTS": str(kept)}
        return numbers(run_script(PACC, source, home, str(count), **settings))[figure] / count * 1e6


def main() -> None:
    """Print the figures; rounds with and without take turns, so that both see the same machine."""
    asked = options(__doc__ or "", tasks=10_000)
    for figure, words in (("seconds", "on the clock"), ("busy", "of processor")):
        pairs = [
            [each(SCRIPT, figure, asked.tasks, kept=kept) for kept in (False, True)]
            for _ in range(asked.rounds)
        ]
        without, with_them = (median(values) for values in zip(*pairs, strict=True))
        show(f"a task without checkpoints, {words}", without, "us")
        show(f"a task with checkpoints, {words}", with_them, "us")
        show(f"one checkpoint, {words}", with_them - without, "us", target="< 15")
    reused = median(each(RETRY, "seconds", asked.tasks, kept=True) for _ in range(asked.rounds))
    show("a task reused by a retry", reused, "us")


if __name__ == "__main__":
    main()
