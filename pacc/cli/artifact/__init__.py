"""`pacc artifact`: what runs made for people to look at."""

from __future__ import annotations

from pacc.cli._commands import Entry, LazyGroup

group = LazyGroup(
    name="artifact",
    help="See and delete artifacts, what runs made for people to look at.",
    entries=(
        Entry(name="delete", module="pacc.cli.artifact.delete", help="Delete an artifact, or all of a key."),
        Entry(
            name="diff",
            module="pacc.cli.artifact.diff",
            help="Show what changed from one version of an artifact to the next.",
        ),
        Entry(name="inspect", module="pacc.cli.artifact.inspect", help="Show an artifact and its versions."),
        Entry(name="ls", module="pacc.cli.artifact.ls", help="List artifacts, the newest first."),
    ),
)
