"""Fields of a form: what they are picked and written with besides a line to type into, and all of them as YAML."""

from __future__ import annotations

import contextlib
import stat
import sys

import pytest

from pacc.blocks.system import Secret
from pacc.presentation.block_fields import NO_DEFAULT, Field, fields_of
from pacc.schemas.deployments import DeploymentCreate
from pacc.services import deployments, flow_runs
from pacc.tui import editor
from pacc.tui.screens.forms import label_of
from pacc.tui.screens.picking import can_be_picked
from pacc.tui.written_forms import as_yaml, from_lines, from_yaml, lines_of

SMALL, LARGE = (80, 24), (120, 40)

SCHEMA = {
    "type": "object",
    "required": ["epochs"],
    "properties": {
        "epochs": {"type": "integer", "minimum": 1, "maximum": 500},
        "model": {"enum": ["small", "large", "huge"], "default": "small"},
        "dry": {"type": "boolean", "default": True},
        "since": {"type": "string", "format": "date", "default": "2026-10-31"},
        "rows": {"type": "array", "items": {"type": "integer"}},
        "source": {"$ref": "#/definitions/Source"},
        "target": {"anyOf": [{"$ref": "#/definitions/Source"}, {"type": "string"}]},
        "key": {"$ref": "#/definitions/Secret"},
    },
    "definitions": {
        "Source": {
            "type": "object",
            "title": "Source",
            "required": ["bucket"],
            "properties": {"bucket": {"type": "string"}, "depth": {"type": "integer", "default": 3}},
        },
        "Secret": {
            "type": "object",
            "block_type_slug": "secret",
            "required": ["value"],
            "properties": {"value": {}},
        },
    },
}
FIELDS = {field.name: field for field in fields_of(SCHEMA)}


@pytest.fixture
def train(runs):
    wanted = DeploymentCreate(
        flow_name="train", name="big", entrypoint="f.py:train", parameter_openapi_schema=SCHEMA
    )
    return deployments.upsert(runs, wanted)


# ---------------------------------------------------------------------------------------- on the screen


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "120x40"])
def test_a_run_is_started_with_values_that_were_picked(runs, look, train, size):
    Secret(value="s3cr3t").save("api-key")

    async def what(seen):
        await seen.until("train/big")
        await seen.press("G", "R")
        await seen.until("whole number, 1 to 500")
        await seen.type("7")
        await seen.press("down", "right")
        await seen.until("large ›")
        await seen.press("ctrl+o")
        await seen.until("model: which?")
        await seen.type("hu")
        await seen.press("enter")
        await seen.until("huge ›")
        await seen.press("down", "space")
        await seen.until("[ ] no")
        await seen.press("down", "ctrl+o")
        await seen.until("October 2026")
        await seen.press("right")
        await seen.until("November 2026")
        await seen.press("down", "enter")
        await seen.until("2026-11-08")
        await seen.press("down", "ctrl+o")
        await seen.until("one a line")
        await seen.press("1", "enter", "x", "ctrl+s")
        await seen.until("is not a whole number")
        await seen.press("backspace", "2", "ctrl+s")
        await seen.until("[1, 2]")
        await seen.press("down", "ctrl+o")
        await seen.until("bucket *")
        await seen.press("ctrl+s")
        await seen.until("it is needed")
        await seen.type("raw")
        await seen.press("ctrl+s")
        await seen.until('{"bucket": "raw", "depth": 3}')
        await seen.press("down", "ctrl+o")
        await seen.until("object (Source)")
        await seen.type("text")
        await seen.press("enter")
        await seen.type("nowhere")
        await seen.press("ctrl+s")
        await seen.until("nowhere")
        await seen.press("down", "ctrl+o")
        await seen.until("secret/api-key")
        await seen.press("enter", "ctrl+s")
        await seen.until("Started flow run")

    look(what, size=size, first="deployments")
    run = flow_runs.find(runs, "@last")
    assert run.parameters == {
        "epochs": 7,
        "model": "huge",
        "dry": False,
        "since": "2026-11-08",
        "rows": [1, 2],
        "source": {"bucket": "raw", "depth": 3},
        "target": "nowhere",
        "key": {"$ref": "secret/api-key"},
    }


def test_a_form_is_written_as_yaml_and_what_is_broken_is_gone_on_with(runs, look, train):
    async def what(seen):
        await seen.until("train/big")
        await seen.press("G", "R")
        await seen.until("ctrl+e as YAML")
        await seen.press("ctrl+e")
        await seen.until("# epochs:")
        await seen.type("epochs: [")
        await seen.until("line ")
        await seen.press("ctrl+s", "backspace")
        await seen.type("8 ")
        await seen.press("ctrl+s")
        await seen.until("--param epochs=8")
        await seen.press("ctrl+s")
        await seen.until("Started flow run")

    look(what, size=LARGE, first="deployments")
    assert flow_runs.find(runs, "@last").parameters["epochs"] == 8


# ------------------------------------------------------------------------------------------- the editor


class App:
    """An app that would lie down."""

    @contextlib.contextmanager
    def suspend(self):
        yield


def test_the_editor_gets_a_file_for_its_owner_alone_and_gives_back_what_it_became(tmp_path, monkeypatch):
    script = tmp_path / "ed.py"
    script.write_text(
        "import os, sys\n"
        "text = open(sys.argv[-1]).read()\n"
        "open(sys.argv[1], 'w').write(f'{sys.argv[-1]} {os.stat(sys.argv[-1]).st_mode:o}')\n"
        "open(sys.argv[-1], 'w').write(text + 'more')\n"
    )
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.setenv("EDITOR", f"{sys.executable} {script} {tmp_path / 'seen'}")
    assert editor.edited(App(), "some ") == "some more"
    path, mode = (tmp_path / "seen").read_text().split()
    assert stat.S_IMODE(int(mode, 8)) == 0o600
    assert path.endswith(".yaml")
    assert not (tmp_path / path).exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [("/nowhere/ed", "cannot be started"), ("false", "ended with code 1"), ('vi "', "is no command")],
)
def test_an_editor_that_fails_is_named(words, said, monkeypatch):
    monkeypatch.setenv("VISUAL", words)
    with pytest.raises(editor.EditorFailed, match=said):
        editor.edited(App(), "some")


# ---------------------------------------------------------------------------------------------- as text


def test_yaml_gives_back_what_is_typed_and_tells_of_each_field():
    typed = {"epochs": "3", "dry": "no", "rows": "[1, 2]", "source": '{"bucket": "raw"}'}
    written = as_yaml("Run it", list(FIELDS.values()), typed)
    assert "# whole number, 1 to 500, needed." in written
    assert from_yaml(written, list(FIELDS.values())) == dict.fromkeys(FIELDS, "") | typed


def test_a_secret_is_not_written_and_not_taken():
    secret = Field("key", "text", "", NO_DEFAULT, required=True, secret=True)
    assert "hush" not in as_yaml("A block", [secret], {"key": "hush"})
    assert from_yaml("", [secret]) == {}
    with pytest.raises(ValueError, match='"key" is a secret'):
        from_yaml("key: hush", [secret])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: b: c", "line 1"),
        ("- a", "fields with values"),
        ("epoch: 1", 'no field "epoch"'),
        ("\x00", "no YAML"),
    ],
)
def test_what_is_no_form_is_told(text, said):
    with pytest.raises(ValueError, match=said):
        from_yaml(text, list(FIELDS.values()))


@pytest.mark.parametrize(
    ("name", "typed", "lines"),
    [("rows", "[1, 2]", "1\n2"), ("source", '{"bucket": "raw"}', "bucket: raw\n"), ("rows", "", "")],
)
def test_a_page_gives_back_what_is_typed(name, typed, lines):
    assert lines_of(FIELDS[name], typed) == lines
    assert from_lines(FIELDS[name], lines) == typed


def test_labels_say_what_a_field_takes():
    assert label_of(FIELDS["epochs"]) == "whole number, 1 to 500."
    assert label_of(FIELDS["source"]) == "object with bucket, depth."
    assert [name for name, field in FIELDS.items() if not can_be_picked(field)] == ["epochs", "dry"]


def test_an_object_that_holds_itself_is_a_form_only_so_far_down():
    schema = {"properties": {"a": {"$ref": "#/definitions/A"}}}
    schema["definitions"] = {"A": {"type": "object", "properties": {"a": {"$ref": "#/definitions/A"}}}}
    field, depth = fields_of(schema)[0], 0
    while field.inside:
        field, depth = field.inside[0], depth + 1
    assert 1 < depth < 10
