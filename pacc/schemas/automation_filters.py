"""Which automations are meant: Prefect's filters, name for name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pacc.schemas.criteria import Criteria

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID


class AutomationFilterId(Criteria):
    """By the automation's id."""

    any_: list[UUID] | None = None


class AutomationFilterCreated(Criteria):
    """By when it was made."""

    before_: datetime | None = None


class AutomationFilterName(Criteria):
    """By its name."""

    any_: list[str] | None = None


class AutomationFilterTags(Criteria):
    """By its tags."""

    all_: list[str] | None = None
    any_: list[str] | None = None
    is_null_: bool | None = None


class AutomationFilter(Criteria):
    """Which automations."""

    id: AutomationFilterId | None = None
    name: AutomationFilterName | None = None
    created: AutomationFilterCreated | None = None
    tags: AutomationFilterTags | None = None
