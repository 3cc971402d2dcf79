"""Lesson 102: a run can ask who it is, which helps with labels, file names and messages."""

from __future__ import annotations

from pacc import flow, runtime, task


@task
def introduce(number: int) -> None:
    """Print what a task run knows about itself and its flow run."""
    print("I am", runtime.task_run.name, "and was given", number)
    print("The flow's parameters are", runtime.flow_run.parameters)


@flow(log_prints=True)
def who_am_i(x: int) -> None:
    """Print what a flow run knows about itself."""
    print("I am", runtime.flow_run.name, "of the flow", runtime.flow_run.flow_name)
    print("My deployment is", runtime.deployment.name)
    introduce(2)


if __name__ == "__main__":
    who_am_i(1)
