"""Which fields of actions are templates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pacc.exceptions import TemplateError
from pacc.schemas import templating
from pacc.schemas.templated_values import Meaning, kind_of, worked_out

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_FIELDS = ("subject", "body", "payload", "parameters", "job_variables")


def check(action: Any) -> None:
    """See whether the templates of an action can be read.

    Raises:
        ValueError: one cannot.
    """
    for template in templates_in({name: getattr(action, name, None) for name in _FIELDS}):
        templating.check(template)


def templates_in(value: Any) -> Iterator[str]:
    """Return every text in plain data of an action that may be a template."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        if kind_of(value) == "workspace_variable":
            yield "{{ variables }}"  # it is looked up as a template would look it up
        for each in value.values():
            yield from templates_in(each)
    elif isinstance(value, list):
        for each in value:
            yield from templates_in(each)


def filled(value: Any, values: Mapping[str, Any]) -> Any:
    """Return plain data with every template in it filled: each text, and each `{"__prefect_kind": ...}`; see `templated_values`.

    Args:
        value: plain data.
        values: what names in templates mean.

    Raises:
        TemplateError: a template fails.

    >>> filled({"city": "{{ labels.city }}"}, {"labels": {"city": "Ulm"}})
    {'city': 'Ulm'}
    """

    def text(template: str) -> str:
        return templating.render(template, values)

    def variable(name: str) -> Any:
        known = values.get("variables") or {}
        if name not in known:
            raise TemplateError(f'there is no variable "{name}"', hint="pacc variable ls")
        return known[name]

    return worked_out(value, Meaning(jinja=text, variable=variable, text=text))
