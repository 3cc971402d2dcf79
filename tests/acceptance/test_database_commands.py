"""`pacc server database`: the store emptied, and its schema's version changed, with care."""

from __future__ import annotations

import pytest

from pacc.cli.root import main
from pacc.services import variables
from pacc.settings import get_current_settings
from pacc.store import close_store, open_store
from pacc.store.revisions import known


@pytest.fixture
def pacc(capsys):
    """Run `pacc server database` in this process; returns its exit code, what it printed and what it said."""

    def run(*words):
        code = main(["server", "database", *words])
        told = capsys.readouterr()
        close_store(get_current_settings().home)  # as the end of a process does
        return int(code), told.out, told.err

    return run


@pytest.fixture
def home(pacc_home):
    """A home with one variable."""
    variables.put(open_store(pacc_home), "a", 1)
    close_store(pacc_home)
    return pacc_home


def test_an_empty_home_gets_a_store_of_the_newest_schema(pacc, pacc_home):
    code, _, err = pacc("upgrade")
    assert (code, f"at schema {max(known())}" in err) == (0, True)
    assert (pacc_home / "pacc.db").exists()


def test_a_reset_store_is_empty_and_the_former_one_lies_beside_it(pacc, home):
    assert pacc("reset", "-y")[0] == 0
    assert variables.select(open_store(home)) == []
    assert list(home.glob("pacc.db-replaced-*"))


def test_down_and_up_again(pacc, home):
    code, out, err = pacc("downgrade", "-r", "3", "--dry-run")
    assert (code, "1 row of variable" in out) == (0, True), err
    code, _, err = pacc("downgrade", "-r", "3", "--yes")
    assert (code, "at schema 3" in err) == (0, True), err
    code, out, _ = pacc("upgrade", "--dry-run")
    assert out.splitlines()[0] == "4: variables"
    assert pacc("upgrade")[0] == 0
    assert pacc("stamp", "head", "-y")[0] == 0


@pytest.mark.parametrize("words", [["reset"], ["downgrade"], ["stamp", "head"]])
def test_where_nobody_can_be_asked_nothing_is_changed_without_yes(pacc, home, words):
    code, _, err = pacc(*words)
    assert (code, "nobody can be asked" in err, "--yes" in err) == (1, True, True)
    assert [each.name for each in variables.select(open_store(home))] == ["a"]


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["downgrade", "-r", "99", "-y"], "there is no schema 99"),
        (["downgrade", "-r", "soon", "-y"], 'there is no schema "soon"'),
        (["downgrade", "-r", "-99", "-y"], "there is no schema -"),
        (["downgrade", "-r", "head", "-y"], "not above"),
        (["upgrade", "-r", "2"], "works with schema"),
        (["stamp", "2", "-y"], "are not those of schema 2"),
    ],
)
def test_what_cannot_be_done_is_refused_in_one_sentence(pacc, home, words, why):
    code, _, err = pacc(*words)
    assert (code != 0, why in err) == (True, True), err
    assert "Traceback" not in err
