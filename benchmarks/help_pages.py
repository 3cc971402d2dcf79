"""Every page of help: the processor time of the whole process, and which pages take longest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer

from measuring import PACC, empty_home, least, options, processor_ms, show
from pacc.cli.root import root_command

if TYPE_CHECKING:
    from collections.abc import Iterator

SHOWN = 5


def commands() -> Iterator[tuple[str, ...]]:
    """Yield the words of every command and group there is, those of the root being none."""
    root = root_command()
    waiting: list[tuple[tuple[str, ...], Any, typer.Context]] = [
        ((), root, typer.Context(root, info_name="pacc"))
    ]
    while waiting:
        words, command, context = waiting.pop()
        yield words
        for name in command.list_commands(context) if hasattr(command, "list_commands") else ():
            below = command.get_command(context, name)
            waiting.append(((*words, name), below, context))


def main() -> None:
    """Print the figures."""
    asked = options(__doc__ or "", most=1_000)
    with empty_home() as home:
        environment = PACC.environment(home, {})
        processor_ms(PACC.command("--help"), environment)
        took = {
            words: least(lambda: processor_ms(PACC.command(*words, "--help"), environment), asked.rounds)  # noqa: B023 - called at once
            for words in list(commands())[: asked.most]
        }
    slowest = sorted(took, key=took.__getitem__, reverse=True)[:SHOWN]
    for words in slowest:
        show(f"pacc {' '.join((*words, '--help'))}", took[words], "ms", target="< 90")
    show(f"all {len(took)} pages, on average", sum(took.values()) / len(took), "ms")


if __name__ == "__main__":
    main()
