"""The tree of commands: what it is called, what it knows without loading anything, and that each part is reachable."""

from __future__ import annotations

import sys

import pytest
import typer

from pacc.cli.root import root_command

# Prefect's names, a group in each line; of the groups that are built all are there but those left out.
PREFECT = """
: api artifact automation block cloud concurrency-limit config dashboard deploy deployment events flow flow-run
: global-concurrency-limit init profile server shell task task-run transfer variable version work-pool work-queue worker
artifact: delete inspect ls
automation: create delete inspect ls pause resume update
block type: delete inspect ls
block: create delete inspect ls register type
cloud asset: delete ls
cloud ip-allowlist: add disable enable ls remove toggle
cloud webhook: create delete get ls rotate toggle update
cloud workspace: ls set
cloud: asset ip-allowlist login logout webhook workspace
concurrency-limit: create delete inspect ls reset
config: set unset validate view
deploy: init
deployment schedule: clear create delete ls pause resume
deployment: delete inspect ls run schedule
events: emit stream
flow-run: cancel delete execute inspect logs ls retry watch
flow: ls serve
global-concurrency-limit: create delete disable enable inspect ls update
profile: create delete inspect ls populate-defaults rename use
server database: downgrade reset stamp upgrade
server services: ls start stop
server: database services start status stop
shell: serve watch
task-run: inspect logs ls
task: serve
variable: delete get inspect ls set unset
work-pool: clear-concurrency-limit create delete get-default-base-job-template inspect ls pause preview resume
work-pool: set-concurrency-limit slots update
work-queue: clear-concurrency-limit create delete inspect ls pause preview read-runs resume set-concurrency-limit slots
worker: start
"""
LEFT_OUT = """
deploy: init
"""
OURS = """
: agent asset backfill cache completion db doctor export notify result run service webhook why
agent: start
asset: delete inspect ls
automation: test
backfill: cancel inspect ls
block: rotate-key
cache: explain
db: backup check prune restore stats vacuum
deployment schedule: next
deployment: apply backfill build pause resume stats
events: ls
flow-run: create graph pause resume suspend timeline
notify: add delete ls pause resume test
result: delete inspect ls
service: install status uninstall
shell group: create ls set
shell: add enqueue follow group kill ls restart stash wait
webhook: create delete get ls rotate toggle update
"""
"""Commands Prefect has not, or no longer: its database is a server's, and so are its pictures and its assets."""
ALIASES = {
    "automation": "automations",
    "block": "blocks",
    "concurrency-limit": "concurrency-limits",
    "deployment": "deployments",
    "events": "event",
    "flow": "flows",
    "flow-run": "flow-runs",
    "global-concurrency-limit": "gcl",
    "profile": "profiles",
    "task-run": "task-runs",
    "webhook": "webhooks",
    "work-pool": "work-pools",
    "work-queue": "work-queues",
}


def paths(table):
    lines = [line.partition(":") for line in table.strip().splitlines()]
    return {(*group.split(), name) for group, _, names in lines for name in names.split()}


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
    assert built <= paths(PREFECT) | paths(OURS)
    assert {path for path in paths(PREFECT) if path[:-1] in built} - paths(LEFT_OUT) <= built


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
