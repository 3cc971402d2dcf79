"""Webhooks as a listing, and one of them in full."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pacc.presentation.tables import Column, Description, Table, cell
from pacc.presentation.times import ago, dated

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from pacc.presentation.tables import Cell
    from pacc.schemas.webhooks import Webhook

COLUMNS = (
    Column(name="Name", at_least=13, gives_way=True),
    Column(name="State"),
    Column(name="Shows"),
    Column(name="Address", gives_way=True),
    Column(name="Received", right=True),
    Column(name="Last"),
    Column(name="Refused", right=True),
)


def webhook_table(webhooks: Iterable[tuple[Webhook, str]], now: datetime) -> Table:
    """Return webhooks as a table, in the order given.

    Args:
        webhooks: what to list, each with its address.
        now: the moment ages are counted from.
    """
    rows = (
        (
            cell(each.name, "cyan"),
            _state(each),
            cell(each.authentication),
            cell(url),
            cell(each.received or ""),
            cell(ago(each.last_received, now) if each.last_received else None),
            cell(each.refused or "", "yellow" if each.refused else ""),
        )
        for each, url in webhooks
    )
    return Table(title="Webhooks", columns=COLUMNS, rows=tuple(rows))


def webhook_description(webhook: Webhook, url: str, now: datetime) -> Description:
    """Return everything about one webhook but its secret.

    Args:
        webhook: what to describe.
        url: its address.
        now: the moment ages are counted from.
    """
    lines = webhook.template.splitlines()
    refused = f"{webhook.refused}, the last {ago(webhook.last_refused, now)}: {webhook.refusal}"
    received = f"{webhook.received}, the last {ago(webhook.last_received, now)}"
    facts = (
        ("Name", cell(webhook.name, "cyan")),
        ("Description", cell(webhook.description)),
        ("Address", cell(url)),
        ("State", _state(webhook)),
        (
            "Callers show",
            cell({"none": "nothing"}.get(webhook.authentication, f"a {webhook.authentication}")),
        ),
        *(("" if at else "Template", cell(line)) for at, line in enumerate(lines)),
        ("Received", cell(received if webhook.received else "nothing yet")),
        ("Refused", cell(refused if webhook.refused else None, "yellow")),
        ("ID", cell(webhook.id)),
        ("Created", cell(dated(webhook.created, now))),
        ("Updated", cell(dated(webhook.updated, now))),
    )
    return Description(
        title=f"Webhook '{webhook.name}'", facts=tuple((label, shown) for label, shown in facts if shown.text)
    )


def _state(webhook: Webhook) -> Cell:
    return cell("on", "green") if webhook.enabled else cell("off", "yellow")
