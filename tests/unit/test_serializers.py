"""Values as bytes and back."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from pacc.exceptions import SerializationError
from pacc.serializers import (
    CompressedSerializer,
    JSONSerializer,
    PickleSerializer,
    Serializer,
    serializer_for,
)

NAMES = ["pickle", "json", "compressed/pickle", "compressed/json"]
PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


@dataclass
class City:
    name: str
    founded: date


class Weather(BaseModel):
    city: str
    degrees: float


class Sky(Enum):
    CLEAR = "clear"


@pytest.mark.parametrize("name", NAMES)
@given(value=PLAIN)
def test_plain_values_come_back_as_they_were(name, value):
    serializer = serializer_for(name)
    assert serializer.loads(serializer.dumps(value)) == value


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "value",
    [
        City("Ulm", date(854, 7, 22)),
        Weather(city="Ulm", degrees=10.4),
        Sky.CLEAR,
        {"at": datetime(2026, 1, 2, 3, 4, tzinfo=UTC), "for": timedelta(seconds=90)},
        [uuid.UUID(int=7), Decimal("1.10"), Path("/tmp/x"), b"\x00\xff", {1, 2}, frozenset({3}), 1 + 2j],
    ],
)
def test_records_times_and_the_like_come_back_too(name, value):
    serializer = serializer_for(name)
    assert serializer.loads(serializer.dumps(value)) == value


@pytest.mark.parametrize("name", NAMES)
def test_errors_come_back_with_their_type_and_words(name):
    serializer = serializer_for(name)
    error = serializer.loads(serializer.dumps(ValueError("no such city")))
    assert (type(error), str(error)) == (ValueError, "no such city")


def test_pickle_keeps_functions_made_on_the_spot():
    serializer = PickleSerializer()
    assert serializer.loads(serializer.dumps(lambda x: 2 * x))(21) == 42


def test_json_can_be_read_by_people():
    assert json.loads(JSONSerializer(dumps_kwargs={"indent": 1}).dumps({"a": [1, 2]})) == {"a": [1, 2]}


def test_json_refuses_what_it_has_no_word_for():
    with pytest.raises(TypeError, match="'object' cannot be kept as JSON"):
        JSONSerializer().dumps(object())


def test_arguments_that_pacc_uses_itself_are_refused():
    with pytest.raises(ValueError, match="object_encoder"):
        JSONSerializer(dumps_kwargs={"default": str})
    with pytest.raises(ValueError, match="object_decoder"):
        JSONSerializer(loads_kwargs={"object_hook": dict})


def test_a_compressed_value_is_smaller():
    assert len(serializer_for("compressed/json").dumps("x" * 10_000)) < 1_000


def test_a_serializer_is_made_again_from_what_is_kept_of_it():
    for serializer in (CompressedSerializer("json", "bz2"), JSONSerializer(dumps_kwargs={"indent": 1})):
        again = serializer_for(serializer.describe())
        assert again == serializer
        assert again.loads(serializer.dumps([1])) == [1]


def test_ones_own_serializer_is_known_by_its_type():
    class Reversed(Serializer):
        type = "reversed"

        def dumps(self, obj):
            return obj[::-1].encode()

        def loads(self, blob):
            return blob.decode()[::-1]

    assert serializer_for("reversed").loads(serializer_for("reversed").dumps("abc")) == "abc"


def test_an_unknown_name_is_refused_with_those_there_are():
    with pytest.raises(SerializationError, match="no serializer 'pickel' here; there are: compressed"):
        serializer_for("pickel")


def test_a_module_that_cannot_compress_is_refused():
    with pytest.raises(ValueError, match="has no `compress`"):
        CompressedSerializer("json", "json")
