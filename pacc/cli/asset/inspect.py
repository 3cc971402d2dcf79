"""`pacc asset inspect`."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime

from pacc.cli._options import ROWS, Limit, Output
from pacc.cli._store import open_for_command
from pacc.cli._terminal import terminal
from pacc.cli.asset._key import AssetKey
from pacc.presentation.assets import asset_description, materialization_table
from pacc.services import assets


def command(key: AssetKey, *, limit: Limit = ROWS, output: Output = "table") -> None:
    """Show an asset: what is told of it, what it was made of, and when it was made anew."""
    store = open_for_command(reap=False)
    found = assets.read(store, key)
    happened = assets.materializations(store, key, limit=limit)
    downstream = assets.downstream(store, key)
    if output == "json":
        times = [dataclasses.asdict(each) for each in happened]
        terminal.json({**dataclasses.asdict(found), "materializations": times, "downstream": downstream})
        return
    now = datetime.now(UTC)
    upstream = next((each.upstream for each in happened if each.succeeded), ())
    terminal.description(asset_description(found, upstream, downstream, now), output)
    if happened:
        terminal.line()
        terminal.table(materialization_table(happened, now), output)
