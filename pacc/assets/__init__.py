"""Assets from code: `@materialize` makes a task whose runs are recorded as making a file, a table or a model anew."""

from pacc.assets.core import Asset, AssetProperties, add_asset_metadata
from pacc.assets.materialize import materialize

__all__ = ["Asset", "AssetProperties", "add_asset_metadata", "materialize"]
