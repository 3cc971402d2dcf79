"""`pacc events emit`."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer

from pacc.cli._exits import CommandError, UsageError
from pacc.cli._options import Output
from pacc.cli._store import open_for_command
from pacc.cli._terminal import terminal
from pacc.cli._values import json_object
from pacc.presentation.events import plain_event
from pacc.schemas.events import Event, RelatedResource, Resource
from pacc.services import events
from pacc.settings import get_current_settings

Name = Annotated[str, typer.Argument(metavar="EVENT", help='What happened: "table.loaded".')]
ResourceOption = Annotated[
    list[str] | None,
    typer.Option(
        "--resource",
        "-r",
        metavar="LABEL=VALUE",
        help="A label of the resource it happened to, repeat for more; or all as a JSON object.",
    ),
]
ResourceId = Annotated[
    str | None, typer.Option("--resource-id", metavar="ID", help="The id of the resource it happened to.")
]
Related = Annotated[
    str | None,
    typer.Option("--related", metavar="JSON", help="What was involved: a resource, or a list of them."),
]
Payload = Annotated[
    str | None, typer.Option("--payload", "-p", metavar="JSON", help="What else there is to tell.")
]


def command(
    event: Name,
    *,
    resource: ResourceOption = None,
    resource_id: ResourceId = None,
    related: Related = None,
    payload: Payload = None,
    output: Output = "table",
) -> None:
    """Say that something happened."""
    said = Event(
        event=event,
        resource=Resource(_labels(resource or [], resource_id)),
        related=_related(related),
        payload=json_object(payload, "--payload") if payload else {},
    )
    store = open_for_command(reap=False)
    events.record(store, said, largest=get_current_settings().server.events.maximum_size_bytes)
    store.journal.flush()
    if output == "json":
        terminal.json(plain_event(events.read(store, said.id)))
        return
    terminal.line(f"{said.id}" if output == "plain" else f"Emitted event {said.event} with id {said.id}")


def _labels(words: list[str], resource_id: str | None) -> dict[str, str]:
    labels: dict[str, str] = {}
    for word in words:
        if word.startswith("{"):
            labels |= {label: str(value) for label, value in json_object(word, "--resource").items()}
            continue
        label, separator, value = word.partition("=")
        if not separator or not label:
            raise UsageError(f'--resource takes LABEL=VALUE or a JSON object, not "{word}"')
        labels[label] = value
    if resource_id is not None:
        labels["pacc.resource.id"] = resource_id
    if not Resource.names_a_thing(labels):
        raise CommandError(
            "an event happens to a resource, and none was named",
            hint="Name it: --resource-id table.customers",
            code="no_resource",
        )
    return labels


def _related(text: str | None) -> list[RelatedResource]:
    if text is None:
        return []
    try:
        said: Any = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"--related takes JSON: {error}") from None
    return [RelatedResource(each) for each in (said if isinstance(said, list) else [said])]
