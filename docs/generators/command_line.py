"""The command line reference."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generators.tree import read_tree

if TYPE_CHECKING:
    from generators.tree import Command, Option


def page() -> str:
    """Return a section for every command."""
    return "\n\n".join(_section(command) for command in read_tree().walk())


def usage(command: Command) -> str:
    """Return how the command is typed."""
    words = [command.name, *(["[OPTIONS]"] if command.options else [])]
    words += [_written(argument) for argument in command.arguments]
    return " ".join(words + (["COMMAND"] if command.is_group else []))


def _written(argument: Option) -> str:
    word = argument.names[0] + ("..." if argument.several else "")
    return word if argument.required else f"[{word}]"


def _section(command: Command) -> str:
    depth = "#" * min(len(command.path) + 1, 4)
    parts = [f"{depth} `{command.name}`", command.line]
    if command.aliases:
        parts.append(f"Also: {', '.join(f'`{name}`' for name in command.aliases)}.")
    if command.text:
        parts.append(command.text)
    parts.append(f"    {usage(command)}")
    rows = [_row(each) for each in (*command.arguments, *command.options) if "--help" not in each.names]
    if rows:
        parts.append("\n".join(["| | |", "| --- | --- |", *rows]))
    if command.commands:
        parts.append("\n".join(f"- `{below.name}`: {below.line}" for below in command.commands))
    return "\n\n".join(parts)


def _row(option: Option) -> str:
    names = ", ".join(f"`{name}`" for name in option.names)
    value = "" if option.is_argument or not option.value else f" `{option.value}`"
    remarks = [option.help]
    if option.several:
        remarks.append("May be given several times.")
    if option.required and not option.is_argument:
        remarks.append("Required.")
    if option.default:
        remarks.append(f"Default: `{option.default}`.")
    return f"| {names}{value} | {' '.join(filter(None, remarks))} |".replace("`|`", "`").replace(
        option.value, option.value.replace("|", "\\|")
    )
