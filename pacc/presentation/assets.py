"""Assets as a listing, one of them in full, and the times it was made anew."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from pacc.presentation.tables import Cell, Column, Description, Table, cell
from pacc.presentation.times import ago, dated

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from pacc.schemas.assets import Materialization, StoredAsset

COLUMNS = (
    Column(name="Key", at_least=20, gives_way=True),
    Column(name="Name", gives_way=True),
    Column(name="Made"),
    Column(name="Last Attempt"),
)
MATERIALIZATIONS = (
    Column(name="When"),
    Column(name="Result"),
    Column(name="Task Run", gives_way=True),
    Column(name="By"),
    Column(name="Made Of", gives_way=True),
    Column(name="Told", gives_way=True),
)


def asset_table(assets: Iterable[StoredAsset], now: datetime) -> Table:
    """Return assets as a table, in the order given.

    Args:
        assets: what to list.
        now: the moment ages are counted from.
    """
    rows = (
        (cell(each.key, "cyan"), cell(each.properties.name), _made(each, now), _attempt(each))
        for each in assets
    )
    return Table(title="Assets", columns=COLUMNS, rows=tuple(rows))


def asset_description(
    asset: StoredAsset, upstream: Sequence[str], downstream: Sequence[str], now: datetime
) -> Description:
    """Return everything worth reading about one asset.

    Args:
        asset: what to describe.
        upstream: the keys of the assets it was last made of.
        downstream: the keys of the assets that were made of it.
        now: the moment ages are counted from.
    """
    told = asset.properties
    facts = [
        ("Key", cell(asset.key, "cyan")),
        ("Name", cell(told.name)),
        ("Description", cell(told.description)),
        ("Look at", cell(told.url)),
        ("Owners", cell(", ".join(told.owners or ()))),
        ("Made", _made(asset, now)),
        ("Last attempt", _attempt(asset)),
        ("Known since", cell(dated(asset.created, now))),
        *(("Made of", cell(key, "cyan")) for key in upstream),
        *(("Used by", cell(key, "cyan")) for key in downstream),
    ]
    return Description(
        title=f"Asset '{asset.key}'", facts=tuple((label, shown) for label, shown in facts if shown.text)
    )


def materialization_table(happened: Iterable[Materialization], now: datetime) -> Table:
    """Return the times an asset was made anew as a table, in the order given."""
    rows = (
        (
            cell(dated(each.occurred, now)),
            cell("✓ made", "green") if each.succeeded else cell("✗ failed", "red"),
            cell(each.run_name),
            cell(each.materialized_by),
            cell(", ".join(each.upstream)),
            cell(json.dumps(each.metadata, ensure_ascii=False) if each.metadata else None),
        )
        for each in happened
    )
    return Table(title="Made Anew", columns=MATERIALIZATIONS, rows=tuple(rows))


def _made(asset: StoredAsset, now: datetime) -> Cell:
    return cell("never" if asset.last_succeeded is None else ago(asset.last_succeeded, now))


def _attempt(asset: StoredAsset) -> Cell:
    if asset.last_succeeded is None and asset.last_failed is None:
        return cell("only used")
    return cell("made", "green") if asset.is_fresh else cell("failed", "red")
