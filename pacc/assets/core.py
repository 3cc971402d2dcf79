"""What an asset is, and what a task tells of one while it makes it."""

from __future__ import annotations

from typing import Any

from pacc.context import TaskRunContext
from pacc.exceptions import InvalidValueError, MissingContextError
from pacc.schemas.assets import MAX_ASSET_DESCRIPTION_LENGTH, AssetProperties, checked_asset_key

__all__ = ["MAX_ASSET_DESCRIPTION_LENGTH", "Asset", "AssetProperties", "add_asset_metadata"]


class Asset:
    """Something that tasks produce outside of pacc.

    Args:
        key: what it is known by: an address with a lower-case scheme, 512 characters at most.
        properties: what is told of it, for people.

    Raises:
        InvalidNameError: it can have no such key.

    >>> Asset(key="s3://bucket/rows.csv")
    Asset(key='s3://bucket/rows.csv')
    """

    __slots__ = ("key", "properties")

    def __init__(self, key: str, properties: AssetProperties | None = None) -> None:
        self.key = checked_asset_key(key)
        self.properties = properties

    def add_metadata(self, metadata: dict[str, Any]) -> None:
        """Tell something of the asset while a task makes it; see `add_asset_metadata`."""
        add_asset_metadata(self, metadata)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Asset) and (self.key, self.properties) == (other.key, other.properties)

    def __hash__(self) -> int:
        return hash(self.key)

    def __repr__(self) -> str:
        return f"Asset(key={self.key!r})"


def as_asset(given: str | Asset) -> Asset:
    """Return an asset as it is, or the one of a key."""
    return given if isinstance(given, Asset) else Asset(given)


def add_asset_metadata(asset: str | Asset, metadata: dict[str, Any]) -> None:
    """Tell something of an asset in the task that makes it, such as how many rows it has; it is kept with this making.

    Args:
        asset: one of the assets that the task makes, or its key.
        metadata: whatever JSON can say, by name; told twice, the later word counts.

    Raises:
        MissingContextError: no task run is active here.
        InvalidValueError: the task does not make this asset.

    >>> from pacc.assets import materialize
    >>> @materialize("file:///rows.csv")
    ... def rows():
    ...     add_asset_metadata("file:///rows.csv", {"rows": 3})
    """
    context = TaskRunContext.get()
    if context is None:
        raise MissingContextError("There is no active task run here, so there is no asset being made.")
    key = as_asset(asset).key
    made = [each.key for each in getattr(context.task, "assets", ())]
    if key not in made:
        raise InvalidValueError(
            f'the task {context.task.name!r} does not make the asset "{key}"; it makes {", ".join(made) or "none"}'
        )
    if context.asset_metadata is None:
        context.asset_metadata = {}
    context.asset_metadata.setdefault(key, {}).update(metadata)
