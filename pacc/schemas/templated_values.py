"""Values that are worked out when they are used: `{"__prefect_kind": "jinja", "template": ...}` and its siblings, anywhere in plain data."""

from __future__ import annotations

import json
from enum import StrEnum
from typing import TYPE_CHECKING, Any, NamedTuple

from pacc.exceptions import TemplateError

if TYPE_CHECKING:
    from collections.abc import Callable

_KEYS = ("__prefect_kind", "__pacc_kind")
_NEEDED = {"none": "value", "json": "value", "jinja": "template", "workspace_variable": "variable_name"}
"""What each kind says its value by."""


class Templates(StrEnum):
    """When templated parameters of a run are worked out."""

    NOW = "now"
    """As the run is made, so that one which cannot be makes no run."""
    WHEN_IT_BEGINS = "when it begins"
    """By the run itself, for one made long ahead."""
    NEVER = "never"
    """Those of the deployment now, those given for the run not at all: an event told them."""


class Meaning(NamedTuple):
    """What the parts of templated values mean to whoever works them out."""

    jinja: Callable[[str], str]
    """What a template says."""
    variable: Callable[[str], Any]
    """The value of a variable."""
    text: Callable[[str], Any]
    """What a text stands for that belongs to no kind: itself, or what it says as a template."""


def kind_of(value: Any) -> str | None:
    """Return how a value is worked out, `None` where it is what it is.

    >>> kind_of({"__prefect_kind": "json", "value": "[1, 2]"}), kind_of({"city": "Ulm"})
    ('json', None)
    """
    if not isinstance(value, dict):
        return None
    return next((str(value[key]) for key in _KEYS if key in value), None)


def is_templated(value: Any) -> bool:
    """Say whether anything in plain data has to be worked out.

    >>> is_templated([{"__prefect_kind": "workspace_variable", "variable_name": "city"}])
    True
    """
    if isinstance(value, dict):
        return kind_of(value) is not None or any(map(is_templated, value.values()))
    return isinstance(value, list) and any(map(is_templated, value))


def worked_out(value: Any, meaning: Meaning) -> Any:
    """Return plain data with everything in it worked out; what that gives is not looked at again.

    `jinja` becomes what its `template` says, `json` the value of the JSON in its `value`, or of what that says where it is templated
    itself, `workspace_variable` the value of the variable of its `variable_name`, and `none` its `value` as it is.

    Args:
        value: plain data.
        meaning: what its parts mean.

    Raises:
        TemplateError: there is no such kind, or it lacks what it needs, or its value cannot be had.

    >>> worked_out({"n": {"__prefect_kind": "json", "value": "3"}}, Meaning(str.upper, str.upper, str))
    {'n': 3}
    """
    if isinstance(value, str):
        return meaning.text(value)
    if isinstance(value, list):
        return [worked_out(each, meaning) for each in value]
    if not isinstance(value, dict):
        return value
    kind = kind_of(value)
    if kind is None:
        return {name: worked_out(each, meaning) for name, each in value.items()}
    return _of_kind(kind, value, meaning)


def _of_kind(kind: str, value: dict[str, Any], meaning: Meaning) -> Any:
    if kind not in _NEEDED:
        raise TemplateError(f'there is no kind "{kind}" of value; there are {", ".join(_NEEDED)}')
    if _NEEDED[kind] not in value:
        raise TemplateError(f'a value of the kind "{kind}" needs "{_NEEDED[kind]}"')
    told = value[_NEEDED[kind]]
    if kind == "jinja":
        return meaning.jinja(str(told))
    if kind == "workspace_variable":
        return meaning.variable(str(told))
    return told if kind == "none" else _from_json(worked_out(told, meaning))


def _from_json(text: Any) -> Any:
    try:
        return json.loads(text if isinstance(text, str) else json.dumps(text))
    except (TypeError, ValueError, RecursionError) as error:
        raise TemplateError(f"the template gives no JSON: {error}") from None
