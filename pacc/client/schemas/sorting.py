"""Orders of listings, under Prefect's path."""

from pacc.schemas.sorting import DeploymentSort, FlowRunSort, FlowSort, LogSort, TaskRunSort

__all__ = ["DeploymentSort", "FlowRunSort", "FlowSort", "LogSort", "TaskRunSort"]
