"""`pacc server stop`."""

from __future__ import annotations

from pacc.cli._terminal import terminal
from pacc.loops import server
from pacc.settings import get_current_settings


def command() -> None:
    """End the server of this home, wherever it was started; whoever serves or works keeps house from then on."""
    pid = server.stop(get_current_settings().home)
    terminal.remark("No server runs." if pid is None else f"The server has ended, process {pid}.")
