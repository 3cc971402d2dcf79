"""Automations and events as files and words hold them, shared by the commands that read them."""

from __future__ import annotations

import json
import os
import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pacc.cli._exits import CommandError, UsageError, unreadable
from pacc.services import automations

if TYPE_CHECKING:
    from pacc.schemas.firings import KeptAutomation
    from pacc.store import Store

FromFile = Annotated[
    str | None,
    typer.Option("--from-file", "-f", metavar="FILE", help="A YAML or JSON file; - is standard input."),
]
FromJson = Annotated[str | None, typer.Option("--from-json", "-j", metavar="JSON", help="JSON itself.")]
Name = Annotated[
    str | None, typer.Argument(metavar="NAME", help="The automation's name.", show_default=False)
]
NameOption = Annotated[str | None, typer.Option("--name", hidden=True)]
Id = Annotated[
    str | None, typer.Option("--id", metavar="ID", help="The automation's id, instead of its name.")
]


def told_automations(from_file: str | None, from_json: str | None) -> list[dict[str, Any]]:
    """Return the automations, as plain data, that a file or a JSON text tells.

    Raises:
        UsageError: neither or both are given, or it tells none.
        CommandError: the file cannot be read.
    """
    if (from_file is None) == (from_json is None):
        raise UsageError("an automation comes from a file or from JSON: give --from-file or --from-json")
    told = read_json(from_json, "--from-json") if from_json is not None else read_file(str(from_file))
    if isinstance(told, dict) and "automations" in told:
        told = told["automations"]
    found = told if isinstance(told, list) else [told]
    if not found or not all(isinstance(each, dict) for each in found):
        raise UsageError("there is no automation in it: one has a name, a trigger and actions")
    return found


def read_json(text: str, option: str) -> Any:
    """Return the value of a JSON text.

    Raises:
        UsageError: it is none.
    """
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{option} takes JSON: {error}") from None


def read_file(file: str) -> Any:
    """Return what a YAML or JSON file holds.

    Raises:
        CommandError: it cannot be read, or holds neither.
    """
    import yaml  # start-up: only for files

    try:
        text = sys.stdin.read() if file == "-" else _text_of(os.path.expanduser(file))
        return yaml.safe_load(text)
    except OSError as error:
        raise unreadable(file, error) from None
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        why = " ".join(str(error).split())
        raise CommandError(f"{file} is neither YAML nor JSON: {why}", code="unreadable") from None


def _text_of(path: str) -> str:
    with open(path, encoding="utf-8") as opened:
        return opened.read()


def named(store: Store, name: str | None, option: str | None, identity: str | None) -> KeptAutomation:
    """Return the automation that a command names.

    Raises:
        UsageError: it names none, or names it twice.
        ObjectNotFound: there is no such automation.
    """
    given = [each for each in (name, option, identity) if each is not None]
    if len(given) != 1:
        raise UsageError("name one automation: NAME, or --id ID")
    return automations.find(store, given[0])
