"""How the last hours went, and what stands in a long list of runs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from pacc.schemas.flow_runs import FlowRun


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedRun:
    """A flow run with the names a list shows beside it."""

    run: FlowRun
    """The run."""
    flow_name: str
    """What it is a run of."""
    deployment_name: str | None = None
    """The deployment it was made from, without its flow's name."""


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
