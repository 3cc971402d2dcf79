"""The command tree as plain records: the one place that reads typer's command objects (typer 0.29's)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any, Literal, get_args, get_origin

import typer

from pacc.cli.root import root_command

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """An option or an argument of a command."""

    names: tuple[str, ...]  #: `--limit`; for an argument the word that stands for it
    help: str
    value: str  #: the word that stands for its value, empty for a switch
    choices: tuple[str, ...]
    default: str
    required: bool
    several: bool
    is_argument: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A command or a group, with what it takes and what is below it."""

    path: tuple[str, ...]  #: `("pacc", "flow-run", "ls")`
    aliases: tuple[str, ...]
    line: str  #: one line of help
    text: str  #: the rest of the help
    options: tuple[Option, ...]
    arguments: tuple[Option, ...]
    commands: tuple[Command, ...]
    is_group: bool

    @property
    def name(self) -> str:
        """Return the whole command as it is typed."""
        return " ".join(self.path)

    def walk(self) -> Iterator[Command]:
        """Yield the command and all below it, in the order help shows them."""
        yield self
        for command in self.commands:
            yield from command.walk()


def read_tree() -> Command:
    """Return pacc's whole command tree."""
    return _read(root_command(), None, "pacc", ())


def _read(command: Any, parent: Any, name: str, aliases: tuple[str, ...]) -> Command:
    context = typer.Context(command, info_name=name, parent=parent)
    line, _, text = _plain(command.help or "").partition("\n\n")
    parameters = [_option(each) for each in command.get_params(context) if not getattr(each, "hidden", 0)]
    path = (*_path(parent), name)
    return Command(
        path=path,
        aliases=aliases,
        line=" ".join(line.split()),
        text=text.strip(),
        options=tuple(each for each in parameters if not each.is_argument),
        arguments=tuple(each for each in parameters if each.is_argument),
        commands=tuple(_below(command, context)),
        is_group=hasattr(command, "list_commands"),
    )


def _below(command: Any, context: Any) -> Iterator[Command]:
    known = {entry.name: entry for entry in getattr(command, "entries", ())}
    for name in command.list_commands(context) if hasattr(command, "list_commands") else ():
        entry = known.get(name)
        below = command.get_command(context, name)
        if below is not None and not (entry.hidden if entry else below.hidden):
            yield _read(below, context, name, entry.aliases if entry else ())


def _path(context: Any) -> tuple[str, ...]:
    return () if context is None else (*_path(context.parent), context.info_name)


def _option(parameter: Any) -> Option:
    is_argument = parameter.param_type_name == "argument"
    is_switch = bool(getattr(parameter, "is_flag", False)) or "--help" in parameter.opts
    choices = _choices(parameter)
    value = "" if is_switch else parameter.metavar or "|".join(choices) or _word(parameter, is_argument)
    return Option(
        names=(value,) if is_argument else (*parameter.opts, *parameter.secondary_opts),
        help=" ".join(_plain(getattr(parameter, "help", "") or "").split()),
        value=value,
        choices=choices,
        default=_default(parameter, is_switch),
        required=bool(parameter.required),
        several=bool(getattr(parameter, "multiple", False)) or parameter.nargs == -1,
        is_argument=is_argument,
    )


def _annotation(parameter: Any) -> Any:
    annotation = parameter.type_descriptor.annotation
    return get_args(annotation)[0] if get_origin(annotation) is list else annotation


def _choices(parameter: Any) -> tuple[str, ...]:
    annotation = _annotation(parameter)
    if get_origin(annotation) is Literal:
        return tuple(map(str, get_args(annotation)))
    is_enum = isinstance(annotation, type) and issubclass(annotation, Enum)
    return tuple(str(member.value) for member in annotation) if is_enum else ()


def _word(parameter: Any, is_argument: bool) -> str:
    kind = getattr(_annotation(parameter), "__name__", "text")
    return parameter.name.upper() if is_argument else _WORDS.get(kind, kind.upper())


_WORDS = {"str": "TEXT", "int": "NUMBER", "float": "NUMBER"}


def _default(parameter: Any, is_switch: bool) -> str:
    value = parameter.default
    if is_switch:
        off = parameter.secondary_opts[:1]
        return (parameter.opts if value else off)[0] if off and isinstance(value, bool) else ""
    is_nothing = value is None or callable(value) or value in ("", (), []) or value.__class__ is object
    return "" if is_nothing else str(getattr(value, "value", value))


def _plain(text: str) -> str:
    return re.sub(r"\x1b\[[0-9;]*m", "", text).replace("\b\n", "").strip()
