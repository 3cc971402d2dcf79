"""`pacc artifact inspect`."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer

from pacc.cli._options import Output
from pacc.cli._store import open_for_command
from pacc.cli._terminal import terminal
from pacc.presentation.artifacts import artifact_description, artifact_text, version_table
from pacc.services import artifacts


def command(
    key: Annotated[
        str,
        typer.Argument(metavar="KEY", help="A key, an id or the beginning of one.", show_default=False),
    ],
    *,
    limit: Annotated[int, typer.Option("--limit", min=1, help="Name so many versions of it.")] = 10,
    output: Output = "table",
) -> None:
    """Show an artifact's content, its facts and the versions of its key; of a key the latest version."""
    store = open_for_command(reap=False)
    found = artifacts.find(store, key)
    versions = [found] if found.key is None else artifacts.versions(store, found.key, limit=limit)
    if output == "json":
        terminal.json(versions if found.key == key else [found])
        return
    now = datetime.now(UTC)
    terminal.description(artifact_description(found, now), output)
    if output == "table":
        terminal.line()
        _show(found.type, found.data)
    if len(versions) > 1:
        terminal.line()
        terminal.table(version_table(versions, now), output)


def _show(kind: str | None, data: object) -> None:
    """Draw the content where a person looks, and write it plainly elsewhere."""
    if terminal.draws:
        from pacc.cli.artifact._drawing import draw  # start-up: drawing needs rich

        draw(kind, data)
        return
    terminal.lines(artifact_text(kind, data))
