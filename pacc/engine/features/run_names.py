"""Names of runs that people chose: a template over the parameters, or a function."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

from pacc._internal.steps import Ask

if TYPE_CHECKING:
    from collections.abc import Callable

    from pacc._internal.steps import Steps

OPTIONS = ("flow_run_name", "task_run_name")


def check_template(name: str | Callable[..., str] | None, option: str) -> None:
    """Refuse what is neither text nor a function.

    Raises:
        TypeError: it is something else.
    """
    if name is not None and not isinstance(name, str) and not callable(name):
        raise TypeError(f"`{option}` takes a template or a function that returns text, not {name!r}")


def rendered(name: str | Callable[..., str], parameters: dict[str, Any], option: str) -> Steps[str]:
    """Return the name a template or function gives for these parameters.

    Raises:
        KeyError: the template names a parameter there is not.
        TypeError: the function returned something that is not text.
    """
    if isinstance(name, str):
        return name.format(**parameters)
    wants_parameters = "parameters" in inspect.signature(name).parameters
    outcome = yield Ask(name, parameters=parameters) if wants_parameters else Ask(name)
    if outcome.error is not None:
        raise outcome.error
    if not isinstance(outcome.value, str):
        raise TypeError(f"the function given as `{option}` returned {outcome.value!r}; it must return text")
    return outcome.value
