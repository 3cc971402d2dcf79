"""`pacc automation inspect`."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer

from pacc.cli._options import Output
from pacc.cli._store import open_for_command
from pacc.cli._terminal import terminal
from pacc.cli.automation._files import Id, Name, NameOption, named
from pacc.presentation.automations import automation_description, plain_automation
from pacc.services import automation_files, automations

AsYaml = Annotated[bool, typer.Option("--yaml", help="As YAML, as -o yaml does.")]
AsJson = Annotated[bool, typer.Option("--json", help="As JSON, as -o json does.")]


def command(
    name: Name = None,
    *,
    name_option: NameOption = None,
    id: Id = None,
    yaml: AsYaml = False,
    json: AsJson = False,
    output: Output = "table",
) -> None:
    """Show an automation: what it waits for, what it does, when it fired and what became of that."""
    store = open_for_command(reap=False)
    kept = named(store, name, name_option, id)
    firings = automations.firings(store, kept.id)
    terminal.yaml |= yaml
    if terminal.yaml:
        terminal.json(plain_automation(kept))
    elif json or output == "json":
        terminal.json({**plain_automation(kept), "firings": firings})
    else:
        sentence = automations.model_of(kept).trigger.describe_for_cli()
        names = automation_files.names(store, kept)
        terminal.description(
            automation_description(kept, sentence, firings, datetime.now(UTC), names), output
        )
