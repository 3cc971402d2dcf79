"""What filters are made of: small frozen records whose fields are checked against their annotations.

Not dataclasses: every filter of Prefect has five to fifteen parts, and generating thirty-odd dataclasses takes longer than a
whole listing may. The metaclass below reads the annotations and leaves the work to one `__init__`.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, dataclass_transform
from uuid import UUID

from pacc.exceptions import InvalidNameError
from pacc.schemas.states import StateType

if TYPE_CHECKING:
    from collections.abc import Callable

    from pacc.schemas.events import ResourceSpecification


class Operator(StrEnum):
    """How the parts of one filter are joined."""

    and_ = "and_"
    or_ = "or_"


class EventOrder(StrEnum):
    """Which events come first."""

    ASC = "ASC"
    DESC = "DESC"


@dataclass_transform(kw_only_default=True, frozen_default=True)
class CriteriaType(type):
    """Turns the annotated fields of a class into slots and remembers their defaults and checks."""

    fields: dict[str, tuple[Any, Callable[[Any], Any], bool]]
    """For each field its default, its check and whether `None` leaves it out."""

    def __new__(mcs, name: str, bases: tuple[type, ...], space: dict[str, Any]) -> CriteriaType:
        """Make the class; a field without a default must be given."""
        declared: dict[str, str] = space.get("__annotations__", {})
        defaults = {field: space.pop(field, _REQUIRED) for field in declared}
        made = super().__new__(mcs, name, bases, {**space, "__slots__": tuple(declared)})
        made.fields = {
            field: (defaults[field], _check_for(kind), kind.endswith("| None"))
            for field, kind in declared.items()
        }
        _filters[name] = made
        return made

    def taken_from(cls, value: object) -> object:
        """Return a filter of this class as it is, or make one of a mapping, as people write nested filters."""
        if isinstance(value, dict):
            return cls(**value)
        if cls not in type(value).__mro__:
            raise _Unfit(f"a {cls.__name__} or a dict of its fields", value)
        return value


_REQUIRED: Any = object()
_filters: dict[str, CriteriaType] = {}
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")


class _Unfit(Exception):
    """A value is not what a field takes; `what` says what would be."""

    def __init__(self, what: str, value: object) -> None:
        super().__init__(f"{what}, not {value!r}")


class Criteria(metaclass=CriteriaType):
    """A frozen, keyword-only record of what to look for; unset fields ask for nothing.

    Raises:
        ValueError: a value does not fit its field.
        TypeError: there is no such field, or a required one is missing.
    """

    def __init__(self, **given: Any) -> None:
        for name, (default, check, optional) in type(self).fields.items():
            value = given.pop(name, default)
            if value is _REQUIRED:
                raise TypeError(f"{type(self).__name__} needs {name!r}")
            if not (value is None and optional):
                value = self._checked(name, check, value)
            object.__setattr__(self, name, value)
        if given:
            raise TypeError(f"{type(self).__name__} has no field {', '.join(map(repr, given))}")

    def _checked(self, name: str, check: Callable[[Any], Any], value: Any) -> Any:
        try:
            return check(value)
        except _Unfit as problem:
            raise ValueError(f"{type(self).__name__}.{name} takes {problem}") from None

    def given(self) -> dict[str, Any]:
        """Return the fields that ask for something, without the operator."""
        values = {name: getattr(self, name) for name in type(self).fields if name != "operator"}
        return {name: value for name, value in values.items() if value is not None}

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"{type(self).__name__} is frozen; make a new one to change {name!r}")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"{type(self).__name__} is frozen; {name!r} cannot be taken away")

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return all(getattr(self, name) == getattr(other, name) for name in type(self).fields)

    __hash__ = None  # type: ignore[assignment]  # lists inside

    def __reduce__(self) -> tuple[Callable[..., Criteria], tuple[type[Criteria], dict[str, Any]]]:
        return _made, (type(self), {name: getattr(self, name) for name in type(self).fields})

    def __repr__(self) -> str:
        shown = ", ".join(f"{name}={value!r}" for name, value in self.given().items())
        return f"{type(self).__name__}({shown})"


def _made(kind: type[Criteria], values: dict[str, Any]) -> Criteria:
    """Make a filter again that was copied or sent to another process."""
    return kind(**values)


def _operator(value: Any) -> Operator:
    try:
        return Operator(value)
    except ValueError:
        raise _Unfit("'and_' or 'or_'", value) from None


def _event_order(value: Any) -> EventOrder:
    try:
        return EventOrder(value)
    except ValueError:
        raise _Unfit("'ASC' or 'DESC'", value) from None


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise _Unfit("text", value)
    if _UNSTORABLE.search(value):
        raise InvalidNameError(f"{value!r} holds characters that nothing stored can hold")
    return value


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise _Unfit("True or False", value)
    return value


def _number(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not -(1 << 63) <= value < 1 << 63:
        raise _Unfit("a whole number of at most 64 bits", value)
    return value


def _moment(value: Any) -> datetime:
    """A naive moment is taken as UTC, as everywhere; text as ISO 8601."""
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        moment = None
    if not isinstance(moment, datetime):
        raise _Unfit("a datetime or its ISO text", value)
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)


def _id(value: Any) -> UUID:
    try:
        return value if isinstance(value, UUID) else UUID(value)
    except (TypeError, ValueError, AttributeError):
        raise _Unfit("ids (UUIDs or their text)", value) from None


def _state_type(value: Any) -> StateType:
    try:
        return StateType(value)
    except ValueError:
        raise _Unfit(f"state types ({', '.join(StateType)})", value) from None


def _list_of(check: Callable[[Any], Any], what: str) -> Callable[[Any], list[Any]]:
    def each(value: Any) -> list[Any]:
        if not isinstance(value, list | tuple | set | frozenset):
            raise _Unfit(f"a list of {what}", value)
        return [check(item) for item in value]

    return each


def _pair(value: Any) -> tuple[str, str]:
    if not isinstance(value, list | tuple) or len(value) != 2:
        raise _Unfit("pairs of texts", value)
    return _text(value[0]), _text(value[1])


def _resource_specification(value: Any) -> ResourceSpecification:
    from pacc.schemas.events import ResourceSpecification  # start-up: few filters have one

    if not isinstance(value, dict):
        raise _Unfit("a dict of labels and patterns", value)
    return ResourceSpecification(value)


def _one_or_more(check: Callable[[Any], Any]) -> Callable[[Any], list[Any]]:
    def each(value: Any) -> list[Any]:
        return [check(item) for item in (value if isinstance(value, list | tuple) else [value])]

    return each


def _check_for(annotation: str) -> Callable[[Any], Any]:
    kind = annotation.removesuffix(" | None")
    if " | list[" in kind:
        return _one_or_more(_check_for(kind.partition(" | ")[0]))
    return _CHECKS.get(kind) or _filters[kind].taken_from


_CHECKS: dict[str, Callable[[Any], Any]] = {
    "Operator": _operator,
    "str": _text,
    "bool": _flag,
    "int": _number,
    "datetime": _moment,
    "list[UUID]": _list_of(_id, "ids"),
    "list[str]": _list_of(_text, "text"),
    "list[tuple[str, str]]": _list_of(_pair, "pairs"),
    "ResourceSpecification": _resource_specification,
    "EventOrder": _event_order,
    "list[StateType]": _list_of(_state_type, "state types"),
}
