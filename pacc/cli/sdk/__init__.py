"""`pacc sdk`: Python source made from what is in the store."""

from __future__ import annotations

from pacc.cli._commands import Entry, LazyGroup

group = LazyGroup(
    name="sdk",
    help="Write Python that starts deployments, with the types of their parameters.",
    entries=(Entry(name="generate", module="pacc.cli.sdk.generate", help="Write it to a file."),),
)
