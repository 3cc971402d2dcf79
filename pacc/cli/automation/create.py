"""`pacc automation create`."""

from __future__ import annotations

from pacc.cli._options import Output
from pacc.cli._store import open_for_command
from pacc.cli._terminal import terminal
from pacc.cli.automation._files import FromFile, FromJson, told_automations
from pacc.services import automation_files, automations


def command(*, from_file: FromFile = None, from_json: FromJson = None, output: Output = "table") -> None:
    """Make automations of a YAML or JSON file, or of JSON itself.

    Where an id is wanted a name may stand: flow/deployment, a work pool, TYPE/NAME of a block. A file may hold several, as a list.
    """
    store = open_for_command(reap=False)
    wanted = [automation_files.from_plain(store, each) for each in told_automations(from_file, from_json)]
    made = [automations.create(store, each) for each in wanted]
    if output == "json":
        terminal.json(made)
        return
    for each in made:
        terminal.line(
            str(each.id) if output == "plain" else f'Created automation "{each.name}" with id {each.id}'
        )
