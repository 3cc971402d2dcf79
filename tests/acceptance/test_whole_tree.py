"""Every command with what goes wrong: names nobody gave, files that are broken, homes that are not to be used, narrow terminals.

All of the tree is walked in this process, so a command that is new is walked too. What a command needs is made up from its
parameters; `ARGUMENTS` has what cannot be.
"""

from __future__ import annotations

import io
import json
import os
import pwd
import re
import sqlite3
import sys
from contextlib import closing

import pytest
import typer
from rich.cells import cell_len

from pacc import flow, task
from pacc.artifacts import create_markdown_artifact
from pacc.assets import materialize
from pacc.blocks.core import Block
from pacc.blocks.system import String
from pacc.cli import _terminal
from pacc.cli.root import main, root_command
from pacc.loops.housekeeper import housekeeper
from pacc.schemas.deployments import DeploymentCreate
from pacc.services import deployments, variables, work_pools
from pacc.settings import refresh_settings
from pacc.store import open_store

AUTOMATION = {
    "name": "tell-ops",
    "trigger": {"type": "event", "expect": ["prefect.flow-run.Failed"], "posture": "Reactive"},
    "actions": [{"type": "do-nothing"}],
}
STAYS = {
    "agent start", "dashboard", "events stream", "flow serve", "server services start", "server start", "shell serve",
    "shell watch", "task serve", "worker start",
}  # fmt: skip
"""Commands that do not come to an end by themselves."""
ACTS = {
    "server services stop",
    "server stop",
    "service install",
    "service uninstall",
    "profile populate-defaults",
}
"""Commands that reach for what is outside of the home."""
NO_JSON_YET = {"events emit", "flow-run resume"}
"""Commands that look at something else before they look at their JSON."""
ARGUMENTS = {
    "run": ["flow.py"],
    "config set": ["PACC_LOGING_LEVEL=x"],
    "config unset": ["PACC_LOGING_LEVEL"],
}


def leaves(command=None, context=None, path=()):
    command = command or root_command()
    context = typer.Context(command, info_name=path[-1] if path else "pacc", parent=context)
    if not hasattr(command, "list_commands"):
        yield " ".join(path), command, context
        return
    for name in command.list_commands(context):
        yield from leaves(command.get_command(context, name), context, (*path, name))


LEAVES = {name: (command, context) for name, command, context in leaves()}
ENDING = sorted(set(LEAVES) - STAYS - ACTS)


def named(name, given="nobody-such"):
    """The command with every argument and option it needs."""
    words = [*name.split(), *ARGUMENTS.get(name, ())]
    if name in ARGUMENTS:
        return words
    command, context = LEAVES[name]
    for parameter in command.get_params(context):
        if parameter.required:
            value = value_of(parameter, given)
            words += [value] if parameter.param_type_name == "argument" else [parameter.opts[0], value]
    return words


def value_of(parameter, given):
    annotation = parameter.type_descriptor.annotation
    choices = getattr(annotation, "__args__", ())
    if annotation in (int, float):
        return "1"
    return next((each for each in choices if isinstance(each, str)), given)


class Ended:
    def __init__(self, code, out, err):
        self.code, self.out, self.err = code, out, err
        self.errors = re.findall(r"^Error: (.*)$", err, re.MULTILINE)

    def is_well_told(self):
        """One sentence on standard error where it failed, with the help where it was typed wrongly, and nothing of Python's."""
        unexpected = re.search(r"Traceback|something went wrong inside|Error\(|<class|object at 0x", self.err)
        points = self.code != 2 or "\nSee: pacc" in self.err
        return not unexpected and len(self.errors) == bool(self.code) and points


@pytest.fixture
def pacc(capsys):
    """Run a command in this process, on no terminal."""

    def run(*words):
        code = main(list(words))
        housekeeper.stop()
        return Ended(int(code), *capsys.readouterr())

    return run


def badly_told(pacc, each_words):
    """The commands that did not end in one sentence, with what they said."""
    ended = {" ".join(words): pacc(*words) for words in each_words}
    return {words: (each.code, each.err) for words, each in ended.items() if not each.is_well_told()}


def test_names_nobody_gave_are_one_sentence(pacc, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert badly_told(pacc, map(named, ENDING)) == {}


@pytest.fixture
def a_few_things(pacc_home, pacc):
    """Something of most kinds, and its names by the commands that ask for one."""

    @flow(name="etl", flow_run_name="otter {number}")
    def etl(number: int):
        return number

    for number in range(2):
        etl(number)
    store = open_store(pacc_home)
    deployments.upsert(store, DeploymentCreate(name="nightly", flow_name="etl"))
    variables.put(store, "answer", 42)
    work_pools.ensure(store, "local")
    for words in (
        ["gcl", "create", "places", "--limit", "1"],
        ["automation", "create", "--from-json", json.dumps(AUTOMATION)],
        ["notify", "add", "--on", "failed", "--to", "json://localhost", "--name", "ops"],
        ["concurrency-limit", "create", "database", "2"],
    ):
        assert pacc(*words).code == 0
    return {
        "automation inspect": "tell-ops", "automation update": "tell-ops", "deployment backfill": "etl/nightly",
        "deployment inspect": "etl/nightly", "deployment run": "etl/nightly", "flow-run create": "etl/nightly",
        "flow-run inspect": "otter 1", "flow-run resume": "otter 1", "gcl inspect": "places",
        "variable get": "answer", "work-pool inspect": "local",
    }  # fmt: skip


def mistyped(name):
    return f"{name[:-3]}{name[-2]}{name[-3]}{name[-1]}"


def test_a_name_is_answered_with_the_nearest(pacc, a_few_things):
    for name, known in a_few_things.items():
        ended = pacc(*name.split(), mistyped(known))
        if ended.code == 2:
            continue  # it asks for more than the name, and had none of that
        assert ended.code == 1, name
        assert f'Did you mean "{known}"?' in ended.err, ended.err
        assert "\nSee: pacc " in ended.err, name


@pytest.mark.parametrize("home", ["a store of another program", "no folder"])
def test_a_home_that_cannot_be_used_is_one_sentence(pacc, pacc_home, tmp_path, monkeypatch, home):
    monkeypatch.chdir(tmp_path)
    if home == "no folder":
        pacc_home.write_text("")
    else:
        pacc_home.mkdir()
        with closing(sqlite3.connect(pacc_home / "pacc.db")) as other:
            other.execute("CREATE TABLE theirs (id)")
    assert badly_told(pacc, map(named, ENDING)) == {}


def test_a_user_without_a_home_is_told_so(pacc, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("HOME")
    monkeypatch.delenv("PACC_HOME")
    monkeypatch.setattr(pwd, "getpwuid", nobody)
    refresh_settings()
    assert badly_told(pacc, map(named, ENDING)) == {}


def nobody(uid):
    raise KeyError(uid)


def test_help_fits_where_there_is_little_room(monkeypatch):
    monkeypatch.setenv("COLUMNS", "40")
    for name, (command, context) in LEAVES.items():
        page = command.get_help(context)
        assert page.startswith(f"Usage: pacc {name}"), name
        wide = [line for line in page.splitlines()[1:] if len(line) > 40 and len(line.split()) > 3]
        assert wide == [], name


def test_listings_fit_where_there_is_little_room(pacc, a_few_things, monkeypatch):
    monkeypatch.setattr(_terminal.Terminal, "draws", True)
    monkeypatch.setenv("COLUMNS", "40")
    for name in [each for each in ENDING if each.endswith(" ls") and len(named(each)) == len(each.split())]:
        ended = pacc("--no-color", *name.split())
        assert ended.code == 0 or name.startswith("cloud"), (name, ended.err)
        assert [line for line in ended.out.splitlines() if cell_len(line) > 40] == [], name


def test_broken_json_is_one_sentence_that_says_so(pacc, a_few_things, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "flow.py").write_text("from pacc import flow\n\n@flow\ndef f(n=1): ...\n")
    taking = [
        [*named(name, a_few_things.get(name, "nobody-such")), parameter.opts[0]]
        for name in ENDING
        for parameter in LEAVES[name][0].get_params(LEAVES[name][1])
        if "JSON" in str(parameter.metavar) and name not in NO_JSON_YET
    ]
    assert len(taking) > 5
    ended = {" ".join(words): pacc(*words, '{"a": ') for words in taking}
    told = {
        words: each.err for words, each in ended.items() if "JSON" not in each.err or not each.is_well_told()
    }
    assert told == {}


@pytest.mark.parametrize(
    ("words", "file", "text"),
    [
        (["automation", "create", "--from-file", "x.yaml"], "x.yaml", "name: a\n  trigger: [\n"),
        (["automation", "create", "--from-file", "x.json"], "x.json", '{"name": "a",\n"trigger": [}'),
        (["deploy", "--all", "--prefect-file", "x.yaml"], "x.yaml", "deployments:\n- name: [\n"),
        (["deployment", "apply", "x.yaml"], "x.yaml", "name: a\nflow_name: {\n"),
        (["work-pool", "create", "p", "--base-job-template", "x.json"], "x.json", '{"variables":\n}'),
        (["block", "create", "secret", "--name", "s", "--from-file", "x.yaml"], "x.yaml", "value: [\n"),
        (["config", "view"], "pacc.toml", "[logging]\nlevel = \n"),
        (["config", "validate"], "pyproject.toml", "[tool.pacc]\nhome = \n"),
    ],
)
def test_a_broken_file_is_named_with_the_line(pacc, tmp_path, monkeypatch, words, file, text):
    monkeypatch.chdir(tmp_path)
    (tmp_path / file).write_text(text)
    refresh_settings()
    ended = pacc(*words)
    assert re.search(rf"{re.escape(file)}.*line [23]", ended.out + ended.err), ended.err
    assert not re.search("Traceback|something went wrong", ended.err)


def test_a_beginning_that_several_ids_have_is_answered_with_them(pacc, a_few_things):
    ended = pacc("flow-run", "inspect", "0")
    assert ended.code == 1
    assert "give more of it" in ended.errors[0]
    assert len(re.findall(r"[0-9a-f]{8}-[0-9a-f]{4}-", ended.errors[0])) == 2


@pytest.mark.parametrize(
    "command", ["run", "deploy -n x --pool local", "flow serve -n x", "deployment build -n x", "task serve"]
)
@pytest.mark.parametrize(
    ("entrypoint", "said", "next_step"),
    [
        ("missing.py:f", "no file", "In that folder: broken.py, flow.py."),
        ("flaw.py:f", "no file", 'Did you mean "flow.py"?'),
        ("no/flow.py:f", "no file", 'There is no folder "no" either.'),
        ("flow.py:nosuch", "no 'nosuch' in 'flow.py'", "It has f, t."),
        ("broken.py:f", "SyntaxError", "Look at line 2 of it."),
        ("no_such_module:f", "no module", "It is looked for in"),
    ],
)
def test_an_entrypoint_that_leads_nowhere_is_told_with_what_to_do(
    pacc, tmp_path, monkeypatch, command, entrypoint, said, next_step
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "flow.py").write_text(
        "from pacc import flow, task\n\n@flow\ndef f(): ...\n\n@task\ndef t(): ...\n"
    )
    (tmp_path / "broken.py").write_text("x = 1\ndef (\n")
    verb, *options = re.split(r" (?=-)", command)
    ended = pacc(*verb.split(), entrypoint, *" ".join(options).split())
    assert ended.code in (1, 2)
    assert said in ended.errors[0]
    assert ended.err.splitlines()[-1].startswith(next_step), ended.err


# -- readers that leave, and people who do -------------------------------------------------------------------------------

ASKED = {
    "artifact delete": ["report"], "asset delete": ["file:///x"], "automation delete": ["tell-ops"],
    "backfill cancel": ["@last"], "block delete": ["string/words"], "block type delete": ["note"],
    "cloud asset delete": ["file:///x"], "cloud webhook delete": ["pushes"], "cloud webhook rotate": ["pushes"],
    "concurrency-limit delete": ["database"], "config unset": ["PACC_LOGGING_LEVEL"], "db backup": ["copy.db"],
    "db prune": ["--before", "2999-01-01"], "db restore": ["copy.db"], "deployment delete": ["etl/nightly"],
    "deployment schedule clear": ["etl/nightly"], "deployment schedule create": ["etl/nightly", "--cron", "@daily", "--replace"],
    "deployment schedule delete": ["etl/nightly", "night"], "flow-run cancel": ["job"], "flow-run delete": ["otter 1"],
    "global-concurrency-limit delete": ["places"], "notify delete": ["ops"], "profile delete": ["dev"],
    "profile populate-defaults": [], "result delete": ["kept"], "sdk generate": ["-o", "copy.db"],
    "server database downgrade": [], "server database reset": [], "server database stamp": ["head"], "shell kill": ["job"],
    "variable delete": ["answer"], "variable unset": ["answer"], "webhook delete": ["pushes"], "webhook rotate": ["pushes"],
    "work-pool delete": ["local"], "work-queue delete": ["default", "--pool", "local"],
}  # fmt: skip
"""What the commands that ask before they do something are told."""
NEVER_ASKED = {
    "server database upgrade": "the store of a test is always up to date",
    "service uninstall": "nothing that a test may touch starts with this machine",
}
FORMS = [["block", "create", "string"], ["cloud", "workspace", "set"], ["deploy", "flow.py:f"]]
"""Commands that ask for more than a yes."""


@pytest.fixture
def one_of_everything(pacc, a_few_things, pacc_home, tmp_path, monkeypatch):
    """Something of every kind that a command asks about before it does away with it; `ASKED` has the names."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "copy.db").write_text("")
    (tmp_path / "flow.py").write_text("from pacc import flow\n\n@flow\ndef f(): ...\n")

    class Note(Block):
        text: str = ""

    @materialize("file:///x")
    def made():
        return 1

    @task(persist_result=True, result_storage_key="kept")
    def kept():
        return 1

    @flow
    def whole():
        made()
        kept()
        create_markdown_artifact("All is well.", key="report")

    whole()
    Note(text="x").save("mine")
    String(value="x").save("words")
    for words in (
        ["deployment", "schedule", "create", "etl/nightly", "--cron", "@daily", "--slug", "night"],
        [
            "deployment",
            "backfill",
            "etl/nightly",
            "--from",
            "2026-01-01",
            "--to",
            "2026-01-03",
            "-p",
            "number=1",
        ],
        ["webhook", "create", "pushes"],
        ["block", "type", "ls"],
        ["shell", "add", "--no-start", "--name", "job", "true"],
        ["profile", "create", "dev"],
        ["config", "set", "PACC_LOGGING_LEVEL=DEBUG"],
    ):
        ended = pacc(*words)
        assert ended.code == 0, ended.err


def kept_in(home):
    """All that a home keeps: the rows of its store, and its profiles."""
    with closing(sqlite3.connect(home / "pacc.db")) as connection:
        return [*connection.iterdump(), *(path.read_text() for path in home.glob("*.toml"))]


class Leaving(io.StringIO):
    """A person who answers by Ctrl-C."""

    def readline(self, size=-1):
        raise KeyboardInterrupt


def test_ctrl_c_at_a_question_changes_nothing(pacc, one_of_everything, pacc_home, monkeypatch):
    asks = {name for name in LEAVES if any("--yes" in each.opts for each in LEAVES[name][0].params)}
    assert asks == ASKED.keys() | NEVER_ASKED.keys(), "what is asked is in ASKED"
    monkeypatch.setattr(_terminal.Terminal, "interactive", True)
    monkeypatch.setattr(sys, "stdin", Leaving())
    before = kept_in(pacc_home)
    for words in [*([*name.split(), *rest] for name, rest in ASKED.items()), *FORMS]:
        ended = pacc(*words)
        assert (ended.code, ended.errors, ended.err[-1:]) == (130, [], "\n"), (words, ended.err)
        assert kept_in(pacc_home) == before, words


def test_a_reader_who_leaves_ends_a_command_quietly(pacc_home, a_few_things, monkeypatch, capsys):
    listings = [
        [*name.split(), "-o", "json"]
        for name in ENDING
        if name.endswith((" ls", " view", " stats", "version"))
        and named(name) == name.split()
        and not name.startswith("cloud")
    ]
    assert len(listings) > 20
    for words in [*([*name.split(), "--help"] for name in LEAVES), *listings]:
        there, here = os.pipe()
        os.close(there)
        with open(here, "w", encoding="utf-8") as out, monkeypatch.context() as patch:
            patch.setattr(sys, "stdout", out)
            code = main(words)
        assert (code, capsys.readouterr().err) == (1, ""), words


@pytest.mark.parametrize("words", ["--help", "flow-run ls -o json", "api GET /routes"])
def test_a_process_whose_reader_leaves_ends_quietly(processes, words):
    process = processes.start(sys.executable, "-m", "pacc", *words.split())
    process.stdout.close()
    ended = processes.finish(process)
    assert (ended.code, ended.stderr) == (1, "")
