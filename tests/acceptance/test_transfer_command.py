"""`pacc transfer`, between the stores of two profiles."""

from __future__ import annotations

import json

import pytest

from pacc.cli.root import main
from pacc.settings import choose_profile


@pytest.fixture
def pacc(capsys):
    """Run a command in this process; returns its exit code, what it printed and what it said."""

    def run(*words):
        code = main(words)
        choose_profile(None)
        told = capsys.readouterr()
        return int(code), told.out, told.err

    return run


def test_what_is_configured_goes_from_one_profile_to_another(pacc, pacc_home):
    pacc("profile", "create", "staging")
    pacc("-p", "staging", "config", "set", f"PACC_HOME={pacc_home}/there")
    pacc("variable", "set", "city", "Ulm")
    code, out, err = pacc("transfer", "--from", "default", "--to", "staging", "-o", "json")
    assert (code, json.loads(out)[0]["fate"], "1 made" in err) == (0, "made", True)
    assert pacc("-p", "staging", "variable", "get", "city")[1] == "Ulm\n"
    code, out, err = pacc("transfer", "--from", "default", "--to", "staging")
    assert (code, "there is one of that name" in out, "1 skipped" in err) == (0, True, True)


@pytest.mark.parametrize(
    ("words", "code", "why"),
    [
        (["--from", "default", "--to", "test"], 1, "have one store between them"),
        (["--from", "default", "--to", "nowhere"], 1, 'no profile "nowhere"'),
        (["--from", "default"], 2, "--to is missing"),
    ],
)
def test_what_cannot_be_is_said_in_one_sentence(pacc, words, code, why):
    ended = pacc("transfer", *words)
    assert (ended[0], why in ended[2]) == (code, True), ended
