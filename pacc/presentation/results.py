"""Kept results as a listing, and one of them in full."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pacc._internal.sizes import size
from pacc.presentation.tables import Column, Description, Table, cell
from pacc.presentation.times import ago, dated

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from pacc.schemas.results import KeptResult

COLUMNS = (
    Column(name="Key", at_least=13, gives_way=True),
    Column(name="Run"),
    Column(name="Serializer"),
    Column(name="Size", right=True),
    Column(name="Created"),
    Column(name="Expires"),
)


def result_table(results: Iterable[KeptResult], now: datetime) -> Table:
    """Return kept results as a table, in the order given.

    Args:
        results: what to list.
        now: the moment ages are counted from.
    """
    rows = (
        (
            cell(result.key, "cyan"),
            cell(result.run_name, "green"),
            cell(result.serializer.get("type")),
            cell(size(result.size)),
            cell(ago(result.created, now)),
            cell(ago(result.expiration, now)),
        )
        for result in results
    )
    return Table(title="Results", columns=COLUMNS, rows=tuple(rows))


def result_description(result: KeptResult, now: datetime, *, value: str | None = None) -> Description:
    """Return everything worth reading about one kept result; what it does not have is left out.

    Args:
        result: what to describe.
        now: the moment ages are counted from.
        value: the value as text, where it is to be shown.
    """
    expires = result.expiration
    facts = [
        ("Key", cell(result.key, "cyan")),
        ("Lies in", cell(result.path)),
        ("Run", cell(result.run_name, "green")),
        ("Task run", cell(result.task_run_id)),
        ("Flow run", cell(result.flow_run_id)),
        ("Serializer", cell(result.serializer.get("type"))),
        ("Size", cell(f"{size(result.size)} ({result.size} bytes)")),
        ("SHA-256", cell(result.digest)),
        ("Created", cell(dated(result.created, now))),
        ("Expires", cell(dated(expires, now) if expires else None)),
        ("Value", cell(value)),
    ]
    return Description(
        title=f"Result '{result.key}'", facts=tuple((label, shown) for label, shown in facts if shown.text)
    )
