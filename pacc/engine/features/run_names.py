"""Names of runs that people chose: a template over the parameters, or a function."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

from pacc._internal.steps import Ask, Outcome

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


def rendered(name: str | Callable[..., str], context: Any, option: str) -> Steps[Outcome]:
    """Answer with the name a template or function gives for the parameters of a run, or with the error it ran into.

    A template that names a parameter there is not is a `KeyError`, a function that returns no text a `TypeError`.
    """
    if isinstance(name, str):
        outcome: Outcome = yield Ask(context, name.format_map, context.parameters)
    elif "parameters" in inspect.signature(name).parameters:
        outcome = yield Ask(context, name, parameters=context.parameters)
    else:
        outcome = yield Ask(context, name)
    if outcome.error is None and not isinstance(outcome.value, str):
        problem = f"the function given as `{option}` returned {outcome.value!r}; it must return text"
        return Outcome(error=TypeError(problem))
    return outcome
