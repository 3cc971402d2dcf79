"""What is handed to a flow run while it runs."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowRunInput:
    """One value handed to a flow run."""

    id: UUID
    flow_run_id: UUID
    """The run it is for."""
    key: str
    """What it is found by; unique within the run."""
    value: str
    """The value, as JSON."""
    sender: str | None = None
    """Who sent it: `pacc.flow-run.<id>` for a flow run."""
    created: datetime | None = None
    updated: datetime | None = None

    @property
    def decoded_value(self) -> Any:
        """The value itself."""
        return json.loads(self.value)
