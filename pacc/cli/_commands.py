"""Command objects that cost nothing until they are called.

A group knows its commands by name, module and one line of help; a module is imported when its command runs
or when its own help is asked for. Help is plain text with bold headings, so rich stays out of it.
"""

from __future__ import annotations

import gc
import re
import shutil
from difflib import get_close_matches
from importlib import import_module
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer
from typer._click import HelpFormatter
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command

from pacc.cli._coerce import coerce_plainly
from pacc.cli._exits import CommandError, UsageError
from pacc.cli._terminal import terminal

if TYPE_CHECKING:
    from collections.abc import Callable

    from typer._click import Command, Context, Parameter


_NARROW, _NARROWEST = 60, 30
"""Columns below which a page of help is laid out differently, and those it has at least."""


class Entry(NamedTuple):
    """A command or group that is not loaded yet."""

    name: str
    module: str
    """Where `command`, a function, or `group`, a command object of its own, most often a `LazyGroup`, is defined."""
    help: str
    """One line for the list of commands, so that listing them loads none."""
    aliases: tuple[str, ...] = ()
    hidden: bool = False

    def load(self) -> Command:
        """Import and return the command or group."""
        module = import_module(self.module)
        group: LazyGroup | None = getattr(module, "group", None)
        return group or as_command(self.name, module.command)


class Elsewhere(NamedTuple):
    """A command of Prefect's that means nothing on one machine: whatever it is told, it says so and what to do instead."""

    name: str
    why: str
    """One sentence that begins in lower case."""
    hint: str
    """What to do instead."""
    aliases: tuple[str, ...] = ()
    hidden: bool = False

    @property
    def help(self) -> str:
        """The line for the list of commands."""
        return f"Not here: {self.why}."

    def load(self) -> Command:
        """Return the command."""

        def command(words: Annotated[list[str] | None, typer.Argument(hidden=True)] = None) -> None:
            del words
            raise CommandError(self.why, hint=self.hint, code="not_here")

        command.__doc__ = self.help
        return as_command(self.name, command, ignore_unknown_options=True)


class PlainCommand(TyperCommand):
    """A command whose plain parameters are coerced without pydantic."""

    def get_params(self, ctx: Context) -> list[Parameter]:
        """Return all parameters, the one for help too."""
        return _plain(super().get_params(ctx))

    def invoke(self, ctx: Context) -> Any:
        """Run the command, collecting garbage from now on; `pacc.__main__` switched that off for the imports."""
        gc.freeze()
        gc.enable()
        return super().invoke(ctx)

    def get_help(self, ctx: Context) -> str:
        """Return the help page, headings bold where the terminal takes it."""
        return _emboldened(super().get_help(_fitted(ctx)))


class LazyGroup(TyperGroup):
    """A group of commands that are imported one by one, when they are called.

    Args:
        name: what the group is called.
        entries: its commands, in the order help shows them.
        options: whatever `typer.core.TyperGroup` takes.
    """

    entries: tuple[Entry | Elsewhere, ...] = ()

    def __init__(
        self, *, name: str | None = None, entries: tuple[Entry | Elsewhere, ...] = (), **options: Any
    ) -> None:
        options |= {"rich_markup_mode": None, "invoke_without_command": True}
        super().__init__(name=name, **options)
        self.entries = entries or type(self).entries

    def get_params(self, ctx: Context) -> list[Parameter]:
        """Return all parameters, the one for help too."""
        return _plain(super().get_params(ctx))

    def list_commands(self, ctx: Context) -> list[str]:
        """Return the names of all commands, hidden ones too, without loading any."""
        del ctx
        return [entry.name for entry in self.entries]

    def get_command(self, ctx: Context, cmd_name: str) -> Command | None:
        """Import and return the command of that name or alias, nothing when there is none."""
        del ctx
        entry = next((e for e in self.entries if cmd_name == e.name or cmd_name in e.aliases), None)
        return None if entry is None else self.commands.setdefault(entry.name, entry.load())

    def resolve_command(self, ctx: Context, args: list[str]) -> tuple[str | None, Command | None, list[str]]:
        """Return the command the first word names; a word that names none is answered with the nearest."""
        word = args[0]
        command = self.get_command(ctx, word)
        if command is None and not word.startswith("-"):
            raise UsageError(f'no command "{word}".{self._nearest(word)}', hint=f"{ctx.command_path} --help")
        return super().resolve_command(ctx, args) if command is None else (command.name, command, args[1:])

    def invoke(self, ctx: Context) -> Any:
        """Run the command that was named; show the group's help when none was."""
        result = super().invoke(ctx)
        if ctx.invoked_subcommand is None:
            typer.echo(self.get_help(ctx), color=ctx.color)
        return result

    def format_commands(self, ctx: Context, formatter: HelpFormatter) -> None:
        """Write the commands and their lines of help, without loading any."""
        del ctx
        rows = [(entry.name, entry.help) for entry in self.entries if not entry.hidden]
        with formatter.section("Commands"):
            formatter.write_dl(rows)

    def get_help(self, ctx: Context) -> str:
        """Return the help page, headings bold where the terminal takes it."""
        return _emboldened(super().get_help(_fitted(ctx)))

    def _nearest(self, word: str) -> str:
        near = get_close_matches(word, [entry.name for entry in self.entries if not entry.hidden], n=1)
        return f' Did you mean "{near[0]}"?' if near else ""


def as_command(name: str, function: Callable[..., None], **parsing: Any) -> Command:
    """Return a function with typer's annotations as a command object.

    Args:
        name: what the command is called.
        function: parses by its signature; its docstring is the help page.
        parsing: what typer calls the settings of a context.
    """
    app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)
    app.command(name, cls=PlainCommand, context_settings=parsing)(function)
    return get_command(app)


def _plain(parameters: list[Parameter]) -> list[Parameter]:
    coerce_plainly(parameters)
    return parameters


class _NarrowPage(HelpFormatter):
    """A page whose names take no more than half of a line."""

    def write_dl(self, rows: Any, col_max: int = 30, col_spacing: int = 2) -> None:
        """Write names with what they mean beside them, or below where a name is long."""
        super().write_dl(rows, min(col_max, self.width // 2), col_spacing)


def _fitted(context: Context) -> Context:
    """Have a page fit into a terminal narrower than typer thinks there are."""
    columns = shutil.get_terminal_size().columns
    if columns < _NARROW:
        context.terminal_width = max(columns - 2, _NARROWEST)
        context.formatter_class = _NarrowPage
    return context


def _emboldened(page: str) -> str:
    if not terminal.colored(terminal.out):
        return page
    page = re.sub(r"(?m)^(Usage:)", lambda found: terminal.paint(found[0], "bold"), page)
    return re.sub(r"(?m)^[A-Z][\w ]*:$", lambda found: terminal.paint(found[0], "bold"), page)
