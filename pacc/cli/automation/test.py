"""`pacc automation test`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from pacc.cli._exits import CommandError, UsageError
from pacc.cli._options import Output
from pacc.cli._store import open_for_command
from pacc.cli._terminal import terminal
from pacc.cli.automation._files import read_file, read_json, told_automations
from pacc.services import automation_files, events, rehearsals

if TYPE_CHECKING:
    from pacc.schemas.events import ReceivedEvent
    from pacc.store import Store

File = Annotated[str, typer.Argument(metavar="FILE", help="A YAML or JSON file of one automation.")]
EventOption = Annotated[
    list[str],
    typer.Option(
        "--event",
        "-e",
        metavar="EVENT",
        help="A file of an event or a list of them, JSON itself, or the id of one that happened; repeat for more.",
    ),
]


def command(file: File, *, event: EventOption, output: Output = "table") -> None:
    """Say whether and why an automation would fire on events; nothing is kept or done. Fails if it would not.

    Of a proactive trigger it is said as well when it would fire if nothing else happened.
    """
    store = open_for_command(reap=False)
    told = told_automations(file, None)
    if len(told) > 1:
        raise UsageError(f"one automation is tried, and there are {len(told)} in it")
    automation = automation_files.from_plain(store, told[0])
    found = rehearsals.rehearse(automation, [each for word in event for each in _events(store, word)])
    if output == "json":
        terminal.json(found)
    else:
        terminal.lines(terminal.safe(line) for line in found.lines)
    if not found.fires:
        raise CommandError(f'the automation "{automation.name}" would not fire', code="not_fired")


def _events(store: Store, word: str) -> list[ReceivedEvent]:
    """Return the events that a word means: a file of them, JSON, or an id."""
    from uuid import UUID  # start-up

    try:
        return [events.read(store, UUID(word))]
    except ValueError:
        told: Any = read_json(word, "--event") if word.lstrip().startswith(("{", "[")) else read_file(word)
    found = told if isinstance(told, list) else [told]
    if not all(isinstance(each, dict) for each in found):
        raise UsageError("an event is a mapping with its name and its resource")
    return [events.from_plain(each) for each in found]
