"""`pacc block`: blocks configured, listed, shown and removed from a shell, and their types."""

from __future__ import annotations

import json
import re

import pytest

from pacc.blocks import registry
from pacc.blocks.core import Block
from pacc.blocks.system import Secret, String
from pacc.cli.root import main
from pacc.services import block_listing, blocks
from pacc.settings import get_current_settings
from pacc.store import open_store

MODULE = """
from pydantic import SecretStr
from pacc.blocks.core import Block
from pacc.blocks.system import Secret

class OfAFile(Block):
    \"\"\"Where the database is.\"\"\"
    host: str
    port: int = 5432
    password: SecretStr
    token: Secret | None = None
"""


@pytest.fixture
def pacc(capsys):
    """Run a command in this process; returns its exit code, what it printed and what it said."""

    def run(*words):
        code = main(words)
        told = capsys.readouterr()
        return int(code), told.out, told.err

    return run


@pytest.fixture
def of_a_file(tmp_path, pacc, monkeypatch):
    """A type that was registered from a file, and whose class is not loaded any more."""
    (tmp_path / "of_a_file.py").write_text(MODULE)
    code, printed, said = pacc("block", "register", "-f", str(tmp_path / "of_a_file.py"))
    assert (code, "ofafile" in printed, "Registered 1" in said) == (0, True, True)
    monkeypatch.delitem(registry._classes, "ofafile")


# -- blocks ------------------------------------------------------------------------------------------------------------


def test_a_block_is_created_from_fields(pacc):
    assert pacc("block", "create", "string", "--name", "it", "--field", "value=hello")[0] == 0
    assert String.load("it").value == "hello"
    code, _, said = pacc("block", "create", "string", "--name", "it", "--field", "value=other")
    assert (code, "exists already" in said) == (1, True)
    assert pacc("block", "create", "string", "-n", "it", "-F", "value=other", "--overwrite")[0] == 0
    assert String.load("it").value == "other"


def test_a_secret_comes_from_the_environment_or_with_a_warning(pacc, monkeypatch):
    monkeypatch.setenv("TOKEN", "t-1")
    assert pacc("block", "create", "secret", "-n", "a", "--field-from-env", "value=TOKEN")[2] == (
        'Saved block "secret/a".\n'
    )
    said = pacc("block", "create", "secret", "-n", "b", "--field", 'value={"user": "ada"}')[2]
    assert 'Warning: other users could read "value" in the list of processes' in said
    assert (Secret.load("a").get(), Secret.load("b").get()) == ("t-1", {"user": "ada"})


@pytest.mark.parametrize("text", ['{"url": "http://x", "verify": false}', "url: http://x\nverify: no\n"])
def test_a_block_is_created_from_a_file(pacc, tmp_path, text):
    (tmp_path / "fields").write_text(text)
    assert pacc("block", "create", "webhook", "-n", "it", "--from-file", str(tmp_path / "fields"))[0] == 0
    found = Block.load("webhook/it")
    assert (found.url.get_secret_value(), found.verify) == ("http://x", False)


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (("secre", "-n", "it"), 'no block type "secre". Did you mean "secret"?'),
        (("secret", "-n", "it"), '"value" is needed'),
        (("secret", "-n", "it", "--field", "valu=1"), 'no field "valu". Did you mean "value"?'),
        (("secret", "-n", "it", "--field", "value"), '"value" is not NAME=VALUE'),
        (("secret", "-n", "Bad Name", "--field", "value=1"), '"Bad Name" is no name for a block'),
        (("secret", "--field", "value=1"), "the block needs a name"),
        (("secret", "-n", "it", "--field-from-env", "value=NOBODY"), '"NOBODY" is not set'),
        (
            ("webhook", "-n", "it", "--field", "url=u", "--field", "method=BREW"),
            '"BREW" is none of GET, POST',
        ),
        (("webhook", "-n", "it", "--field", "url=u", "--field", "verify=maybe"), "neither yes nor no"),
        (
            ("date-time", "-n", "it", "--field", "value=someday"),
            'of the type "date-time" can be like that: value',
        ),
        (("secret", "-n", "it", "--from-file", "nothing.json"), 'no such file or directory "nothing.json"'),
    ],
)
def test_what_cannot_be_created_is_one_sentence(pacc, words, problem):
    code, _, said = pacc("block", "create", *words)
    assert (code != 0, problem in said, "Traceback" in said) == (True, True, False), said
    assert block_listing.summaries(open_store(get_current_settings().home)) == []


def test_a_type_whose_class_is_not_loaded_is_created_by_its_schema(pacc, of_a_file):
    Secret(value="t-1").save("token")
    given = ("--field", "host=here", "--field", "password=p-1", "--field", "token=token")
    assert pacc("block", "create", "ofafile", "-n", "it", *given)[0] == 0
    found = blocks.find(open_store(get_current_settings().home), "ofafile/it", include_secrets=True)
    assert found.data == {"host": "here", "password": "p-1", "token": {"value": "t-1"}}
    code, _, said = pacc("block", "create", "ofafile", "-n", "two", *given, "--field", "port=many")
    assert (code, 'the field "port": "many" is not a whole number' in said) == (2, True)


def test_values_of_a_file_are_checked_by_the_schema(pacc, of_a_file, tmp_path):
    (tmp_path / "fields.json").write_text('{"host": "here", "password": "p", "port": "many"}')
    code, _, said = pacc(
        "block", "create", "ofafile", "-n", "it", "--from-file", str(tmp_path / "fields.json")
    )
    assert (code, 'the field "port" should be: whole number' in said) == (1, True)


def test_listings_are_by_type_and_name(pacc):
    String(value="one").save("b")
    String(value="two").save("a")
    Secret(value="s").save("c")
    lines = pacc("block", "ls")[1].splitlines()
    assert [line.split()[3] for line in lines] == ["SLUG", "secret/c", "string/a", "string/b"]
    told = json.loads(pacc("blocks", "ls", "-o", "json")[1])
    assert [each["slug"] for each in told] == ["secret/c", "string/a", "string/b"]
    assert [
        each["slug"] for each in json.loads(pacc("block", "ls", "--type", "secret", "-o", "json")[1])
    ] == ["secret/c"]
    code, printed, said = pacc("block", "ls", "--limit", "1", "-o", "plain")
    assert (code, len(printed.splitlines()), said) == (0, 1, "These are 1 of 3; --limit shows more.\n")


def test_an_empty_listing_says_how_to_begin(pacc):
    assert "pacc block create TYPE" in pacc("block", "ls")[2]
    assert pacc("block", "ls", "-o", "json")[1] == "[]\n"


def test_what_a_block_holds_is_shown_with_masks(pacc, of_a_file):
    Secret(value="t-canary").save("token")
    pacc(
        "block",
        "create",
        "ofafile",
        "-n",
        "it",
        "-F",
        "host=here",
        "-F",
        "password=p-canary",
        "-F",
        "token=token",
    )
    identity = json.loads(pacc("block", "inspect", "ofafile/it", "-o", "json")[1])["id"]
    for shown in (
        pacc("block", "inspect", "ofafile/it")[1],
        pacc("block", "inspect", "--id", identity)[1],
        pacc("block", "inspect", "ofafile/it", "-o", "json")[1],
    ):
        assert ("canary" not in shown, "********" in shown, "here" in shown) == (True, True, True)
    assert "Stands in:  ofafile/it" in pacc("block", "inspect", "secret/token")[1]


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        ((), "give a block as TYPE/NAME or by --id"),
        (("secret",), '"secret" names no block: write its type and its name'),
        (("secret/nobody",), 'no block "secret/nobody"'),
        (("--id", "nonsense"), '"nonsense" is no id'),
        (("--id", "01a218cc-325c-76f2-84a1-d3cc7e487b4b"), 'no block with the id "01a218cc'),
    ],
)
@pytest.mark.parametrize("command", ["inspect", "delete"])
def test_one_that_is_not_there_is_said(pacc, command, words, problem):
    code, _, said = pacc("block", command, *words)
    assert (code != 0, problem in said) == (True, True), said


def test_one_is_deleted_and_those_it_stands_in_are_named(pacc, of_a_file):
    Secret(value="t").save("token")
    pacc("block", "create", "ofafile", "-n", "it", "-F", "host=h", "-F", "password=p", "-F", "token=token")
    code, _, said = pacc("block", "delete", "secret/token", "--yes")
    assert (code, 'It stands in "ofafile/it"' in said) == (0, True)
    assert said.endswith('Deleted block "secret/token".\n')
    assert "Inside it:  token: deleted" in pacc("block", "inspect", "ofafile/it")[1]
    assert pacc("block", "delete", "ofafile/it", "--yes")[0] == 0


# -- the key -----------------------------------------------------------------------------------------------------------


def test_the_key_is_changed_and_every_secret_stays(pacc, pacc_home, monkeypatch):
    Secret(value="s-1").save("it")
    before = (pacc_home / "key").read_text()
    assert pacc("block", "rotate-key")[2] == "The secrets of one block are encrypted with the new key.\n"
    assert (pacc_home / "key").read_text() != before
    assert Secret.load("it").get() == "s-1"
    (pacc_home / "key").unlink()
    code, _, said = pacc("block", "rotate-key")
    assert (code, "the key of the secrets in the blocks is gone" in said) == (1, True)


def test_the_doctor_looks_at_the_key(pacc, pacc_home):
    Secret(value="s-1").save("it")
    assert "the key of the secrets in one block is there" in pacc("doctor", "-o", "plain")[1]
    (pacc_home / "key").chmod(0o644)
    code, printed, _ = pacc("doctor", "-o", "plain")
    assert (code, "is not yours alone" in printed, "others may look at" in printed) == (3, True, True)
    (pacc_home / "key").unlink()
    code, printed, _ = pacc("doctor", "-o", "plain")
    assert (code, "the key of the secrets in the blocks is gone" in printed) == (3, True)


def test_a_new_key_can_come_from_the_environment(pacc, monkeypatch):
    code, _, said = pacc("block", "rotate-key", "--from-env", "NOBODY")
    assert (code, '"NOBODY" is not set' in said) == (2, True)
    monkeypatch.setenv("NEW", "nonsense")
    code, _, said = pacc("block", "rotate-key", "--from-env", "NEW")
    assert (code, "the new key is no key" in said, "nonsense" in said) == (1, True, False)


# -- types -------------------------------------------------------------------------------------------------------------


def test_all_types_that_come_with_pacc_are_listed_on_an_empty_home(pacc):
    told = json.loads(pacc("block", "type", "ls", "-o", "json")[1])
    assert [each["slug"] for each in told] == sorted(registry.BUILT_IN)
    assert len(pacc("block", "types", "ls")[1].splitlines()) == len(registry.BUILT_IN) + 1


def test_a_type_is_shown_with_its_fields(pacc, of_a_file):
    shown = pacc("block", "type", "inspect", "ofafile")[1]
    assert re.search(r"Class:\s+of_a_file.OfAFile", shown)
    assert re.search(r"  port:\s+whole number, 5432 unless given", shown)
    assert re.search(r"  password:\s+text, secret, needed", shown)
    assert re.search(r"  token:\s+block \(secret\), optional", shown)
    told = json.loads(pacc("block", "type", "inspect", "ofafile", "-o", "json")[1])
    assert told["fields"]["secret_fields"] == ["password", "token.value"]


def test_a_type_is_deleted_with_its_blocks_unless_it_comes_with_pacc(pacc, of_a_file):
    pacc("block", "create", "ofafile", "-n", "it", "-F", "host=h", "-F", "password=p")
    assert pacc("block", "type", "delete", "ofafile", "--yes")[2].endswith("with its one block.\n")
    assert "no blocks" in pacc("block", "ls")[2]
    code, _, said = pacc("block", "type", "delete", "secret", "--yes")
    assert (code, "comes with pacc and cannot be deleted" in said) == (1, True)
    code, _, said = pacc("block", "type", "inspect", "nobody")
    assert (code, 'no block type "nobody"' in said) == (1, True)


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        ((), "give either a module or a file"),
        (("-m", "no_such_module_anywhere"), 'there is no module "no_such_module_anywhere"'),
        (("-f", "nothing.py"), 'there is no file "nothing.py"'),
        (("-m", "json"), '"json" has no block classes'),
    ],
)
def test_what_cannot_be_registered_is_one_sentence(pacc, words, problem):
    code, _, said = pacc("block", "register", *words)
    assert (code != 0, problem in said, "Traceback" in said) == (True, True, False), said


def test_a_script_that_fails_says_why(pacc, tmp_path):
    (tmp_path / "broken.py").write_text("1 / 0")
    code, _, said = pacc("block", "register", "-f", str(tmp_path / "broken.py"))
    assert (code, "ZeroDivisionError" in said, "Traceback" in said) == (1, True, False)


def test_the_classes_of_a_module_are_registered(pacc):
    assert (
        pacc("block", "register", "-m", "pacc.blocks.system")[2] == 'Registered 4 of "pacc.blocks.system".\n'
    )
