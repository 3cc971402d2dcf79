"""`pacc export`."""

from __future__ import annotations

import os
import re
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pacc.cli._exits import CommandError
from pacc.cli._options import FlowRunReference
from pacc.cli._progress import progress
from pacc.cli._store import open_for_command
from pacc.cli._terminal import terminal
from pacc.cli.config.view import as_object, chosen_values
from pacc.cli.version import read_version
from pacc.presentation.bundles import write_bundle
from pacc.services import exporting, flow_runs, logs
from pacc.settings import read_settings

if TYPE_CHECKING:
    from pacc.schemas.flow_runs import FlowRun
    from pacc.store import Store


def command(
    run: FlowRunReference,
    file: Annotated[
        Path | None,
        typer.Argument(
            metavar="[FILE]", help="The file to make; named after the run otherwise.", show_default=False
        ),
    ] = None,
    *,
    force: Annotated[bool, typer.Option("--force", "-f", help="Replace a file that is there.")] = False,
) -> None:
    """Put all that is known of a flow run into one zip, secrets masked, for a bug report."""
    store = open_for_command()
    found = flow_runs.find(store, run)
    target = file or Path(f"pacc-{re.sub(r'[^A-Za-z0-9_.-]+', '-', found.name).strip('-.') or found.id}.zip")
    if target.is_dir():
        raise CommandError(f'"{target}" is a folder', hint="name a file in it")
    if target.exists() and not force:
        raise CommandError(f'there is a file "{target}" already', hint="--force replaces it")
    unopened = exporting.learn_secrets(store)
    if unopened:
        terminal.remark(
            f"Warning: secrets of blocks are masked only where their names or shapes tell: {unopened}"
        )
    _write(store, found, target)
    terminal.line(str(target))
    terminal.remark("Secrets are masked; read it before you pass it on.")


def _write(store: Store, found: FlowRun, target: Path) -> None:
    bundle = exporting.gather(store, found)
    every = [found, *bundle.nested_runs]
    settings = read_settings()
    with tempfile.NamedTemporaryFile(
        dir=target.absolute().parent, prefix=".pacc-export-", delete=False
    ) as draft:
        try:
            with progress("Exporting") as advance:
                write_bundle(
                    draft.file, bundle,
                    logs={str(each.id): logs.follow(store, each.id, finished=lambda: True) for each in every},
                    settings=as_object(settings, chosen_values(settings), show_sources=True),
                    versions={"pacc": read_version(), "packages": _packages()},
                    redacted=exporting.without_secrets,
                    advance=advance,
                )  # fmt: skip
            draft.flush()
            os.replace(draft.name, target)
        except BaseException:
            os.unlink(draft.name)
            raise


def _packages() -> dict[str, str]:
    """Return what is installed beside pacc, with versions."""
    from importlib.metadata import distributions  # start-up: help needs no parser of mails

    return dict(sorted((each.name, each.version) for each in distributions() if each.name))
