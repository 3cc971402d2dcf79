"""Flows made ready to be run by other processes: declared, written to the store, started.

>>> from pacc.deployments import run_deployment
>>> run_deployment("report/nightly", timeout=0)  # doctest: +SKIP
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pacc.deployments.base import initialize_project
    from pacc.deployments.deployments import Deployment
    from pacc.deployments.flow_runs import arun_deployment, run_deployment
    from pacc.deployments.runner import RunnerDeployment, deploy

_HOMES = {
    "Deployment": "pacc.deployments.deployments",
    "RunnerDeployment": "pacc.deployments.runner",
    "arun_deployment": "pacc.deployments.flow_runs",
    "deploy": "pacc.deployments.runner",
    "initialize_project": "pacc.deployments.base",
    "run_deployment": "pacc.deployments.flow_runs",
}

__all__ = [
    "Deployment",
    "RunnerDeployment",
    "arun_deployment",
    "deploy",
    "initialize_project",
    "run_deployment",
]


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(home), name)
