"""Blocks: what was saved comes back as its class has it, and what cannot is refused in a sentence that names it."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from datetime import datetime, timedelta
from typing import Literal
from uuid import uuid4

import pydantic
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import BaseModel, Field, SecretStr

from pacc import flow, get_client, task
from pacc.blocks import registry
from pacc.blocks.core import Block
from pacc.blocks.fields import SecretDict
from pacc.blocks.system import JSON, DateTime, Secret, String
from pacc.exceptions import (
    BlockNotSavedError,
    BlockSchemaMismatch,
    InvalidBlockRegistration,
    InvalidNameError,
    InvalidValueError,
    ObjectNotFound,
    UnknownBlockType,
)
from pacc.schemas.blocks import checked_name, slugified
from pacc.services import block_listing, blocks
from pacc.settings import get_current_settings
from pacc.store import open_store

JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


class Login(Block):
    """Who one is.

    Attributes:
        password: what proves it.
    """

    user: str
    password: SecretStr


class Token(Block):
    token: SecretStr


class Storage(Block):
    """Somewhere to put things."""

    _block_schema_capabilities = ("write-path",)


class Folder(Storage):
    _block_schema_capabilities = ("read-path",)

    path: str


class Service(Block):
    """A service that is called.

    Example:
        How it is called:

            Service.load("it")
    """

    _block_type_name = "A Service"
    _block_schema_version = "1.2"

    url: str
    timeout: timedelta = timedelta(seconds=3)
    mode: Literal["fast", "slow"] = "fast"
    login: Login | Token | None = None
    storage: Storage | None = None
    headers: SecretDict = Field(default_factory=lambda: SecretDict({}))
    more: list[Login] = Field(default_factory=list)


def store():
    return open_store(get_current_settings().home)


# -- saving and loading ------------------------------------------------------------------------------------------------


def test_a_block_comes_back_as_it_was_saved():
    saved = Service(
        url="http://here",
        timeout=timedelta(minutes=2),
        login=Token(token="t-1"),
        storage=Folder(path="/data"),
        headers={"x-key": "k-1"},
        more=[Login(user="ada", password="p-1")],
    )
    identity = saved.save("it")
    found = Service.load("it")
    assert found.model_dump() == saved.model_dump()
    assert (type(found.login), type(found.storage)) == (Token, Folder)
    assert found.login.token.get_secret_value() == "t-1"
    assert found.headers.get_secret_value() == {"x-key": "k-1"}
    assert found.more[0].password.get_secret_value() == "p-1"
    assert (found._block_document_id, found._block_document_name) == (identity, "it")


def test_any_json_is_kept_as_a_secret_and_comes_back_with_its_types():
    @given(JSON_VALUES)
    @example("123")
    @example('{"a": 1}')
    @example("\0\ud800")
    def check(value):
        Secret(value=value).save("it", overwrite=True)
        found = Secret.load("it").get()
        assert (type(found), json.dumps(found)) == (type(value), json.dumps(value))

    check()


def test_the_older_blocks_hold_their_values():
    JSON(value={"a": [1, None]}).save("it")
    String(value="text").save("it")
    DateTime(value="2026-11-26T12:00:00+01:00").save("it")
    assert JSON.load("it").value == {"a": [1, None]}
    assert String.load("it").value == "text"
    assert DateTime.load("it").value == datetime.fromisoformat("2026-11-26T12:00:00+01:00")


def test_fields_a_class_does_not_declare_are_kept():
    Login(user="ada", password="p", team="ops").save("it")
    assert Login.load("it").team == "ops"


def test_fields_under_another_name_come_back():
    class Aliased(Block):
        inside: int = Field(alias="outside")

    Aliased(outside=3).save("it")
    assert Aliased.load("it").inside == 3


def test_what_a_class_keeps_out_of_its_dumps_is_not_saved():
    class Partly(Block):
        kept: int = 1
        left: int = Field(default=0, exclude=True)

    Partly(kept=2, left=3).save("it")
    assert (Partly.load("it").kept, Partly.load("it").left) == (2, 0)


def test_a_model_inside_a_block_is_kept_with_its_secrets():
    class Inner(BaseModel):
        key: SecretStr

    class Outer(Block):
        inner: Inner

    Outer(inner=Inner(key="k-canary")).save("it")
    assert Outer.load("it").inner.key.get_secret_value() == "k-canary"
    assert blocks.find(store(), "outer/it").data == {"inner": {"key": "********"}}


def test_a_name_that_is_taken_is_overwritten_only_when_that_is_said():
    String(value="one").save("it")
    with pytest.raises(ValueError, match='"string/it" exists already'):
        String(value="two").save("it")
    assert String.load("it").value == "one"
    String(value="two").save("it", overwrite=True)
    assert String.load("it").value == "two"


def test_a_loaded_block_is_saved_under_its_name_again():
    String(value="one").save("it")
    found = String.load("it")
    found.value = "two"
    found.save(overwrite=True)
    assert String.load("it").value == "two"
    with pytest.raises(ValueError, match="needs a name"):
        String(value="three").save()


@given(st.text())
@example("good\n")
def test_a_name_is_good_or_refused(name):
    good = 0 < len(name) <= 255 and set(name) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
    if good:
        assert checked_name(name) == name
    else:
        with pytest.raises(InvalidNameError):
            checked_name(name)


@given(st.text())
def test_any_name_of_a_type_has_a_slug_that_is_one(name):
    slug = slugified(name)
    assert slugified(slug) == slug
    assert set(slug) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")


def test_one_that_is_not_there_is_said_and_what_was_perhaps_meant():
    String(value="one").save("mine")
    with pytest.raises(ValueError, match=r'no block "string/mime". Did you mean "string/mine"\?'):
        String.load("mime")
    with pytest.raises(ObjectNotFound):
        Block.load("string/mime")
    with pytest.raises(ValueError, match="write the type of the block too"):
        Block.load("mine")


def test_a_block_is_deleted():
    String(value="one").save("it")
    String.delete("it")
    with pytest.raises(ValueError, match="no block"):
        String.delete("it")
    String(value="one").save("it")
    Block.delete("string/it")
    with pytest.raises(ValueError, match="no block"):
        String.load("it")


def test_a_value_json_has_no_word_for_is_refused():
    class Loose(Block):
        model_config = pydantic.ConfigDict(arbitrary_types_allowed=True)
        thing: object

    with pytest.raises(InvalidValueError, match="cannot be saved"):
        Loose(thing=object()).save("it")
    with pytest.raises(InvalidValueError, match="not a value of type 'object'"):
        Secret(value=object()).save("it")
    assert block_listing.summaries(store()) == []


# -- blocks inside blocks ----------------------------------------------------------------------------------------------


def test_a_saved_block_inside_is_kept_by_reference_and_follows_its_changes():
    login = Login(user="ada", password="old")
    login.save("ada")
    Service(url="u", login=login, more=[login]).save("it")
    Login(user="ada", password="new").save("ada", overwrite=True)
    found = Service.load("it")
    assert found.login.password.get_secret_value() == "new"
    assert found.more[0].password.get_secret_value() == "new"
    assert found.login._block_document_name == "ada"


def test_a_block_inside_that_was_deleted_is_named():
    login = Login(user="ada", password="old")
    login.save("ada")
    Service(url="u", login=login).save("it")
    assert [each.slug for each in block_listing.users(store(), login._block_document_id)] == ["a-service/it"]
    Login.delete("ada")
    with pytest.raises(ValueError, match='the block "a-service/it" has another one inside that was deleted'):
        Service.load("it")


def test_a_block_that_was_put_into_itself_is_refused():
    class Loop(Block):
        inside: Block | None = None

    first = Loop()
    first.save("it")
    first.inside = Loop.load("it")
    first.save(overwrite=True)
    with pytest.raises(ValueError, match="stands inside itself"):
        Loop.load("it")


def test_any_loaded_class_of_a_base_may_stand_where_the_base_is_asked_for():
    assert type(Service(url="u", storage={"block_type_slug": "folder", "path": "/x"}).storage) is Folder
    with pytest.raises(pydantic.ValidationError, match='type "login" is no "storage"'):
        Service(url="u", storage={"block_type_slug": "login", "user": "a", "password": "b"})


def test_a_reference_is_loaded_where_a_block_is_expected():
    login = Login(user="ada", password="p")
    identity = login.save("ada")
    for reference in (
        str(identity),
        {"block_document_id": str(identity)},
        {"block_document_slug": "login/ada"},
    ):
        assert Service(url="u", login={"$ref": reference}).login.user == "ada"
        assert Block.load_from_ref({"$ref": reference}).user == "ada"
    assert Login.load_from_ref("login/ada").user == Login.load_from_ref(identity).user == "ada"
    with pytest.raises(ValueError, match="refers to no block"):
        Block.load_from_ref("nothing")


# -- classes that are gone or changed ----------------------------------------------------------------------------------


def test_a_class_that_is_not_loaded_is_named_with_what_to_import(monkeypatch):
    Login(user="ada", password="p").save("it")
    monkeypatch.delitem(registry._classes, "login")
    with pytest.raises(UnknownBlockType, match='class of block type "login" is not loaded') as caught:
        Block.load("login/it")
    assert caught.value.hint == f"Import it first: `from {__name__} import Login`."


def changed(**fields):
    """The class of `Login` as a later release has it."""
    made = pydantic.create_model("Login", __base__=Block, **fields)
    registry.remember("login", Login)  # the tests go on with the first
    return made


def test_a_field_that_came_later_has_its_default():
    Login(user="ada", password="p").save("it")
    assert changed(user=(str, ...), password=(SecretStr, ...), team=(str, "ops")).load("it").team == "ops"


def test_a_block_that_does_not_fit_its_class_any_more_says_where_and_never_shows_a_secret():
    Login(user="ada", password="p-canary").save("it")
    later = changed(user=(int, ...), password=(int, ...), port=(int, ...))
    with pytest.raises(
        BlockSchemaMismatch, match='"login/it" does not fit the fields Login has now'
    ) as caught:
        later.load("it")
    assert "port: Field required" in str(caught.value)
    assert "validate=False" in caught.value.hint
    assert "canary" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_a_block_that_does_not_fit_can_be_taken_as_it_is_mended_and_saved():
    Login(user="ada", password="p").save("it")
    later = changed(user=(str, ...), password=(SecretStr, ...), port=(int, ...))
    found = later.load("it", validate=False)
    assert (found.user, found.port, found.password.get_secret_value()) == ("ada", None, "p")
    found.port = 80
    found.save(overwrite=True)
    assert later.load("it").port == 80


def test_a_block_of_another_type_is_refused():
    Login(user="ada", password="p").save("it")
    with pytest.raises(UnknownBlockType, match='a block of type "login" is no `Token`'):
        Token.load("login/it")


# -- types and schemas -------------------------------------------------------------------------------------------------


def test_a_class_says_what_it_is():
    assert (Service.get_block_type_name(), Service.get_block_type_slug()) == ("A Service", "a-service")
    assert (Login.get_block_type_name(), Login.get_block_type_slug()) == ("Login", "login")
    assert Secret[dict].get_block_type_slug() == "secret"
    assert Folder.get_block_capabilities() == {"read-path", "write-path"}
    assert Service.get_block_schema_version() == "1.2"
    assert Login.get_block_schema_version() == "non-versioned"
    assert (Login.get_description(), Token.get_description()) == ("Who one is.", None)
    assert Service.get_code_example() == 'How it is called:\n\n    Service.load("it")'


def test_a_schema_names_secrets_and_the_blocks_that_may_stand_inside():
    schema = Service.model_json_schema()
    assert schema["secret_fields"] == [
        "login.password", "login.token", "headers.*", "more.password"
    ]  # fmt: skip
    assert schema["block_schema_references"] == {
        "login": [{"block_type_slug": "login"}, {"block_type_slug": "token"}],
        "storage": {"block_type_slug": "storage"},
        "more": {"block_type_slug": "login"},
    }
    assert schema["block_type_slug"] == "a-service"


def test_registering_makes_the_type_its_schema_and_those_inside_known():
    Service.register_type_and_schema()
    Service.register_type_and_schema()
    with get_client(sync_client=True) as client:
        assert {"a-service", "login", "storage", "token"} == {each.slug for each in client.read_block_types()}
        kind = client.read_block_type_by_slug("a-service")
        schema = client.get_most_recent_block_schema_for_block_type(kind.id)
        assert (schema.version, schema.block_type_id) == ("1.2", kind.id)
        assert client.read_block_schema_by_checksum(schema.checksum).id == schema.id
        assert len([each for each in client.read_block_schemas() if each.block_type_id == kind.id]) == 1


def test_another_shape_of_a_class_is_another_schema_and_words_are_not():
    first = Login.registration().checksum
    assert changed(user=(str, ...), password=(SecretStr, ...), port=(int, 1)).registration().checksum != first
    described = changed(user=(str, Field(description="Who.")), password=(SecretStr, ...))
    assert described.registration().checksum == first


def test_block_itself_is_no_type():
    with pytest.raises(InvalidBlockRegistration):
        Block.register_type_and_schema()


def test_a_class_whose_name_has_no_letter_is_refused():
    kind = type("Ü", (Block,), {"__module__": __name__, "_block_type_name": "→"})
    with pytest.raises(InvalidNameError, match='"→" is no name for a block type'):
        kind.register_type_and_schema()


# -- secrets -----------------------------------------------------------------------------------------------------------


def test_secrets_are_masked_in_texts_and_dumps():
    block = Service(
        url="u", login=Login(user="ada", password="p-canary"), headers={"x": "h-canary"}
    )  # fmt: skip
    for shown in (repr(block), str(block), block.model_dump_json(), str(block.model_dump())):
        assert "canary" not in shown
    revealed = block.model_dump(mode="json", context={"include_secrets": True})
    assert (revealed["login"]["password"], revealed["headers"]) == ("p-canary", {"x": "h-canary"})


def test_a_value_that_does_not_fit_is_not_shown():
    with pytest.raises(pydantic.ValidationError) as caught:
        Login(user=["p-canary"], password={"p": "p-canary"})
    assert "canary" not in str(caught.value)


def test_secrets_are_masked_in_the_store_and_encrypted_beside_it(pacc_home):
    Service(url="u", login=Login(user="ada", password="p-canary"), headers={"x": "h-canary"}).save("it")
    with sqlite3.connect(pacc_home / "pacc.db") as connection:
        data, secrets = connection.execute("SELECT data, secrets FROM block_document").fetchone()
    connection.close()
    assert json.loads(data)["login"] == {"user": "ada", "password": "********", "block_type_slug": "login"}
    assert json.loads(data)["headers"] == {"x": "********"}
    assert "canary" not in secrets


def test_what_was_loaded_is_hidden_from_logs(caplog):
    Secret(value={"deep": ["token-canary"]}).save("it")

    @flow(log_prints=True)
    def leaky():
        print("it is", Secret.load("it").get())

    leaky()
    with get_client(sync_client=True) as client:
        lines = [line.message for line in client.read_logs()]
    assert "it is {'deep': ['********']}" in lines


# -- both colours ------------------------------------------------------------------------------------------------------


def test_in_async_code_the_plain_names_are_awaited():
    async def use():
        await String(value="one").save("it")
        found = await String.load("it")
        await String.delete("it")
        await String.register_type_and_schema()
        return found.value

    assert asyncio.run(use()) == "one"


def test_the_async_names_are_awaited_everywhere():
    async def use():
        await String(value="one").asave("it")
        found = await Block.aload("string/it")
        assert (await String.aload_from_ref("string/it")).value == "one"
        await String.adelete("it")
        await String.aregister_type_and_schema()
        return found.value

    assert asyncio.run(use()) == "one"


def test_a_plain_task_called_from_a_coroutine_gets_the_block_itself():
    @task
    def plain():
        return String.load("it").value

    @flow
    async def outer():
        await String(value="one").save("it")
        return plain()

    assert asyncio.run(outer()) == "one"


# -- the client --------------------------------------------------------------------------------------------------------


@pytest.fixture
def client():
    with get_client(sync_client=True) as made:
        yield made


def test_the_client_makes_types_schemas_and_documents(client):
    from pacc.client.schemas.actions import (
        BlockDocumentCreate,
        BlockDocumentUpdate,
        BlockSchemaCreate,
        BlockTypeCreate,
        BlockTypeUpdate,
    )

    kind = client.create_block_type(BlockTypeCreate(name="Made By Hand", slug="made-by-hand"))
    with pytest.raises(ValueError, match="exists already"):
        client.create_block_type(BlockTypeCreate(name="Made By Hand", slug="made-by-hand"))
    client.update_block_type(kind.id, BlockTypeUpdate(description="So."))
    assert client.read_block_type_by_slug("made-by-hand").description == "So."
    fields = {"properties": {"key": {}, "port": {}}, "secret_fields": ["key"]}
    schema = client.create_block_schema(BlockSchemaCreate(fields=fields, block_type_id=kind.id))
    made = client.create_block_document(
        BlockDocumentCreate(
            name="it", data={"key": "k-1", "port": 1}, block_schema_id=schema.id, block_type_id=kind.id
        ),
        include_secrets=False,
    )
    assert made.data == {"key": "********", "port": 1}
    client.update_block_document(made.id, BlockDocumentUpdate(data={"port": 2}))
    assert client.read_block_document(made.id).data == {"key": "k-1", "port": 2}
    client.update_block_document(made.id, BlockDocumentUpdate(data={"key": "k-2"}, merge_existing_data=False))
    found = client.read_block_document_by_name("it", "made-by-hand")
    assert (found.data, found.block_type_name) == ({"key": "k-2"}, "Made By Hand")
    masked = client.read_block_documents_by_type("made-by-hand", include_secrets=False)
    assert [each.data for each in masked] == [{"key": "********"}]
    assert len(client.read_block_documents(limit=1)) == 1
    client.delete_block_document(made.id)
    client.delete_block_type(kind.id)
    with pytest.raises(ObjectNotFound):
        client.read_block_document(made.id)
    with pytest.raises(ObjectNotFound):
        client.delete_block_type(kind.id)


def test_the_client_fills_in_blocks_inside(client):
    login = Login(user="ada", password="p-1")
    login.save("ada")
    Service(url="u", login=login).save("it")
    found = client.read_block_document_by_name("it", "a-service")
    assert found.data["login"] == {"user": "ada", "password": "p-1"}
    assert found.block_document_references["login"]["block_document"]["name"] == "ada"


def test_an_id_nobody_has_is_said(client):
    for ask in (client.read_block_document, client.delete_block_document, client.delete_block_type):
        with pytest.raises(ObjectNotFound):
            ask(uuid4())


def test_a_type_that_comes_with_pacc_stays(client):
    Secret.register_type_and_schema()
    with pytest.raises(Exception, match="comes with pacc and cannot be deleted"):
        client.delete_block_type(client.read_block_type_by_slug("secret").id)


def test_a_placeholder_stands_for_a_saved_block():
    block = String(value="one")
    with pytest.raises(BlockNotSavedError):
        block.get_block_placeholder()
    block.save("it")
    assert block.get_block_placeholder() == "{{ prefect.blocks.string.it }}"
