"""Arguments bound to names and turned back into calls, for every kind of signature."""

from __future__ import annotations

import inspect
import json
from enum import Enum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pacc.engine.parameters import MAXIMUM_SIZE, Binder, Validator, resolved_hints, stored
from pacc.exceptions import ParameterBindError

KINDS = [
    lambda: ...,
    lambda a: ...,
    lambda a, b: ...,
    lambda a, b=2: ...,
    lambda a, /, b: ...,
    lambda a, *, b: ...,
    lambda a, *more: ...,
    lambda a, *more, b=2: ...,
    lambda **others: ...,
    lambda a, /, b=2, *more, c, **others: ...,
]
values = st.integers() | st.text() | st.lists(st.integers())


@pytest.mark.parametrize("fn", KINDS, ids=lambda fn: str(inspect.signature(fn)))
@given(
    args=st.lists(values, max_size=4), kwargs=st.dictionaries(st.sampled_from("abcxyz"), values, max_size=3)
)
def test_what_is_bound_calls_the_function_as_it_was_called(fn, args, kwargs):
    binder = Binder(fn, "fn")
    try:
        expected = inspect.signature(fn).bind(*args, **kwargs)
    except TypeError:
        with pytest.raises(ParameterBindError):
            binder.bind(tuple(args), kwargs)
        return
    expected.apply_defaults()
    bound = binder.bind(tuple(args), kwargs)
    assert bound == expected.arguments
    assert list(bound) == list(expected.arguments)
    again_args, again_kwargs = binder.call_with(bound)
    again = inspect.signature(fn).bind(*again_args, **again_kwargs)
    again.apply_defaults()
    assert again.arguments == expected.arguments


def test_a_call_that_does_not_fit_says_what_would():
    with pytest.raises(
        ParameterBindError, match=r"cannot call 'add'.*its parameters are: a, b; the call gave 3"
    ):
        Binder(lambda a, b: ..., "add").bind((1, 2, 3), {})


def test_a_builtin_that_does_not_tell_its_parameters_is_refused():
    with pytest.raises(TypeError, match="does not tell its parameters"):
        Binder(type, "type")


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


@given(st.dictionaries(st.text(min_size=1), json_values))
def test_what_json_can_say_is_stored_faithfully(parameters):
    assert json.loads(stored(parameters)) == parameters


class Odd:
    """Cannot be looked into."""

    @property
    def isoformat(self):
        raise RuntimeError


class Colour(Enum):
    RED = "red"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (Odd(), "<Odd>"),
        (Colour.RED, "red"),
        (float("inf"), "inf"),
        ({1: "a"}, {"1": "a"}),
        (object, "<type>"),
    ],
    ids=["any object", "enum", "infinity", "key", "class"],
)
def test_other_values_have_a_plain_form_or_a_name(value, expected):
    assert json.loads(stored({"x": value})) == {"x": expected}


def test_what_holds_itself_can_be_stored():
    held = []
    held.append(held)
    assert json.loads(stored({"x": held, "y": [held, held]})) == {
        "x": ["<list>"],
        "y": [["<list>"], ["<list>"]],
    }


def test_the_owner_of_a_method_is_left_out():
    owner = object()
    assert stored({"self": owner, "x": 1}, owner) == '{"x":1}'


@given(st.integers(MAXIMUM_SIZE - 5, MAXIMUM_SIZE + 5))
def test_the_limit_is_kept(size):
    assert len(stored({"x": "a" * size})) <= MAXIMUM_SIZE


def test_a_hint_that_cannot_be_resolved_counts_as_none_at_all():
    def typed(a: Nonsense, b: int): ...  # noqa: F821 - on purpose

    hints = resolved_hints(typed)
    assert hints["b"] is int
    assert Validator(typed, inspect.signature(typed)).validated({"a": 1, "b": "2"}) == {"a": 1, "b": 2}


def test_values_that_fit_exactly_are_handed_back_as_they_are():
    def typed(a: int, b: str, c: list, d: dict, e=None): ...

    given = {"a": 1, "b": "x", "c": ["any", 1], "d": {}, "e": object()}
    assert Validator(typed, inspect.signature(typed)).validated(given) is given


def test_a_whole_number_is_not_taken_for_a_truth_value():
    def typed(a: int, b: bool): ...

    checked = Validator(typed, inspect.signature(typed)).validated({"a": True, "b": 1})
    assert checked == {"a": 1, "b": True}
    assert type(checked["b"]) is bool
