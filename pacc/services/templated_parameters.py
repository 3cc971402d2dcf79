"""Parameters of deployments and their runs that are worked out when a run is made."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pacc.exceptions import TemplateError
from pacc.schemas.templated_values import Meaning, is_templated, worked_out
from pacc.services import variables

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pacc.store import Store

_MISSING = object()


def plain(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Return those parameters of which nothing has to be worked out.

    >>> plain({"city": "Ulm", "days": {"__prefect_kind": "workspace_variable", "variable_name": "days"}})
    {'city': 'Ulm'}
    """
    return {name: value for name, value in parameters.items() if not is_templated(value)}


def filled(store: Store, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Return parameters with every `{"__prefect_kind": ...}` in them worked out; see `pacc.schemas.templated_values`.

    Args:
        store: where variables are kept; templates know them as `variables`.
        parameters: values by name.

    Raises:
        TemplateError: one cannot be worked out; the message names the parameter.

    >>> filled(store, {"n": {"__prefect_kind": "json", "value": "3"}})  # doctest: +SKIP
    {'n': 3}
    """

    def variable(name: str) -> Any:
        value = variables.value_of(store, name, _MISSING)
        if value is _MISSING:
            raise TemplateError(f'there is no variable "{name}"', hint="pacc variable ls")
        return value

    def jinja(template: str) -> str:
        from pacc.schemas.templating import names_in, render  # start-up: few parameters are templates

        known = variables.select(store) if "variables" in names_in(template) else ()
        return render(template, {"variables": {each.name: each.value for each in known}})

    meaning = Meaning(jinja, variable, str)
    made = dict(parameters)
    for name in parameters.keys() - plain(parameters).keys():
        try:
            made[name] = worked_out(parameters[name], meaning)
        except TemplateError as error:
            raise TemplateError(f'the parameter "{name}": {error}', hint=error.hint) from error
    return made
