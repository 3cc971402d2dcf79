"""Which fields of actions are templates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pacc.schemas import templating

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
        for each in value.values():
            yield from templates_in(each)
    elif isinstance(value, list):
        for each in value:
            yield from templates_in(each)


def filled(value: Any, values: Mapping[str, Any]) -> Any:
    """Return plain data with every template in it filled.

    A mapping that says `{"__prefect_kind": "jinja", "template": ...}` becomes what its template says; one of kind `json` becomes the
    value of the JSON in its `value`, where that is a template itself, of what it says.

    Args:
        value: plain data.
        values: what names in templates mean.

    Raises:
        TemplateError: a template fails.

    >>> filled({"city": "{{ labels.city }}"}, {"labels": {"city": "Ulm"}})
    {'city': 'Ulm'}
    """
    if isinstance(value, str):
        return templating.render(value, values)
    if isinstance(value, list):
        return [filled(each, values) for each in value]
    if not isinstance(value, dict):
        return value
    kind = value.get("__prefect_kind", value.get("__pacc_kind"))
    if kind == "jinja":
        return templating.render(str(value.get("template", "")), values)
    if kind == "json":
        return _from_json(filled(value.get("value"), values))
    return {name: filled(each, values) for name, each in value.items()}


def _from_json(text: Any) -> Any:
    import json  # start-up

    from pacc.exceptions import TemplateError  # start-up

    try:
        return json.loads(str(text))
    except ValueError as error:
        raise TemplateError(f"the template gives no JSON: {error}") from None
