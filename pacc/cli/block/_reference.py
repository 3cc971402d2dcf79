"""How a block is named on the command line: by its type and its name, or by its id."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import typer

from pacc.cli._exits import UsageError
from pacc.services import blocks

if TYPE_CHECKING:
    from pacc.schemas.blocks import BlockDocument
    from pacc.store import Store


def identity(word: str) -> UUID:
    """Return an id.

    Raises:
        ValueError: it is none.
    """
    try:
        return UUID(word)
    except ValueError:
        raise ValueError(f'"{word}" is no id') from None


BlockReference = Annotated[
    str | None,
    typer.Argument(metavar="TYPE/NAME", help='The block, such as "secret/api-key".', show_default=False),
]

BlockId = Annotated[
    UUID | None, typer.Option("--id", metavar="ID", parser=identity, help="The block by its id instead.")
]


def named(store: Store, reference: str | None, document_id: UUID | None, *, command: str) -> BlockDocument:
    """Return the block a command is about, secrets masked.

    Args:
        store: where blocks are kept.
        reference: its type and name, if given.
        document_id: its id, if given.
        command: the command, for the hint.

    Raises:
        UsageError: neither is given, or both are.
        BlockNotFound: there is no such block.
    """
    if (reference is None) == (document_id is None):
        raise UsageError("give a block as TYPE/NAME or by --id", hint=f"pacc block {command} --help")
    if document_id is not None:
        return blocks.read(store, document_id, include_secrets=False)
    return blocks.find(store, reference or "")
