"""Arguments on their way to another process: as JSON, or refused, never silently something else."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from pacc.exceptions import ParameterTypeError

if TYPE_CHECKING:
    from collections.abc import Mapping


def as_json(parameters: Mapping[str, Any], of: str) -> dict[str, Any]:
    """Return arguments as JSON says them: a date becomes text, a model or a dataclass a mapping.

    Args:
        parameters: values by name.
        of: what they are arguments of, for the message.

    Raises:
        ParameterTypeError: a value has no such form, so another process could not be given it.

    >>> from datetime import date
    >>> as_json({"day": date(2026, 11, 26)}, "the deployment")
    {'day': '2026-11-26'}
    """
    return {name: _said(name, value, of) for name, value in parameters.items()}


def _said(name: str, value: Any, of: str) -> Any:
    try:
        return json.loads(json.dumps(value, allow_nan=False))
    except (TypeError, ValueError, RecursionError):
        pass
    from pydantic_core import PydanticSerializationError, to_jsonable_python  # start-up

    try:
        return to_jsonable_python(value, inf_nan_mode="strings")
    except (PydanticSerializationError, ValueError, RecursionError):
        kind = type(value).__name__
        raise ParameterTypeError(
            f'the parameter "{name}" of {of} is a {kind}, which JSON cannot say, so its process could not be given it'
        ) from None
