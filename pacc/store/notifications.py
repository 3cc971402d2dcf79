"""Subscriptions and notifications, from rows to records."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from uuid import UUID

from pacc._internal.clock import to_datetime
from pacc.schemas.notifications import Notification, Subscription
from pacc.schemas.states import StateType
from pacc.store.columns import duration, moment, parsed

if TYPE_CHECKING:
    import sqlite3


def subscription_from_row(row: sqlite3.Row) -> Subscription:
    """Return the record of a subscription, with what became of its notifications."""
    return Subscription(
        id=UUID(row["id"]),
        name=row["name"],
        created=to_datetime(row["created"]),
        updated=to_datetime(row["updated"]),
        states=json.loads(row["states"]),
        address=row["address"],
        flow_name=row["flow_name"],
        deployment_name=row["deployment_name"],
        tags=json.loads(row["tags"]),
        subflows=bool(row["subflows"]),
        paused=bool(row["paused"]),
        sent=row["sent"],
        waiting=row["waiting"],
        given_up=row["given_up"],
        last_sent=moment(row["last_sent"]),
        error=row["error"],
    )


def notification_from_row(row: sqlite3.Row) -> Notification:
    """Return the record of a notification."""
    details = parsed(row["state_details"], {}) if "state_details" in row.keys() else {}  # noqa: SIM118 - a row is no mapping
    return Notification(
        subscription_id=UUID(row["subscription_id"]),
        flow_run_id=UUID(row["flow_run_id"]),
        version=row["version"],
        run_name=row["run_name"],
        flow_name=row["flow_name"],
        deployment_name=row["deployment_name"],
        state_type=StateType(row["state_type"]),
        state_name=row["state_name"],
        state_message=row["state_message"],
        state_time=to_datetime(row["state_time"]),
        total_run_time=duration(row["total_run_time"]),
        due=moment(row["due"]),
        tries=row["tries"],
        sent=moment(row["sent"]),
        error=row["error"],
        session=row["session"],
        failed_in=details.get("failed_in"),
        failed_at=details.get("failed_at"),
    )
