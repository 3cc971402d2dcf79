"""`pacc events stream`."""

from __future__ import annotations

import os
import time
from contextlib import closing, nullcontext
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from pacc.cli._exits import CommandError
from pacc.cli._options import Output
from pacc.cli._store import open_for_command
from pacc.cli._terminal import OutputFormat, Terminal, terminal
from pacc.cli.events._wanted import Involved, Names, ResourceIds, Since
from pacc.presentation.events import event_line, plain_event
from pacc.services import events

if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from pathlib import Path
    from typing import TextIO

    from pacc.schemas.events import ReceivedEvent

LOOK_SECONDS = 0.025
"""How often the store is asked whether it has changed."""

Form = Annotated[
    Literal["json", "text"] | None,
    typer.Option("--format", help="json: one object a line; text: one line for people. As -o otherwise."),
]
To = Annotated[
    str | None, typer.Option("--output-file", metavar="FILE", help="Add the events to this file instead.")
]
Once = Annotated[bool, typer.Option("--run-once", help="End after the first event.")]


def command(
    *,
    event: Names = None,
    resource: ResourceIds = None,
    related: Involved = None,
    since: Since = None,
    format: Form = None,
    output_file: To = None,
    run_once: Once = False,
    output: Output = "table",
) -> None:
    """Follow events as they happen, until Ctrl-C. With --since, those since then come first."""
    from pacc.schemas.event_filters import wanted_events  # start-up: help needs no filters

    wanted = wanted_events(names=event, resources=resource, related=related, since=since)
    form: OutputFormat = output if format is None else "json" if format == "json" else "table"
    with _opened(output_file) as out, closing(events.Tail(open_for_command(reap=False), wanted)) as tail:
        where = terminal if out is None else Terminal(out=out)
        while True:
            found = tail.take()
            for each in found[:1] if run_once else found:
                _write(where, each, form)
            if found and run_once:
                return
            time.sleep(0 if found else LOOK_SECONDS)


def _opened(file: str | None) -> AbstractContextManager[TextIO | None]:
    if file is None:
        return nullcontext()
    path: str | Path = os.path.expanduser(file)
    try:
        return open(path, "a", encoding="utf-8")
    except OSError as error:
        raise CommandError(f"{file} cannot be written: {error.strerror}", code="unwritable") from error


def _write(where: Terminal, event: ReceivedEvent, output: OutputFormat) -> None:
    if output == "json":
        where.json_line(plain_event(event))
    elif output == "plain":
        fields = (event.occurred.isoformat(), event.event, event.resource.id, str(event.id))
        where.line("\t".join(where.safe(field) for field in fields))
    else:
        where.line(event_line(event))
    where.out.flush()
