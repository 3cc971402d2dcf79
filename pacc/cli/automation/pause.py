"""`pacc automation pause`."""

from __future__ import annotations

from pacc.cli._store import open_for_command
from pacc.cli._terminal import terminal
from pacc.cli.automation._files import Id, Name, NameOption, named
from pacc.services import automations


def command(name: Name = None, *, name_option: NameOption = None, id: Id = None) -> None:
    """Let an automation fire no longer."""
    store = open_for_command(reap=False)
    kept = named(store, name, name_option, id)
    automations.disable(store, kept.id)
    terminal.remark(f'Paused automation "{kept.name}".')
