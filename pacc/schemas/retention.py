"""The record of what a piece of tidying up removed."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Removed:
    """How much was removed because it was old."""

    flow_runs: int = 0
    """Flow runs, those they called included."""
    task_runs: int = 0
    """Task runs."""
    logs: int = 0
    """Log files."""
    results: int = 0
    """Kept results."""

    def __bool__(self) -> bool:
        return bool(self.flow_runs or self.task_runs or self.logs or self.results)

    def __add__(self, other: Removed) -> Removed:
        return Removed(
            flow_runs=self.flow_runs + other.flow_runs,
            task_runs=self.task_runs + other.task_runs,
            logs=self.logs + other.logs,
            results=self.results + other.results,
        )
