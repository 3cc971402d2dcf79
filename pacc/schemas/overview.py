"""How the last hours went, and what stands in a long list of runs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from uuid import UUID

    from pacc.schemas.flow_runs import FlowRun
    from pacc.schemas.task_runs import TaskRun


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedRun:
    """A flow run with the names a list shows beside it."""

    run: FlowRun
    """The run."""
    flow_name: str
    """What it is a run of."""
    deployment_name: str | None = None
    """The deployment it was made from, without its flow's name."""
    progress: float | None = None
    """How much of it is done by its own account, in percent; only of runs that go on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedTaskRun:
    """A task run with the names a list shows beside it."""

    run: TaskRun
    """The run."""
    flow_run_name: str | None
    """The flow run it is in; nothing outside of flows, or where that is gone."""
    flow_name: str | None
    """What that is a run of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """Something that was found by its name."""

    kind: str
    """`deployment`, `flow`, `variable`, `flow run` or `task run`."""
    id: str
    """What the list of its kind knows it by."""
    name: str
    """What it is called."""
    about: str = ""
    """What tells it from others of that name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MatrixCell:
    """What the calls of one task in one flow run came to."""

    task_run_id: UUID
    """The first of its runs in the state that is told."""
    state_type: str
    """The worst of their states."""
    state_name: str
    runs: int
    """How many calls there were."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MatrixRow:
    """One task over the last runs of its flow."""

    task: str
    """The task's name."""
    cells: tuple[MatrixCell | None, ...]
    """One for each run, the oldest first; nothing where it was not called."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunMatrix:
    """The tasks of a flow over its last runs."""

    runs: tuple[ListedRun, ...]
    """The columns, the oldest first."""
    rows: tuple[MatrixRow, ...]
    """In the order in which the tasks were called first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """What went on in a stretch of time, and what is going on. Runs that other runs called are left out."""

    since: datetime
    """When the stretch begins."""
    until: datetime
    """When it ends, the moment of looking."""
    buckets: tuple[Mapping[str, int], ...]
    """The stretch in equal parts: how many runs began in each, by the type of state they are in now."""
    troubled: tuple[ListedRun, ...]
    """Runs that failed or crashed in it, the latest first, then those that are late by now."""
    open: tuple[ListedRun, ...]
    """Runs that have begun and not ended, the latest first."""
    coming: tuple[ListedRun, ...]
    """Runs that wait for their time, the next one first."""

    @property
    def tally(self) -> dict[str, int]:
        """How many runs began in the stretch, by the type of state they are in now."""
        kinds = {kind for bucket in self.buckets for kind in bucket}
        return {kind: sum(bucket.get(kind, 0) for bucket in self.buckets) for kind in sorted(kinds)}
