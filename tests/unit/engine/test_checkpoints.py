"""Results as bytes and back, and arguments as something to compare."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pacc.engine.features.checkpoints import LARGEST, fingerprint, pickled, unpickled

plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5) | st.binary(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.tuples(inner, inner)
        | st.dictionaries(st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=8,
)  # fmt: skip


class Point:
    def __init__(self, x):
        self.x = x


@dataclass
class City:
    name: str


@given(plain)
def test_a_result_comes_back_as_it_was(value):
    assert unpickled(pickled(value), __name__) == value


@given(plain, plain)
def test_arguments_have_one_fingerprint_exactly_when_they_are_alike(first, second):
    (one, _), (other, _) = fingerprint({"a": first}), fingerprint({"a": second})
    assert (one == other) == (repr(first) == repr(second))
    assert fingerprint({"a": first}) == fingerprint({"a": unpickled(pickled(first), __name__)})


@pytest.mark.parametrize(
    ("same", "other"),
    [
        (lambda: Point(1), Point(2)),
        (lambda: City("Ulm"), City("Oslo")),
        (lambda: {"b", "a"}, {"a", "c"}),
        (lambda: Path("/a"), Path("/b")),
        (lambda: [City("Ulm"), Point(City("Bonn"))], [City("Ulm"), Point(City("Rome"))]),
        (lambda: "x" * 100_000, "y" * 100_000),
    ],
)
def test_objects_are_compared_by_what_they_hold(same, other):
    assert fingerprint({"a": same()}) == fingerprint({"a": same()})
    assert fingerprint({"a": same()}) != fingerprint({"a": other})
    assert fingerprint({"a": same()})[1] == ()


@pytest.mark.parametrize("value", [threading.Lock(), object(), list(range(20_000)), "x" * (17 * LARGEST)])
def test_what_cannot_be_looked_into_is_named_and_compared_by_its_type(value):
    found, opaque = fingerprint({"n": 1, "a": value})
    assert opaque == ("a",)
    assert fingerprint({"n": 2, "a": value})[0] != found
    assert fingerprint({"n": 1, "a": 5})[0] != found


@pytest.mark.parametrize(
    "value", [b"x" * (LARGEST + 1), "x" * LARGEST, list(range(100_000)), threading.Lock()]
)
def test_a_result_that_is_too_large_or_cannot_be_pickled_is_not_kept(value):
    assert pickled(value) is None


def test_a_function_without_a_name_of_its_own_is_kept_with_its_code():
    assert unpickled(pickled(lambda: 5), __name__)() == 5
