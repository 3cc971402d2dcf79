"""The task run this code runs in: `from pacc.runtime import task_run; task_run.name`."""

from __future__ import annotations

from typing import Any

from pacc.context import TaskRunContext
from pacc.runtime._attributes import Attributes, nothing, of_task_run

__all__ = ["api_url", "id", "name", "parameters", "run_count", "tags", "task_name", "ui_url"]

id: str | None
"""The run's id, `None` outside a task run."""
name: str | None
"""The run's name."""
tags: list[str]
"""The run's tags: the task's own and those of the blocks around its call."""
task_name: str | None
"""The name of the task that is called."""
parameters: dict[str, Any]
"""The arguments of the call."""
run_count: int
"""How often the run's code was started, this time included; zero outside a task run."""
api_url: str | None
"""Kept for compatibility: there is no server, so there is no address."""
ui_url: str | None
"""Kept for compatibility: there is no server, so there is no address."""


def _tags() -> list[str]:
    context = TaskRunContext.get()
    return [] if context is None else list(context.run.tags)


def _parameters() -> dict[str, Any]:
    context = TaskRunContext.get()
    return {} if context is None else dict(context.parameters)


_attributes = Attributes(
    "task_run",
    {
        "api_url": nothing,
        "id": of_task_run("id"),
        "name": of_task_run("name"),
        "parameters": _parameters,
        "run_count": of_task_run("run_count", 0),
        "tags": _tags,
        "task_name": of_task_run("task_name"),
        "ui_url": nothing,
    },
)


def __getattr__(attribute: str) -> Any:
    return _attributes.get(attribute)


def __dir__() -> list[str]:
    return list(__all__)
