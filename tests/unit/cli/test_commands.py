"""The tree of commands: what it is called, what it knows without loading anything, and that each part is reachable."""

from __future__ import annotations

import sys

import pytest
import typer

from pacc.cli.root import ENTRIES, root_command

# Prefect's names of what is built so far; the rest of its tree comes with what it does.
REFERENCE = {
    "config": {"set", "validate", "unset", "view"},
    "flow": {"ls"},
    "flow-run": {"inspect", "ls", "delete", "logs", "watch"},
    "profile": {"ls", "create", "use", "delete", "rename", "inspect", "populate-defaults"},
    "task-run": {"inspect", "ls", "logs"},
    "version": set(),
}
OURS = {
    ("doctor",),
    ("db",),
    ("db", "backup"),
    ("db", "restore"),
    ("flow-run", "graph"),
    ("result",),
    ("result", "delete"),
    ("result", "inspect"),
    ("result", "ls"),
}
"""Commands Prefect has not: its database is a server's, and so are its pictures; it keeps results without a command for them."""
ALIASES = {"flow": "flows", "flow-run": "flow-runs", "profile": "profiles", "task-run": "task-runs"}


@pytest.fixture
def context():
    root = root_command()
    return typer.Context(root, info_name="pacc")


def commands(group, context, path=()):
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        yield (*path, name), command
        if hasattr(command, "list_commands"):
            yield from commands(command, context, (*path, name))


def test_the_tree_has_prefects_names(context):
    built = {path for path, _ in commands(context.command, context)}
    wanted = {(group,) for group in REFERENCE} | {
        (g, name) for g, names in REFERENCE.items() for name in names
    }

    assert built <= wanted | OURS
    assert {path for path in wanted if path[0] in {entry.name for entry in ENTRIES}} <= built


def test_plural_aliases_reach_the_same_group(context):
    for name, alias in ALIASES.items():
        if name in context.command.list_commands(context):
            assert context.command.get_command(context, alias) is context.command.get_command(context, name)


def test_listing_the_groups_loads_none(context):
    loaded = set(sys.modules)

    context.command.list_commands(context)
    context.command.get_help(context)

    assert {name for name in set(sys.modules) - loaded if name.startswith("pacc.cli.")} == set()


def test_every_command_has_a_line_of_help_and_a_page(context):
    for path, command in commands(context.command, context):
        group = context.command
        for name in path[:-1]:
            group = group.get_command(context, name)
        entry = next(entry for entry in group.entries if entry.name == path[-1])

        assert entry.help.endswith("."), path
        assert command.help, path


def test_every_option_has_help(context):
    for path, command in commands(context.command, context):
        for parameter in command.params:
            assert parameter.help or parameter.hidden, (path, parameter.name)


def test_no_command_takes_h_for_help(context):
    for path, command in commands(context.command, context):
        assert command.get_help_option_names(context) == ["--help"], path


def test_no_plain_parameter_is_left_to_pydantic(context):
    for path, command in commands(context.command, context):
        for parameter in command.get_params(context):
            assert parameter.get_runtime_param().__class__.__module__ == "pacc.cli._coerce", (
                path,
                parameter.name,
            )
