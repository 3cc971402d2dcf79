"""The pieces of housekeeping as a listing, and the server in full."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pacc.presentation.tables import Cell, Column, Description, Table, cell
from pacc.presentation.times import ago

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from pacc.schemas.leases import Lease, Service

COLUMNS = (
    Column(name="Name"),
    Column(name="What it Does", at_least=13, gives_way=True),
    Column(name="Process", at_least=13, gives_way=True),
    Column(name="Since"),
    Column(name="Failures", gives_way=True),
)


def service_table(services: Iterable[Service], now: datetime) -> Table:
    """Return the pieces of housekeeping as a table, in the order given.

    Args:
        services: what to list.
        now: the moment ages are counted from.
    """
    rows = (
        (
            cell(service.name, "cyan"),
            cell(service.meaning),
            _process(service),
            cell(None if service.lease is None else ago(service.lease.since, now)),
            _failures(service.lease, now),
        )
        for service in services
    )
    return Table(title="Services", columns=COLUMNS, rows=tuple(rows))


def server_description(process: Mapping[str, Any]) -> Description:
    """Return what is known of a server's process."""
    facts = (
        ("Status", cell("running", "green")),
        ("Process", cell(process.get("pid"))),
        ("Address", cell(process.get("url") or "none: no webhook is answered")),
        ("Host", cell(process.get("host"))),
        ("Command", cell(process.get("command"))),
    )
    return Description(title="Server", facts=facts)


def _process(service: Service) -> Cell:
    if service.lease is not None:
        process = service.lease.process
        return cell(f"{process.get('pid')} {process.get('command', '')}".rstrip(), "green")
    return cell("nobody at the moment", "yellow") if service.enabled else cell("switched off", "bright_black")


def _failures(lease: Lease | None, now: datetime) -> Cell:
    if lease is None or not lease.failures:
        return cell(None)
    return cell(f"{lease.failures}, last {ago(lease.failed, now)}: {lease.error}", "red")
