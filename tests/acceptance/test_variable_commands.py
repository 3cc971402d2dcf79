"""`pacc variable`: values set, read, listed and removed from a shell."""

from __future__ import annotations

import json

import pytest

from pacc.cli.root import main
from pacc.variables import Variable


@pytest.fixture
def pacc(capsys):
    """Run a command in this process; returns its exit code, what it printed and what it said."""

    def run(*words):
        code = main(words)
        told = capsys.readouterr()
        return int(code), told.out, told.err

    return run


@pytest.mark.parametrize(
    ("word", "value"),
    [
        ("42", 42),
        ("true", True),
        ("ford", "ford"),
        ('{"a": [1]}', {"a": [1]}),
        ('"42"', "42"),
        ("NaN", "NaN"),
    ],
)
def test_a_value_is_json_or_a_word_that_stands_for_itself(pacc, word, value):
    assert pacc("variable", "set", "it", word) == (0, "", 'Set variable "it".\n')
    assert Variable.get("it") == value
    assert type(Variable.get("it")) is type(value)


def test_one_is_overwritten_only_with_the_option(pacc):
    pacc("variable", "set", "answer", "42")
    code, _, said = pacc("variable", "set", "answer", "43")
    assert (code, "exists already" in said, "--overwrite" in said) == (1, True, True)
    assert pacc("variable", "set", "answer", "43", "--overwrite", "--tag", "a", "--tag", "b")[0] == 0
    assert json.loads(pacc("variable", "inspect", "answer", "-o", "json")[1])["tags"] == ["a", "b"]


def test_a_value_is_printed_for_a_shell(pacc):
    Variable.set("text", "two\nlines \x1b[31m")
    Variable.set("made", {"of": [1, None]})
    assert pacc("variable", "get", "text")[1] == "two\nlines \\x1b[31m\n"
    assert pacc("variable", "get", "made")[1] == '{"of": [1, null]}\n'
    assert json.loads(pacc("variable", "get", "text", "-o", "json")[1]) == "two\nlines \x1b[31m"


def test_listings_are_in_the_order_of_names(pacc):
    Variable.set("b", "x" * 500, tags=["cars"])
    Variable.set("a", 1)
    lines = pacc("variables", "ls")[1].splitlines()
    assert [line.split()[0] for line in lines] == ["NAME", "a", "b"]
    assert "…" in lines[2]
    assert len(json.loads(pacc("variable", "ls", "-o", "json", "--limit", "1")[1])) == 1
    assert pacc("variable", "ls", "-o", "plain")[1].startswith("a\t1\t\tjust now\n")


def test_an_empty_listing_says_how_to_begin(pacc):
    assert pacc("variable", "ls") == (0, "", "no variables yet: `pacc variable set NAME VALUE` sets one\n")
    assert pacc("variable", "ls", "-o", "json")[1] == "[]\n"


def test_everything_about_one_is_shown(pacc):
    Variable.set("answer", 42, tags=["a", "b"])
    shown = pacc("variable", "inspect", "answer")[1]
    assert [line.split()[0] for line in shown.splitlines()] == [
        "Name:", "Value:", "Tags:", "ID:", "Created:", "Updated:"
    ]  # fmt: skip


@pytest.mark.parametrize("command", ["unset", "delete"])
def test_one_is_removed(pacc, command):
    Variable.set("answer", 42)
    assert pacc("variable", command, "answer", "--yes") == (0, "", 'Removed variable "answer".\n')
    assert Variable.get("answer") is None


@pytest.mark.parametrize("command", ["get", "inspect", "unset", "delete"])
def test_one_that_is_not_there_is_said_and_what_was_perhaps_meant(pacc, command):
    Variable.set("answer", 42)
    code, printed, said = pacc("variable", command, "answr")
    assert (code, printed) == (1, "")
    assert said == 'Error: no variable "answr". Did you mean "answer"?\nSee: pacc variable ls\n'


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (("Bad Name", "1"), "is no name for a variable"),
        (("it", '"' + "x" * 6000 + '"'), "5,000 characters of JSON at most"),
        (("it", "[" * 100_000), "nested too deeply"),
    ],
)
def test_what_cannot_be_kept_is_one_sentence(pacc, words, problem):
    code, _, said = pacc("variable", "set", *words)
    assert (code != 0, problem in said, "Traceback" in said, said.count("Error:")) == (True, True, False, 1)


def test_a_value_is_read_from_standard_input(pacc_process):
    ended = pacc_process("variable", "set", "it", "-", text='{"from": "a pipe"}\n')
    assert (ended.code, Variable.get("it")) == (0, {"from": "a pipe"})
