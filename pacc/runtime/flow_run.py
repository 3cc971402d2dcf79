"""The flow run this code runs in: `from pacc.runtime import flow_run; flow_run.name`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pacc._internal import clock
from pacc.runtime._attributes import Attributes, flow_context, flow_parameters, nothing, of_flow_run

if TYPE_CHECKING:
    from datetime import datetime

__all__ = [
    "api_url",
    "flow_name",
    "flow_version",
    "id",
    "job_variables",
    "name",
    "parameters",
    "parent_deployment_id",
    "parent_flow_run_id",
    "root_flow_run_id",
    "run_count",
    "scheduled_start_time",
    "tags",
    "ui_url",
]

id: str | None
"""The run's id, `None` outside a run."""
name: str | None
"""The run's name."""
tags: list[str]
"""The run's tags, those of the blocks around its call."""
flow_name: str | None
"""The name of the flow that is executed."""
flow_version: str | None
"""The version of the flow's code."""
parameters: dict[str, Any]
"""The arguments of the run, checked and coerced."""
scheduled_start_time: datetime
"""When the run should have started; the present moment outside a run."""
run_count: int
"""How often the run's code was started, this time included; zero outside a run."""
parent_flow_run_id: str | None
"""The flow run that called this one."""
root_flow_run_id: str | None
"""The outermost flow run; the run itself where nothing called it."""
parent_deployment_id: str | None
"""The deployment of the flow run that called this one."""
job_variables: dict[str, Any] | None
"""What the deployment's infrastructure was told for this run."""
api_url: str | None
"""Kept for compatibility: there is no server, so there is no address."""
ui_url: str | None
"""Kept for compatibility: there is no server, so there is no address."""


def _tags() -> list[str]:
    context = flow_context()
    return [] if context is None else list(context.run.tags)


def _scheduled_start_time() -> datetime:
    context = flow_context()
    expected = None if context is None else context.run.expected_start_time
    return clock.to_datetime(clock.now() if expected is None else expected)


def _parent_deployment_id() -> str | None:
    context = flow_context()
    parent = None if context is None else context.parent
    return None if parent is None else parent.run.deployment_id


_attributes = Attributes(
    "flow_run",
    {
        "api_url": nothing,
        "flow_name": of_flow_run("flow_name"),
        "flow_version": of_flow_run("flow_version"),
        "id": of_flow_run("id"),
        "job_variables": of_flow_run("job_variables"),
        "name": of_flow_run("name"),
        "parameters": flow_parameters,
        "parent_deployment_id": _parent_deployment_id,
        "parent_flow_run_id": of_flow_run("parent_flow_run_id"),
        "root_flow_run_id": of_flow_run("root_flow_run_id"),
        "run_count": of_flow_run("run_count", 0),
        "scheduled_start_time": _scheduled_start_time,
        "tags": _tags,
        "ui_url": nothing,
    },
)


def __getattr__(attribute: str) -> Any:
    return _attributes.get(attribute)


def __dir__() -> list[str]:
    return list(__all__)
