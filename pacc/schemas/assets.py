"""Assets: what tasks produce outside of pacc, a file, a table, a model, known by a key that looks like an address."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pacc.exceptions import InvalidNameError, InvalidValueError

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

MAX_ASSET_DESCRIPTION_LENGTH = 2500
"""Characters a description may have."""

MAX_ASSET_KEY_LENGTH = 512
"""Characters a key may have."""

_KEY = re.compile(r"[a-z0-9]+://[^\s<>\x00-\x1f\x7f\"'`|*?]+", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class AssetProperties:
    """What is told of an asset, for people."""

    name: str | None = None
    """A name."""
    url: str | None = None
    """Where to look at it."""
    description: str | None = None
    """What it is, in Markdown."""
    owners: list[str] | None = None
    """Who answers for it."""

    def __post_init__(self) -> None:
        if self.description is not None and len(self.description) > MAX_ASSET_DESCRIPTION_LENGTH:
            raise InvalidValueError(
                f"an asset's description has {MAX_ASSET_DESCRIPTION_LENGTH:,} characters at most, "
                f"not {len(self.description):,}"
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredAsset:
    """An asset as it is known."""

    key: str
    """Its key."""
    properties: AssetProperties
    """What is told of it."""
    created: datetime
    """When it became known."""
    updated: datetime
    """When anything about it changed."""
    last_succeeded: datetime | None = None
    """When it was last made anew."""
    last_failed: datetime | None = None
    """When making it anew last failed."""

    @property
    def is_fresh(self) -> bool:
        """Whether the last attempt to make it anew succeeded."""
        if self.last_succeeded is None:
            return False
        return self.last_failed is None or self.last_failed < self.last_succeeded


@dataclass(frozen=True, slots=True, kw_only=True)
class Materialization:
    """One time an asset was made anew, or was not."""

    id: UUID
    """Its id; ids sort by time."""
    asset_key: str
    """The asset."""
    occurred: datetime
    """When."""
    succeeded: bool
    """Whether it was made."""
    materialized_by: str | None = None
    """The tool that made it."""
    upstream: tuple[str, ...] = ()
    """The assets it was made of."""
    metadata: dict[str, Any] | None = None
    """What the task told of it."""
    flow_run_id: UUID | None = None
    """The flow run."""
    task_run_id: UUID | None = None
    """The task run."""
    run_name: str | None = None
    """The task run's name."""


def checked_asset_key(key: str) -> str:
    """Return a key an asset may have.

    Raises:
        InvalidNameError: it does not look like an address with a lower-case scheme, or is too long.

    >>> checked_asset_key("s3://bucket/rows.csv")
    's3://bucket/rows.csv'
    """
    if not isinstance(key, str) or not _KEY.fullmatch(key):
        raise InvalidNameError(
            f'"{key}" is no key for an asset; write an address with a lower-case scheme, as in "s3://bucket/rows.csv"'
        )
    if len(key) > MAX_ASSET_KEY_LENGTH:
        raise InvalidNameError(
            f"an asset's key has {MAX_ASSET_KEY_LENGTH} characters at most, not {len(key):,}"
        )
    return key
