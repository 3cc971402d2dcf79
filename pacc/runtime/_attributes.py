"""How the runtime modules find their attributes: the environment's word first, then the active run's."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from pacc.context import FlowRunContext, TaskRunContext

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

_UNFIT = (list, tuple, set, dict)


class Attributes:
    """The attributes of one runtime module.

    Args:
        module: the module's name, e.g. `flow_run`; it is part of the variables that override.
        readers: for each attribute the function that looks it up.
    """

    __slots__ = ("_module", "_readers")

    def __init__(self, module: str, readers: Mapping[str, Callable[[], Any]]) -> None:
        self._module = module
        self._readers = readers

    def get(self, name: str) -> Any:
        """Return an attribute's value at this moment.

        Raises:
            AttributeError: there is no such attribute, and no variable gives it.
            ValueError: the variable that overrides it does not fit its type.
        """
        reader = self._readers.get(name)
        variable = f"PACC__RUNTIME__{self._module.upper()}__{name.upper()}"
        text = os.environ.get(variable)
        if reader is None:
            if text is None:
                known = ", ".join(sorted(self._readers))
                raise AttributeError(
                    f"module 'pacc.runtime.{self._module}' has no attribute {name!r}; it has: {known}"
                )
            return text
        return reader() if text is None else _overridden(reader(), text, variable)


def _overridden(real: Any, text: str, variable: str) -> Any:
    """Return the text of a variable as a value of the kind the real one has."""
    if isinstance(real, _UNFIT):
        raise ValueError(f"{variable} cannot stand for a {type(real).__name__}; unset it")  # noqa: TRY004 - as Prefect does
    if real is None or isinstance(real, str):
        return text
    if isinstance(real, bool):
        return text.strip().lower() in ("1", "true", "yes", "on")
    try:
        return type(real)(text) if isinstance(real, int | float) else _moment(text)
    except ValueError:
        raise ValueError(f"{variable} is {text!r}, which is no {type(real).__name__}") from None


def _moment(text: str) -> datetime:
    """Return ISO 8601 text as an aware time; UTC where it names no zone."""
    from datetime import UTC, datetime  # start-up

    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)


def flow_context() -> FlowRunContext | None:
    """Return the context of the flow run this code belongs to, also where only its task run is active here."""
    context = FlowRunContext.get()
    if context is not None:
        return context
    task_context = TaskRunContext.get()
    return None if task_context is None else task_context.flow_context


def of_flow_run(name: str, otherwise: Any = None) -> Callable[[], Any]:
    """Return a function that reads an attribute of the active flow run."""

    def read() -> Any:
        context = flow_context()
        return otherwise if context is None else getattr(context.run, name, otherwise)

    return read


def of_task_run(name: str, otherwise: Any = None) -> Callable[[], Any]:
    """Return a function that reads an attribute of the active task run."""

    def read() -> Any:
        context = TaskRunContext.get()
        return otherwise if context is None else getattr(context.run, name, otherwise)

    return read


def flow_parameters() -> dict[str, Any]:
    """Return the arguments of the active flow run."""
    context = flow_context()
    return {} if context is None else dict(context.parameters)


def nothing() -> None:
    """Stand for what there never is here, such as the address of a server."""
