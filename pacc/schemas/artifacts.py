"""Artifacts: what runs make for people to look at. Those of one key are versions of each other."""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pacc.exceptions import InvalidNameError, InvalidValueError

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

_KEY = re.compile("[a-z0-9-]*", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Artifact:
    """One artifact as it is kept."""

    id: UUID
    """Its id; ids sort by the time artifacts were made."""
    created: datetime
    """When it was made."""
    updated: datetime
    """When it was last changed."""
    key: str | None = None
    """What its versions have in common; one without a key has no versions."""
    type: str | None = None
    """What kind it is: `markdown` (links, too), `table`, `progress`, `image` or one of your own."""
    description: str | None = None
    """What it is, for people."""
    data: Any = None
    """Its content: text, a number, or whatever JSON can say."""
    metadata_: dict[str, str] | None = None
    """Facts about it, by name."""
    flow_run_id: UUID | None = None
    """The flow run that made it."""
    task_run_id: UUID | None = None
    """The task run that made it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArtifactCollection:
    """All versions of a key, told by the latest one."""

    id: UUID
    """The latest version's id."""
    key: str
    """The key."""
    latest_id: UUID
    """The latest version's id, under Prefect's name."""
    created: datetime
    """When the latest version was made."""
    updated: datetime
    """When it was last changed."""
    type: str | None = None
    """What kind it is."""
    description: str | None = None
    """What it is, for people."""
    data: Any = None
    """Its content."""
    metadata_: dict[str, str] | None = None
    """Facts about it, by name."""
    flow_run_id: UUID | None = None
    """The flow run that made it."""
    task_run_id: UUID | None = None
    """The task run that made it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArtifactCreate:
    """What an artifact is made of."""

    key: str | None = None
    """What its versions have in common."""
    type: str | None = None
    """What kind it is."""
    description: str | None = None
    """What it is, for people."""
    data: Any = None
    """Its content."""
    metadata_: dict[str, str] | None = None
    """Facts about it, by name."""
    flow_run_id: UUID | None = None
    """The flow run it belongs to."""
    task_run_id: UUID | None = None
    """The task run it belongs to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArtifactUpdate:
    """What is to change about an artifact; what is `None` stays."""

    data: Any = None
    """Its content."""
    description: str | None = None
    """What it is, for people."""
    metadata_: dict[str, str] | None = None
    """Facts about it, by name."""


def checked_key(key: str | None) -> str | None:
    """Return a key an artifact may have; an empty one is none.

    Raises:
        InvalidNameError: it holds something else than lower-case letters, digits and `-`.

    >>> checked_key("weather-report")
    'weather-report'
    """
    if key is not None and not (isinstance(key, str) and _KEY.fullmatch(key)):
        raise InvalidNameError(
            f'"{key}" is no key for an artifact; use lower-case letters, digits and "-", as in "weather-report"'
        )
    return key or None


def data_text(data: Any) -> str | None:
    """Return an artifact's content as the JSON text that is stored; numbers that are none become `null`.

    Raises:
        InvalidValueError: JSON has no word for it.

    >>> data_text([{"city": "Ulm", "degrees": float("nan")}])
    '[{"city":"Ulm","degrees":null}]'
    """
    if data is None:
        return None
    try:
        return json.dumps(_finite(data), separators=(",", ":"), allow_nan=False, default=_other)
    except (TypeError, ValueError, RecursionError) as error:
        raise InvalidValueError(f"an artifact's data has to be what JSON can say: {error}") from None


def _finite(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {str(name): _finite(held) for name, held in value.items()}
    return [_finite(item) for item in value] if isinstance(value, list | tuple | set) else value


def _other(value: Any) -> Any:
    """Dates, ids and the like are told as text; numbers of other libraries as numbers."""
    if hasattr(value, "isoformat"):
        return value.isoformat()
    if hasattr(value, "item"):
        return _finite(value.item())
    if type(value).__name__ in {"UUID", "Decimal", "PosixPath"}:
        return str(value)
    raise TypeError(f"there is no JSON for a {type(value).__name__}")
