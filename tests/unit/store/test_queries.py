"""Every named statement is found, explained, and fits the schema."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pacc.store import StoreOptions, queries
from pacc.store.database import Store
from pacc.store.queries import Queries

FOLDER = Path(queries.__file__).parent / "queries"
NAMED = re.compile(r"^-- name: (\S+)$", re.MULTILINE)
NAMES = [name for file in sorted(FOLDER.glob("*.sql")) for name in NAMED.findall(file.read_text("utf-8"))]


def test_there_are_statements():
    assert "flow_runs.advance" in NAMES


def test_names_are_given_once():
    assert len(set(NAMES)) == len(NAMES)


@pytest.fixture(scope="module")
def one_store(tmp_path_factory):
    """A store for all of them: they are only explained."""
    made = Store(tmp_path_factory.mktemp("explained"), StoreOptions())
    yield made
    made.close()
    made.leave()


@pytest.mark.parametrize("name", NAMES)
def test_a_statement_fits_the_schema(one_store, name):
    text = Queries().text(name)
    named = dict.fromkeys(re.findall(r":([a-z_]+)", text))
    one_store.read_sql(f"EXPLAIN {text}", named or [None] * text.count("?"))


@pytest.mark.parametrize("name", NAMES)
def test_a_statement_has_a_sentence(name):
    text = (FOLDER / f"{name.partition('.')[0]}.sql").read_text("utf-8")
    after = text.partition(f"-- name: {name}\n")[2]
    assert after.startswith("-- ")


def test_a_name_nobody_gave_is_a_mistake():
    with pytest.raises(LookupError, match=r"flows\.nothing"):
        Queries().text("flows.nothing")
    with pytest.raises(LookupError):
        Queries().text("nothing.at_all")
