"""Help that loads nothing but itself: it says the same, and only where help is all that is asked for."""

from __future__ import annotations

import json

import pytest
import typer

from pacc.cli._help import is_all_that_is_asked
from pacc.cli.root import root_command

PAGES = """
import json, os, sys
os.environ["COLUMNS"] = "80"
from pacc.cli._help import load_nothing_else
load_nothing_else()
import typer
from pacc.cli.root import root_command

def pages(command, context):
    yield context.command_path, command.get_help(context)
    for name in command.list_commands(context) if hasattr(command, "list_commands") else ():
        below = command.get_command(context, name)
        yield from pages(below, typer.Context(below, info_name=name, parent=context))

root = root_command()
print(json.dumps(dict(pages(root, typer.Context(root, info_name="pacc")))))
real = [name for name, module in sys.modules.items() if name.startswith("pacc.services") and hasattr(module, "__file__")]
print(json.dumps(real))
print(json.dumps(sorted({"asyncio", "email", "logging", "pydantic", "rich", "sqlite3", "textual"} & set(sys.modules))))
"""


def pages(command, context):
    yield context.command_path, command.get_help(context)
    for name in command.list_commands(context) if hasattr(command, "list_commands") else ():
        below = command.get_command(context, name)
        yield from pages(below, typer.Context(below, info_name=name, parent=context))


def test_every_page_is_the_same_without_what_the_command_works_with(run_python, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    root = root_command()
    ended = run_python(PAGES, env={"COLUMNS": "80", "NO_COLOR": "1"})
    assert ended.code == 0, ended.output
    bare, services, dear = map(json.loads, ended.stdout.splitlines())
    whole = dict(pages(root, typer.Context(root, info_name="pacc")))
    assert {name for name, page in whole.items() if bare.get(name) != page} == set()
    assert services == []
    assert dear == [], "a page of help loads nothing that takes long"


@pytest.mark.parametrize(
    ("line", "is_all"),
    [
        ("--help", True),
        ("flow-run ls --help", True),
        ("--profile dev deployment run --help", False),
        ("deployment run --help", True),
        ("run flow.py --help", False),
        ("--profile dev run flow.py --help", False),
        ("shell add -- ls --help", False),
        ("variable set a b --tag --help", False),
        ("flow-run ls", False),
        ("", False),
    ],
)
def test_only_a_line_that_asks_for_help_and_nothing_else_is_answered_so(line, is_all):
    assert is_all_that_is_asked(line.split()) == is_all
