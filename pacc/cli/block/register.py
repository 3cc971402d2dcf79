"""`pacc block register`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pacc.cli._exits import CommandError, UsageError
from pacc.cli._options import Output
from pacc.cli._store import open_for_command
from pacc.cli._terminal import terminal
from pacc.engine.entrypoints import load_file, load_module
from pacc.exceptions import MissingFlowError
from pacc.presentation.blocks import type_object, type_table
from pacc.services import block_types

if TYPE_CHECKING:
    from types import ModuleType

    from pacc.blocks.core import Block


def command(
    *,
    module: Annotated[
        str | None, typer.Option("--module", "-m", metavar="MODULE", help="The module, as it is imported.")
    ] = None,
    file: Annotated[
        Path | None, typer.Option("--file", "-f", metavar="FILE", help="The script, by its path.")
    ] = None,
    output: Output = "table",
) -> None:
    """Make the block classes of a module or a script known, so that blocks of their types can be configured."""
    if (module is None) == (file is None):
        raise UsageError("give either a module or a file", hint="pacc block register --help")
    where = module or str(file)
    try:
        found = load_file(where) if module is None else load_module(module)
    except MissingFlowError as missing:
        sort = "file" if module is None else "module"
        raise CommandError(f'there is no {sort} "{where}"', hint=missing.hint) from None
    kinds = _classes_in(found)
    if not kinds:
        raise CommandError(
            f'"{where}" has no block classes',
            hint="A block class is a subclass of `pacc.blocks.core.Block`.",
        )
    from pacc.blocks.core import register_all  # start-up: only after the module was found

    store = open_for_command(reap=False)
    registered = [block_types.find_type(store, slug) for slug in register_all(store, kinds)]
    if output == "json":
        terminal.json([type_object(each) for each in registered])
        return
    terminal.table(type_table(registered), output)
    terminal.remark(f'Registered {len(kinds)} of "{where}".')


def _classes_in(module: ModuleType) -> list[type[Block]]:
    """Return the block classes a module defines; those it only imports are theirs who define them."""
    from pacc.blocks.core import Block  # start-up: only after the module was found

    kinds = [each for each in vars(module).values() if Block.is_block_class(each) and each is not Block]
    own = [each for each in kinds if each.__module__ == module.__name__]
    return list(dict.fromkeys(own or kinds))
