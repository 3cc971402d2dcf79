"""The answers to "why?": why a run is late, waits, was cached, failed; why a deployment does not run."""

from pacc.services.explaining.deployments import why_deployment
from pacc.services.explaining.flow_runs import why_flow_run
from pacc.services.explaining.task_runs import why_cached, why_task_run

__all__ = ["why_cached", "why_deployment", "why_flow_run", "why_task_run"]
