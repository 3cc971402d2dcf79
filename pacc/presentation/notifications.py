"""Subscriptions as a listing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pacc.presentation.tables import Cell, Column, Table, cell
from pacc.presentation.times import ago

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from pacc.schemas.notifications import Subscription

COLUMNS = (
    Column(name="Name", at_least=13),
    Column(name="On"),
    Column(name="To", gives_way=True),
    Column(name="Only", gives_way=True),
    Column(name="Sent", right=True),
    Column(name="Waiting", right=True),
    Column(name="Given Up", right=True),
    Column(name="Last Sent"),
    Column(name="Last Error", gives_way=True),
)


def subscription_table(subscriptions: Iterable[Subscription], now: datetime) -> Table:
    """Return subscriptions as a table, in the order given.

    Args:
        subscriptions: what to list.
        now: the moment ages are counted from.
    """
    rows = (
        (
            _name(each),
            cell(", ".join(each.states)),
            cell(each.address),
            cell(_only(each)),
            cell(each.sent),
            cell(each.waiting, "yellow" if each.waiting else ""),
            cell(each.given_up, "red" if each.given_up else ""),
            cell(ago(each.last_sent, now)),
            cell(each.error or ""),
        )
        for each in subscriptions
    )
    return Table(title="Subscriptions", columns=COLUMNS, rows=tuple(rows))


def _name(subscription: Subscription) -> Cell:
    if subscription.paused:
        return cell(f"{subscription.name} (paused)", "dim")
    return cell(subscription.name, "cyan")


def _only(subscription: Subscription) -> str:
    """Return which runs count, nothing where all do that no other one called."""
    found = [
        subscription.deployment_name or subscription.flow_name or "",
        *map("#{}".format, subscription.tags),
    ]
    return " ".join([*filter(None, found), *(["with subflows"] if subscription.subflows else [])])
