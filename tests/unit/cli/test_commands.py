"""The tree of commands: what it is called, what it knows without loading anything, and that each part is reachable."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import NamedTuple

import pytest
import typer

from pacc.cli._commands import Elsewhere
from pacc.cli.root import root_command

# Prefect's names, a group in each line; of the groups that are built all are there but those left out.
sys.path.append(str(Path(__file__).parents[3] / "docs"))
from generators import json_shapes

REFERENCE = Path(__file__).with_name("prefect_commands.txt")
LEFT_OUT = {
    "dashboard open": "`pacc dashboard` is the dashboard itself and not the address of one",
    "deploy init": "a word of `pacc deploy`, which takes an entrypoint, and no command of its own; `pacc init`",
    "dev": "for those who develop Prefect: its pages, its images, its server",
    "experimental": "older names: `pacc plugins diagnose`, and the setting PACC_RESULTS_DEFAULT_STORAGE_BLOCK",
    "server database revision": "for those who develop Prefect: a new step of its schema",
    "server services manager": "hidden, and how Prefect starts itself in the background",
}
"""Commands of Prefect's that are not there, and why; a group stands for all in it."""
OPTIONS_LEFT_OUT = {
    "api --account": "there is no account",
    "api --header -H": "nothing is sent over a network that reads headers",
    "api --root": "there is one set of addresses",
    "events stream --account": "there is no account",
    "server start --analytics-on --analytics-off": "pacc tells nobody anything",
    "server start --ui --no-ui": "there are no pages; `pacc dashboard`",
    "server start --workers": "one process answers",
}
"""Options of Prefect's that are not there, and why."""
OURS = """
: agent asset backfill cache completion db doctor export notify result run service webhook why
agent: start
artifact: diff
asset: delete inspect ls
automation: test
backfill: cancel inspect ls
block: rotate-key
cache: explain
db: backup check prune restore stats vacuum
deployment schedule: next
deployment: apply backfill build pause resume stats update
events: ls
flow-run: create graph pause resume suspend timeline
notify: add delete ls pause resume test
result: delete inspect ls
service: install status uninstall
shell group: create ls set
shell: add edit enqueue follow group kill ls move restart stash wait
webhook: create delete get ls rotate toggle update
work-queue: set-priority
"""
"""Commands Prefect has not, or no longer: its database is a server's, and so are its pictures and its assets."""


def paths(table):
    lines = [line.partition(":") for line in table.strip().splitlines()]
    return {(*group.split(), name) for group, _, names in lines for name in names.split()}


class Reference(NamedTuple):
    """A command of Prefect's."""

    aliases: list[str]
    arguments: int
    options: set[str]


def reference():
    """Every command of Prefect's by its path; a group has no options."""
    found = {}
    for line in REFERENCE.read_text().splitlines():
        if not line.startswith("#"):
            head, _, rest = line.partition(":")
            path, _, aliases = head.partition(" = ")
            arguments, *options = rest.split() or ["0"]
            found[tuple(path.split())] = Reference(aliases.split(), int(arguments), set(options))
    return found


def is_left_out(path):
    return any(" ".join(path[:length]) in LEFT_OUT for length in range(1, len(path) + 1))


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


def test_the_tree_is_prefects_but_for_what_is_left_out_for_a_reason(context):
    built = {path for path, _ in commands(context.command, context)}
    wanted = reference()
    assert {path for path in wanted if not is_left_out(path)} - built == set()
    assert built - set(wanted) == paths(OURS) & built - set(wanted), "a command of our own is listed in OURS"
    assert paths(OURS) - built == set()
    assert {path for path in built if is_left_out(path)} == set(), "what is built is left out no longer"


def test_each_command_has_prefects_options_but_those_left_out_for_a_reason(context):
    wanted, missing, arguments = reference(), set(), {}
    for path, command in commands(context.command, context):
        if path in wanted and not isinstance(entry_of(context, path), Elsewhere):
            have = {flag for each in command.params for flag in (*each.opts, *each.secondary_opts)}
            missing |= {(" ".join(path), flag) for flag in wanted[path].options - have}
            count = sum(each.param_type_name == "argument" for each in command.params)
            if count != wanted[path].arguments:
                arguments[path] = count
    left_out = [entry.partition(" --") for entry in OPTIONS_LEFT_OUT]
    expected = {(path, flag) for path, dashes, rest in left_out for flag in (dashes.strip() + rest).split()}
    assert missing == expected
    assert arguments == {}


def test_each_command_that_shows_something_is_listed_with_what_it_answers(context):
    shows = {
        " ".join(path)
        for path, command in commands(context.command, context)
        if any("--output" in each.opts for each in command.params)
    }
    listed = {shape.command for shape in json_shapes.SHAPES}
    assert shows == listed | json_shapes.CHANGING | json_shapes.STREAMS | json_shapes.APART.keys(), (
        "add it to docs/generators/json_shapes.py, and run docs/generate.py"
    )


def entry_of(context, path):
    group = context.command
    for name in path[:-1]:
        group = group.get_command(context, name)
    return next(entry for entry in group.entries if entry.name == path[-1] or path[-1] in entry.aliases)


def test_prefects_other_names_reach_the_same_command(context):
    for path, command in commands(context.command, context):
        for alias in reference().get(path, Reference([], 0, set())).aliases:
            group = context.command
            for name in path[:-1]:
                group = group.get_command(context, name)
            assert group.get_command(context, alias) is command, (path, alias)


def test_listing_the_groups_loads_none(context):
    loaded = set(sys.modules)

    context.command.list_commands(context)
    context.command.get_help(context)

    assert {name for name in set(sys.modules) - loaded if name.startswith("pacc.cli.")} == set()


def test_every_command_has_a_line_of_help_and_a_page(context):
    for path, command in commands(context.command, context):
        entry = entry_of(context, path)

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
