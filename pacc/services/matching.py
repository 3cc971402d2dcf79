"""Filters of things that are few: applied to records, where those of runs are compiled into queries."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pacc.schemas.criteria import Criteria


def matches(record: Any, criteria: Criteria | None) -> bool:
    """Say whether a filter lets a record through; no filter lets every one through.

    Args:
        record: has an attribute for each part of the filter.
        criteria: parts with `any_`, `not_any_`, `startswith_`, `before_` and `after_`.

    >>> from types import SimpleNamespace
    >>> from pacc.schemas.filters import WorkPoolFilter
    >>> matches(SimpleNamespace(name="local"), WorkPoolFilter(name={"any_": ["local"]}))
    True
    """
    if criteria is None:
        return True
    held = [_holds(getattr(record, name), part) for name, part in criteria.given().items()]
    return not held or (any(held) if getattr(criteria, "operator", "and_") == "or_" else all(held))


def _holds(value: Any, part: Criteria) -> bool:
    asked = part.given()
    return (
        ("any_" not in asked or value in asked["any_"])
        and ("not_any_" not in asked or value not in asked["not_any_"])
        and ("startswith_" not in asked or str(value).startswith(tuple(asked["startswith_"])))
        and ("before_" not in asked or (value is not None and value <= asked["before_"]))
        and ("after_" not in asked or (value is not None and value >= asked["after_"]))
    )
