"""`SqlAlchemyConnector` on a real SQLite file: asked, changed, closed; its password stays secret."""

from __future__ import annotations

import sys

import pytest

from pacc.blocks.core import Block
from pacc.exceptions import ConfigurationError, InvalidValueError
from pacc.integrations.sqlalchemy import ConnectionComponents, SqlAlchemyConnector

sqlalchemy = pytest.importorskip("sqlalchemy", reason="needs the extra pacc[sqlalchemy]")
CITIES = [{"name": "Kiel", "size": 1}, {"name": "Lagos", "size": 3}, {"name": "Ulm", "size": 2}]
ALL = "SELECT name FROM city ORDER BY name"


@pytest.fixture(params=["parts", "address"])
def database(request, tmp_path):
    """A saved and loaded block of a database with three cities."""
    path = tmp_path / "main.db"
    where = (
        ConnectionComponents(driver="sqlite", database=str(path))
        if request.param == "parts"
        else f"sqlite:///{path}"
    )
    SqlAlchemyConnector(connection_info=where, fetch_size=2).save("main")
    with SqlAlchemyConnector.load("main") as made:
        made.execute("CREATE TABLE city (name TEXT UNIQUE, size INTEGER)")
        made.execute_many("INSERT INTO city VALUES (:name, :size)", seq_of_parameters=CITIES)
        yield made


def names(rows):
    return [row[0] for row in rows]


def test_fetching_goes_on_where_it_stopped_until_it_is_reset(database):
    assert database.fetch_one(ALL) == ("Kiel",)
    assert names(database.fetch_many(ALL)) == ["Lagos", "Ulm"]
    assert database.fetch_one(ALL) is None
    database.reset_cursors()
    assert names(database.fetch_many(ALL, size=1)) == ["Kiel"]
    assert names(database.fetch_all(ALL)) == ["Lagos", "Ulm"]


def test_parameters_are_bound_and_never_become_sql(database):
    sly = "'; DROP TABLE city; --"
    one = "SELECT size FROM city WHERE name = :name"
    assert database.fetch_one(one, parameters={"name": "Ulm"}) == (2,)
    assert database.fetch_one(one, parameters={"name": sly}) is None
    database.execute("INSERT INTO city VALUES (:name, 0)", parameters={"name": sly})
    assert len(database.fetch_all(ALL)) == 4


def test_what_was_executed_is_there_for_others_and_what_failed_is_not(database):
    with pytest.raises(sqlalchemy.exc.IntegrityError):
        database.execute_many(
            "INSERT INTO city VALUES (:name, :size)", [{"name": "Bonn", "size": 1}, CITIES[0]]
        )
    database.execute("DELETE FROM city WHERE name = 'Kiel'")
    with SqlAlchemyConnector.load("main") as other:
        assert names(other.fetch_all(ALL)) == ["Lagos", "Ulm"]
    with database.get_client("connection") as connection:
        assert len(connection.execute(sqlalchemy.text(ALL)).fetchall()) == 2
    assert database.get_client("engine") is database.get_engine()
    with pytest.raises(InvalidValueError, match='not a "cursor"'):
        database.get_client("cursor")


def test_a_closed_one_can_be_used_again(database):
    database.close()
    assert names(database.fetch_all(ALL)) == ["Kiel", "Lagos", "Ulm"]
    database.reset_connections()
    assert database.fetch_one(ALL) == ("Kiel",)


def test_a_database_in_memory_keeps_what_it_was_told():
    with SqlAlchemyConnector(connection_info="sqlite://") as made:
        made.execute("CREATE TABLE city (name TEXT)")
        made.execute("INSERT INTO city VALUES ('Ulm')")
        assert names(made.fetch_all(ALL)) == ["Ulm"]


def test_its_password_is_in_no_text_and_no_file(pacc_home):
    parts = ConnectionComponents(
        driver="postgresql", username="ada", password="canary-1", host="h", port=1, database="d"
    )
    SqlAlchemyConnector(connection_info=parts).save("parts")
    SqlAlchemyConnector(connection_info="postgresql://ada:canary-2@h/d").save("address")
    for name in ("parts", "address"):
        assert "canary" not in repr(Block.load(f"sqlalchemy-connector/{name}"))
    assert Block.load("sqlalchemy-connector/parts").connection_info.create_url().password == "canary-1"
    assert all(b"canary" not in file.read_bytes() for file in pacc_home.rglob("*") if file.is_file())


def test_what_is_no_database_is_said_without_its_address():
    with pytest.raises(InvalidValueError, match="it is no address of a database") as caught:
        SqlAlchemyConnector(connection_info="nonsense canary").get_engine()
    assert "canary" not in str(caught.value)
    with pytest.raises(InvalidValueError, match="cannot be reached"):
        SqlAlchemyConnector(connection_info="postgresql+pypostgresql://h/d").get_engine()


def test_without_the_package_it_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "sqlalchemy", None)
    with pytest.raises(ConfigurationError, match="needs the package sqlalchemy") as caught:
        SqlAlchemyConnector(connection_info="sqlite://").get_engine()
    assert "pacc[sqlalchemy]" in caught.value.hint
