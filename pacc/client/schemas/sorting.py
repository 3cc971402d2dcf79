"""Orders of listings, under Prefect's path."""

from pacc.schemas.sorting import FlowRunSort, FlowSort, LogSort, TaskRunSort

__all__ = ["FlowRunSort", "FlowSort", "LogSort", "TaskRunSort"]
