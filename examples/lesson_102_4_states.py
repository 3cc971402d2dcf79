"""Lesson 102: every run ends in a state. Ask for it instead of the value, and nothing is raised.

Hooks see the same states: they run whenever a run enters the one they are for.
"""

from __future__ import annotations

from typing import Any

from pacc import flow, task
from pacc.states import Cancelled, Completed, Failed


def report(subject: Any, run: Any, state: Any) -> None:
    """Say what became of a run; hooks are given the flow or task, the run, and its state."""
    print(f"Hook: {subject.name} run {run.name!r} is {state.name}")


@task(on_failure=[report])
def divide(one: float, other: float) -> float:
    """Fail when `other` is zero."""
    return one / other


@flow(on_completion=[report], on_failure=[report], log_prints=True)
def one_of_two_fails() -> float:
    """Look at a failed task's state and go on."""
    failed = divide(1, 0, return_state=True)
    print("failed:", failed.is_failed(), "type:", failed.type.value, "message:", failed.message)
    good = divide(6, 3, return_state=True)
    print("completed:", good.is_completed(), "result:", good.result())
    return good.result()


@flow
def decides_itself(answer: str) -> Any:
    """Return a state to decide how the run ends, whatever happened in it."""
    states = {"yes": Completed(message="As agreed"), "no": Failed(message="As feared")}
    return states.get(answer, Cancelled(message="Nobody answered"))


if __name__ == "__main__":
    one_of_two_fails()
    for answer in ("yes", "no", "perhaps"):
        state = decides_itself(answer, return_state=True)
        print(f"{answer}: {state.name}, {state.message}")
