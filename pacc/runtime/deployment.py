"""The deployment the active flow run was made from: `from pacc.runtime import deployment; deployment.name`."""

from __future__ import annotations

from typing import Any

from pacc.runtime._attributes import Attributes, flow_parameters, of_flow_run

__all__ = ["flow_run_id", "id", "name", "parameters", "version"]

id: str | None
"""The deployment's id; `None` for a run that was made from none, and outside a run."""
name: str | None
"""The deployment's name."""
version: str | None
"""The deployment's version when the run was made."""
parameters: dict[str, Any]
"""The arguments of the active flow run."""
flow_run_id: str | None
"""The active flow run's id."""


_attributes = Attributes(
    "deployment",
    {
        "flow_run_id": of_flow_run("id"),
        "id": of_flow_run("deployment_id"),
        "name": of_flow_run("deployment_name"),
        "parameters": flow_parameters,
        "version": of_flow_run("deployment_version"),
    },
)


def __getattr__(attribute: str) -> Any:
    return _attributes.get(attribute)


def __dir__() -> list[str]:
    return list(__all__)
