"""Variables: any JSON value under a good name comes back as it went in, and everything else is refused in a sentence."""

from __future__ import annotations

import asyncio
import inspect
import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pacc import flow, get_client, task
from pacc.client.schemas.actions import VariableCreate, VariableUpdate
from pacc.exceptions import InvalidNameError, InvalidValueError, ObjectAlreadyExists, ObjectNotFound
from pacc.schemas.variables import MAX_VALUE_LENGTH, MAX_VARIABLE_NAME_LENGTH, checked_name, value_text
from pacc.variables import Variable

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


def same(one, other):
    """Equal, and of the same types: 1 is not True and not 1.0."""
    return (type(one), one) == (type(other), other) and json.dumps(one) == json.dumps(other)


def test_every_json_value_comes_back_as_it_went_in():
    @given(JSON)
    @example("\0\ud800\n")
    @example({"": {"deep": [None, -0.0]}})
    def check(value):
        Variable.set("it", value, overwrite=True)
        assert same(Variable.get("it"), value)

    check()


@given(st.text())
@example("good\n")
@example("٣")
def test_a_name_is_good_or_refused_and_never_changed(name):
    good = 0 < len(name) <= 255 and set(name) <= set("abcdefghijklmnopqrstuvwxyz0123456789-_")
    if good:
        assert checked_name(name) == name
    else:
        with pytest.raises(InvalidNameError):
            checked_name(name)


def test_a_name_may_be_as_long_as_promised():
    name = "a" * MAX_VARIABLE_NAME_LENGTH
    assert Variable.set(name, 1).name == name
    with pytest.raises(ValueError, match="255 characters at most, not 256"):
        Variable.set(f"{name}a", 1)
    with pytest.raises(TypeError, match="text, not 3"):
        Variable.set(3, 1)


@pytest.mark.parametrize(
    "value", [object(), float("nan"), {1: "one"}, [{"deep": {None: 1}}], b"bytes", {"a": {1, 2}}]
)
def test_what_json_cannot_say_is_refused(value):
    with pytest.raises(InvalidValueError, match="what JSON can say"):
        Variable.set("it", value)
    assert Variable.get("it", default="nothing") == "nothing"


def test_a_value_that_holds_itself_is_refused():
    endless = []
    endless.append(endless)
    with pytest.raises(InvalidValueError, match="what JSON can say"):
        Variable.set("it", endless)


def test_a_value_may_be_as_long_as_promised():
    most = "a" * (MAX_VALUE_LENGTH - 2)
    assert len(value_text(most)) == MAX_VALUE_LENGTH
    with pytest.raises(ValueError, match="5,000 characters of JSON at most, not 5,001"):
        value_text(f"{most}a")


def test_one_that_exists_is_overwritten_only_when_that_is_said():
    first = Variable.set("answer", 42, tags=["a"])
    with pytest.raises(ValueError, match='"answer" exists already'):
        Variable.set("answer", 43)
    second = Variable.set("answer", None, overwrite=True)
    assert (second.value, second.tags, second.id, second.created) == (None, [], first.id, first.created)
    assert second.updated > first.updated


def test_what_is_not_there_is_the_default():
    assert Variable.get("nobody") is None
    assert Variable.get("nobody", default=[1]) == [1]
    assert Variable.unset("nobody") is False
    Variable.set("somebody", 1)
    assert Variable.unset("somebody") is True
    assert Variable.get("somebody") is None


# -- both colours ------------------------------------------------------------------------------------------------------


def test_in_async_code_the_plain_names_are_awaited():
    async def use():
        made = await Variable.set("answer", 42)
        promised = Variable.get("answer")
        assert inspect.isawaitable(promised)
        return made.value, await promised, await Variable.unset("answer")

    assert asyncio.run(use()) == (42, 42, True)


def test_the_async_names_are_awaited_everywhere():
    async def use():
        await Variable.aset("answer", 42)
        return await Variable.aget("answer"), await Variable.aunset("answer")

    @flow
    def plain():
        return asyncio.run(use())

    assert asyncio.run(use()) == plain() == (42, True)


def test_a_plain_task_called_from_a_coroutine_gets_the_value_itself():
    @task
    def plain():
        return Variable.get("answer")

    @flow
    async def outer():
        await Variable.set("answer", 42)
        return plain(), await Variable.get("answer")

    assert asyncio.run(outer()) == (42, 42)


def test_a_plain_flow_called_from_a_coroutine_gets_the_value_itself():
    @flow
    def inner():
        Variable.set("answer", 42)
        return Variable.get("answer")

    async def outer():
        return inner()

    assert asyncio.run(outer()) == 42


# -- the client --------------------------------------------------------------------------------------------------------


def test_the_client_makes_changes_lists_and_removes():
    with get_client(sync_client=True) as client:
        made = client.create_variable(VariableCreate(name="b", value=[1], tags=["x"]))
        assert client.read_variable_by_name("b") == made
        assert client.read_variable_by_name("nobody") is None
        with pytest.raises(ObjectAlreadyExists):
            client.create_variable(VariableCreate(name="b", value=2))
        client.update_variable(VariableUpdate(name="b", tags=["y"]))
        client.update_variable(VariableUpdate(name="b", value=None))
        changed = client.read_variable_by_name("b")
        assert (changed.value, changed.tags) == (None, ["y"])
        client.create_variable(VariableCreate(name="a", value=1))
        assert [each.name for each in client.read_variables()] == ["a", "b"]
        assert [each.name for each in client.read_variables(limit=1)] == ["a"]
        client.delete_variable_by_name("b")
        with pytest.raises(ObjectNotFound):
            client.delete_variable_by_name("b")
        with pytest.raises(ObjectNotFound, match='no variable "b"'):
            client.update_variable(VariableUpdate(name="b", value=1))
