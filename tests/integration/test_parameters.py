"""Parameters of a flow: bound, checked, coerced by type hints, and written down."""

from __future__ import annotations

import dataclasses
import datetime as dt
import enum
import pathlib
from typing import Annotated, Literal, Optional

import pytest
from pydantic import BaseModel, Field, SecretStr

from pacc import flow
from pacc.exceptions import ParameterBindError, ParameterTypeError


class Place(BaseModel):
    """A model people pass as a dictionary."""

    name: str
    latitude: float = 0.0


class Unit(enum.Enum):
    CELSIUS = "C"


@dataclasses.dataclass
class Span:
    days: int


class Opaque:
    """Something JSON has no word for."""


def test_values_are_coerced_as_their_hints_say(colour):
    @colour.flow
    def typed(number: int, ratio: float, day: dt.date, names: list[str], place: Place, unit: Unit):
        return number, ratio, day, names, place, unit

    given = ("3", 1, "2026-11-21", ("a",), {"name": "Ulm"}, "C")
    assert colour.call(typed, *given) == (
        3, 1.0, dt.date(2026, 11, 21), ["a"], Place(name="Ulm"), Unit.CELSIUS,
    )  # fmt: skip


def test_a_value_that_does_not_fit_fails_the_run_and_names_the_parameter(colour, recorded):
    @colour.flow
    def typed(number: int, city: str):
        raise AssertionError("never called")

    with pytest.raises(ParameterTypeError, match=r"number: .*integer.* \(got 'many'\)"):
        colour.call(typed, "many", city="Ulm")
    run = recorded.flow_run()
    assert recorded.history(run) == ["Pending", "Failed"]
    assert "number" in run.state.message
    assert run.parameters == {"number": "many", "city": "Ulm"}


@pytest.mark.parametrize(
    ("args", "kwargs"),
    [((), {}), ((1, 2, 3), {}), ((1,), {"nonsense": 2}), ((1, 2), {"first": 1})],
    ids=["missing", "too many", "unknown", "twice"],
)
def test_a_call_that_does_not_fit_is_refused_before_any_run_exists(colour, recorded, args, kwargs):
    @colour.flow
    def typed(first, second=2): ...

    with pytest.raises(ParameterBindError, match="typed"):
        typed(*args, **kwargs)
    assert recorded.flow_runs() == []


def test_defaults_are_filled_in_and_stored(colour, recorded):
    @colour.flow
    def typed(lat: float = 38.9, lon: float = -77.0):
        return lat + lon

    colour.call(typed, lon=1)
    assert recorded.flow_run().parameters == {"lat": 38.9, "lon": 1}


def test_without_validation_values_are_passed_as_they_are(colour):
    @colour.flow(validate_parameters=False)
    def typed(number: int):
        return number

    assert colour.call(typed, "3") == "3"
    assert typed.should_validate_parameters is False


def test_every_kind_of_parameter_is_bound_and_checked(colour):
    @colour.flow
    def typed(first: int, /, second: int, *more: int, named: int, **others: int):
        return first, second, more, named, others

    assert colour.call(typed, "1", "2", "3", "4", named="5", other="6") == (1, 2, (3, 4), 5, {"other": 6})
    assert colour.call(typed, 1, 2, named=3) == (1, 2, (), 3, {})


def test_no_name_of_a_parameter_clashes_with_names_of_ours(colour):
    names = ["self", "fn", "context", "parameters", "args", "kwargs", "timeout", "name"]
    given = dict.fromkeys(names, "mine")
    assert colour.call(colour.flow(lambda **given: given, flow_run_name="{given[self]}"), **given) == given
    assert colour.call(colour.task(lambda **given: given, task_run_name="{given[fn]}"), **given) == given


def test_fields_literals_and_optional_values_are_understood(colour):
    @colour.flow
    def typed(
        size: Annotated[int, Field(gt=0)],
        unit: Literal["C", "F"] = "C",
        limit: Optional[int] = None,  # noqa: UP045 - people write it so
        day: int = Field(default=7, ge=1),
    ):
        return size, unit, limit, day

    assert colour.call(typed, "1") == (1, "C", None, 7)
    assert colour.call(typed, 1, "F", "3", day="2") == (1, "F", 3, 2)
    for wrong in [{"size": 0}, {"size": 1, "unit": "K"}, {"size": 1, "limit": "x"}, {"size": 1, "day": 0}]:
        assert colour.call(typed, **wrong, return_state=True).is_failed()


def test_any_class_may_be_a_hint(colour):
    @colour.flow
    def typed(thing: Opaque):
        return thing

    thing = Opaque()
    assert colour.call(typed, thing) is thing
    assert colour.call(typed, "no thing", return_state=True).is_failed()


def test_a_model_given_as_such_is_passed_on_unchanged(colour):
    @colour.flow
    def typed(place: Place):
        return place

    place = Place(name="Ulm")
    assert colour.call(typed, place) is place


def test_hints_that_only_the_function_can_see_are_checked_too():
    class Local(BaseModel):
        number: int

    @flow
    def typed(local: Local, plain: int, unknown: NoSuchThing = None):  # noqa: F821 - on purpose
        return isinstance(local, Local), plain

    assert typed({"number": 1}, "2") == (True, 2)


def test_hints_that_cannot_be_checked_fail_the_run_in_a_sentence(recorded):
    def typed(number: Annotated[int, Field(pattern="[0-9]")]): ...

    with pytest.raises(ParameterTypeError, match="type hints cannot be checked"):
        flow(typed)(4)
    assert recorded.flow_run().state_name == "Failed"


def test_what_json_cannot_say_is_stored_by_its_type(recorded):
    @flow
    def pipeline(**given): ...

    held = []
    held.append(held)
    pipeline(
        thing=Opaque(),
        data=b"123",
        ratio=float("nan"),
        path=pathlib.Path("/tmp/x"),
        unit=Unit.CELSIUS,
        span=Span(3),
        place=Place(name="Ulm"),
        many={1, 2},
        nested={"a": [Opaque()]},
        secret=SecretStr("hunter2"),
    )
    assert recorded.flow_run().parameters["given"] == {
        "thing": "<Opaque>",
        "data": "<bytes>",
        "ratio": "nan",
        "path": "/tmp/x",
        "unit": "C",
        "span": {"days": 3},
        "place": {"name": "Ulm", "latitude": 0.0},
        "many": [1, 2],
        "nested": {"a": ["<Opaque>"]},
        "secret": "<SecretStr>",
    }
    pipeline(held=held)


def test_parameters_over_the_limit_are_stored_by_type_and_size(recorded):
    @flow
    def pipeline(text, number): ...

    pipeline("x" * 600_000, 5)
    assert recorded.flow_run().parameters == {"text": "<str, 600002 bytes>", "number": 5}


def test_parameters_can_be_checked_without_a_run(recorded):
    @flow
    def typed(number: int, city: str = "Ulm"): ...

    assert typed.validate_parameters({"number": "3"}) == {"number": 3, "city": "Ulm"}
    with pytest.raises(ParameterTypeError):
        typed.validate_parameters({"number": "many"})
    with pytest.raises(ParameterBindError):
        typed.validate_parameters({"nonsense": 1})
    assert typed.serialize_parameters({"number": Opaque()}) == {"number": "<Opaque>"}
    assert recorded.flow_runs() == []
