"""Manual pages: one for pacc, one for each group, one for the environment, one for the exit codes."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

from generators.command_line import usage
from generators.tree import read_tree
from pacc.cli._exits import ExitCode
from pacc.settings.declared import SETTINGS

if TYPE_CHECKING:
    from generators.tree import Command, Option

ROOT = Path(__file__).resolve().parents[2]
VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]

EXITS = {
    ExitCode.OK: "what was asked was done",
    ExitCode.FAILED: "what was asked could not be done",
    ExitCode.USAGE: "the command line itself is wrong",
    ExitCode.FINISHED_BADLY: "what was waited for or looked at is not well",
    ExitCode.WAITED_TOO_LONG: "it took longer than the command was told to wait, or a request of `pacc api` was refused",
    ExitCode.STORE_ERROR: "the store cannot be used, for a reason not named below",
    ExitCode.STORE_BUSY: "another process kept the store for a minute",
    ExitCode.STORE_FULL: "no room is left where the store is",
    ExitCode.STORE_READ_ONLY: "the store, or the folder it is in, cannot be written",
    ExitCode.STORE_DAMAGED: "the store's file is damaged",
    ExitCode.STORE_FOREIGN: "the file where the store should be is not a store",
    ExitCode.STORE_NEWER: "the store was made by a newer pacc",
    ExitCode.STORE_MIGRATION_FAILED: "the store could not be brought up to date, and is as it was",
    ExitCode.STORE_ON_NETWORK_FILESYSTEM: "the store is on a network file system",
    ExitCode.STORE_CONFLICT: "a rule of the store refused the change: a name is taken, a run has ended",
    ExitCode.INTERRUPTED: "interrupted with Ctrl-C",
    ExitCode.TERMINATED: "ended by SIGTERM",
}
"""What each exit code means; one without a line here is an error when the page is made."""


def files() -> dict[str, str]:
    """Return every manual page by its path."""
    tree = read_tree()
    groups = [command for command in tree.walk() if command.is_group and command is not tree]
    pages = {f"man/man1/{_title(group)}.1": group_page(group) for group in groups}
    pages["man/man1/pacc.1"] = root_page(tree, groups)
    pages["man/man7/pacc-environment.7"] = environment_page()
    pages["man/man7/pacc-exit-codes.7"] = exit_codes_page()
    return pages


def root_page(tree: Command, groups: list[Command]) -> str:
    """Return pacc(1): the options before a command, the commands without a group, and where to read on."""
    lines = _head("pacc", 1, "flows and tasks that are recorded, retried and explained")
    lines += [".SH SYNOPSIS", f".B {_escaped(usage(tree))}", ".SH DESCRIPTION", _escaped(tree.line)]
    lines += [".SH OPTIONS", *_options(tree.options), ".SH COMMANDS"]
    for command in tree.commands:
        lines += [".TP", f".B {_escaped(command.name)}", _escaped(command.line)]
        if command.is_group:
            lines.append(f"See \\fB{_escaped(_title(command))}\\fR(1).")
    for command in tree.commands:
        if not command.is_group:
            lines += _command(command)
    return _joined([*lines, *_see_also([*(_title(group) for group in groups), *_SEVENTH])])


def group_page(group: Command) -> str:
    """Return the page of one group with all its commands."""
    lines = _head(_title(group), 1, group.line)
    lines += [".SH SYNOPSIS", f".B {_escaped(usage(group))}"]
    names = [f"\\fB{_escaped(f'pacc {alias}')}\\fR" for alias in group.aliases]
    lines += [".SH DESCRIPTION", _escaped(group.text or group.line)]
    lines += [".PP", f"Also typed as {', '.join(names)}."] if names else []
    for command in group.commands:
        lines += _command(command)
    return _joined([*lines, *_see_also(["pacc", *_SEVENTH])])


def environment_page() -> str:
    """Return pacc-environment(7): every variable pacc reads."""
    lines = _head("pacc-environment", 7, "environment variables that pacc reads")
    lines += [".SH DESCRIPTION"]
    lines.append(
        "Each setting is read from the environment, then from .env, pacc.toml, pyproject.toml and the profile."
    )
    lines += [".SH VARIABLES"]
    for declared in SETTINGS.values():
        shown = declared.shown(declared.default())
        lines += [".TP", f".B {_escaped(declared.name)}", _escaped(declared.meaning)]
        lines += [_escaped(f"Default: {shown}.")] if shown else []
        lines += [_escaped(f"Also: {', '.join(declared.aliases)}.")] if declared.aliases else []
    lines += [".TP", ".B PACC_PROFILE", "The profile to use instead of the active one."]
    lines += [".TP", ".B NO_COLOR", "When not empty, no colour is written."]
    return _joined([*lines, *_see_also(["pacc", "pacc-exit-codes"])])


def exit_codes_page() -> str:
    """Return pacc-exit-codes(7)."""
    lines = _head("pacc-exit-codes", 7, "what the exit code of a pacc command means")
    lines += [".SH DESCRIPTION"]
    lines.append(
        "A script can tell why a command failed; from 10 on, the code says what is wrong with the store."
    )
    lines += [".SH CODES"]
    for code in ExitCode:
        lines += [".TP", f".B {code.value}", _escaped(f"{EXITS[code].capitalize()}.")]
    return _joined([*lines, *_see_also(["pacc", "pacc-environment"])])


# ------------------------------------------------------------------------------------------- pieces


def _title(command: Command) -> str:
    return "-".join(command.path)


def _head(name: str, section: int, line: str) -> list[str]:
    comment = '.\\" Written by docs/generate.py from the command tree; changes made here are lost.'
    title = f'.TH "{name.upper()}" "{section}" "" "pacc {VERSION}" "pacc"'
    summary = line.rstrip(".")
    return [comment, title, ".SH NAME", f"{_escaped(name)} \\- {_escaped(summary[:1].lower() + summary[1:])}"]


def _command(command: Command) -> list[str]:
    lines = [f'.SH "{command.name.upper()}"', f".B {_escaped(usage(command))}", ".PP", _escaped(command.line)]
    if command.text:
        lines += [".PP", _escaped(command.text)]
    described = [*command.arguments, *(each for each in command.options if "--help" not in each.names)]
    for below in command.commands:
        lines += [".TP", f".B {_escaped(below.name)}", _escaped(below.line)]
    return [*lines, *_options(tuple(described))]


def _options(options: tuple[Option, ...]) -> list[str]:
    lines = []
    for option in options:
        names = ", ".join(f"\\fB{_escaped(name)}\\fR" for name in option.names)
        value = f" \\fI{_escaped(option.value)}\\fR" if option.value and not option.is_argument else ""
        default = f" Default: {option.default}." if option.default else ""
        lines += [".TP", f"{names}{value}", _escaped(f"{option.help or 'No more is known.'}{default}")]
    return lines


def _see_also(names: list[str]) -> list[str]:
    pages = [(name, 7 if name in _SEVENTH else 1) for name in names]
    return [".SH SEE ALSO", ",\n".join(f"\\fB{_escaped(name)}\\fR({section})" for name, section in pages)]


_SEVENTH = ("pacc-environment", "pacc-exit-codes")


def _escaped(text: str) -> str:
    text = text.replace("\\", "\\e").replace("-", "\\-").replace("`", "")
    paragraphs = [" ".join(part.split()) for part in re.split(r"\n\s*\n", text)]
    return "\n.PP\n".join(re.sub(r"^([.'])", r"\\&\1", part) for part in paragraphs)


def _joined(lines: list[str]) -> str:
    return "\n".join(lines) + "\n"
