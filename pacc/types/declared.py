"""What services and the client ask of a decorated function: enough to name its runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable


class FlowLike(Protocol):
    """A flow, as `@flow` makes it; anything with these attributes will do."""

    name: str
    """The name its runs are gathered under."""
    version: str | None
    """The version of its code."""


class TaskLike(Protocol):
    """A task, as `@task` makes it; anything with these attributes will do."""

    name: str
    """The name its runs are named after."""
    task_key: str
    """Tells it from other tasks."""
    version: str | None
    """The version of its code."""

    @property
    def tags(self) -> Iterable[str]:
        """Tags of all its runs."""
