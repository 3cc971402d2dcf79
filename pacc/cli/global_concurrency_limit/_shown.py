"""One limit in full, the same for limits of every kind."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from pacc.cli._terminal import terminal
from pacc.presentation.concurrency import limit_description
from pacc.services import concurrency_limits

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pacc.cli._terminal import OutputFormat
    from pacc.schemas.concurrency import GlobalConcurrencyLimit, TakenSlots
    from pacc.store import Store


def show_limit(store: Store, name: str, output: OutputFormat) -> None:
    """Show a limit and who holds its slots."""
    found = concurrency_limits.read(store, name)
    taken = concurrency_limits.slots(store, found.id)
    if output == "json":
        terminal.json(_whole(found, taken))
        return
    names = concurrency_limits.names_of_holders(store, taken)
    terminal.description(limit_description(found, taken, names, datetime.now(UTC)), output)


def limit_json(store: Store, name: str) -> str:
    """Return a limit and who holds its slots as JSON text."""
    from pacc.presentation.as_json import json_text  # start-up: tables need none of it

    found = concurrency_limits.read(store, name)
    return json_text(_whole(found, concurrency_limits.slots(store, found.id)), indent=2)


def _whole(found: GlobalConcurrencyLimit, taken: Iterable[TakenSlots]) -> dict[str, Any]:
    return {**dataclasses.asdict(found), "slots": [dataclasses.asdict(each) for each in taken]}
