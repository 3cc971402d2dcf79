"""`pacc db vacuum`."""

from __future__ import annotations

from pacc._internal.sizes import size
from pacc.cli._progress import progress
from pacc.cli._store import open_for_command
from pacc.cli._terminal import terminal
from pacc.services import store_care


def command() -> None:
    """Give room that nothing uses any more back to the system; runs may go on meanwhile."""
    store = open_for_command(reap=False)
    with progress("Giving back") as shown:
        given = store_care.vacuum(store, shown)
    terminal.remark(f"Gave {size(given)} back." if given else "There was nothing to give back.")
