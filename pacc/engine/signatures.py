"""The parameters of a function described as a JSON schema, so that others can check arguments without importing it."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

from pacc.engine.parameters import resolved_hints

if TYPE_CHECKING:
    from collections.abc import Callable

_BY_NAME = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)


def parameter_schema(fn: Callable[..., Any]) -> dict[str, Any]:
    """Return the JSON schema of a function's arguments by name.

    A hint that JSON has no schema for allows everything; `*args` is left out, and `**kwargs` allows other names.

    >>> def forecast(city: str, days: int = 3): ...
    >>> parameter_schema(forecast)["properties"]["days"]
    {'default': 3, 'position': 1, 'title': 'days', 'type': 'integer'}
    >>> parameter_schema(forecast)["required"]
    ['city']
    """
    every = inspect.signature(fn).parameters.values()
    named = [each for each in every if each.kind in _BY_NAME]
    schema: dict[str, Any] = {"title": "Parameters", "type": "object", "properties": {}}
    if named:
        described = _described(named, resolved_hints(fn))
        required = [named[int(place[1:])].name for place in described.get("required", ())]
        schema["properties"] = {
            each.name: {**described["properties"][f"p{place}"], "title": each.name, "position": place}
            for place, each in enumerate(named)
        }
        schema["properties"] = {
            name: dict(sorted(parts.items())) for name, parts in schema["properties"].items()
        }
        schema |= {"required": required} if required else {}
        schema |= {"definitions": described["$defs"]} if "$defs" in described else {}
    if any(each.kind is each.VAR_KEYWORD for each in every):
        schema["additionalProperties"] = True
    return schema


def _described(parameters: list[inspect.Parameter], hints: dict[str, Any]) -> dict[str, Any]:
    """Return pydantic's schema of a model with a field for each parameter, under names no parameter can clash with."""
    from pydantic import ConfigDict, create_model  # start-up
    from pydantic.errors import PydanticUserError

    config = ConfigDict(arbitrary_types_allowed=True)

    def schema(kinds: list[Any]) -> dict[str, Any]:
        fields: dict[str, Any] = {
            f"p{place}": (kind, ... if each.default is each.empty else each.default)
            for place, (each, kind) in enumerate(zip(parameters, kinds, strict=True))
        }
        model = create_model("Parameters", __config__=config, **fields)
        described: dict[str, Any] = model.model_json_schema(
            by_alias=False, ref_template="#/definitions/{model}", schema_generator=_generator()
        )
        return described

    kinds = [hints.get(each.name, Any) for each in parameters]
    try:
        return schema(kinds)
    except (PydanticUserError, TypeError):  # one hint of them is none of pydantic's
        return schema([kind if _is_known(kind) else Any for kind in kinds])


def _is_known(kind: Any) -> bool:
    from pydantic import ConfigDict, TypeAdapter  # start-up
    from pydantic.errors import PydanticUserError

    try:
        TypeAdapter(kind, config=ConfigDict(arbitrary_types_allowed=True))
    except PydanticUserError as error:
        return error.code == "type-adapter-config-unused"  # a model, which has a configuration of its own
    except TypeError:
        return False
    return True


def _generator() -> Any:
    """Return what writes schemas, made to allow everything where JSON has no schema for a type."""
    from pydantic.json_schema import GenerateJsonSchema  # start-up

    class Lenient(GenerateJsonSchema):
        ignored_warning_kinds = {"skipped-choice", "non-serializable-default"}  # noqa: RUF012 - pydantic's own spelling

        def handle_invalid_for_json_schema(self, schema: Any, error_info: str) -> dict[str, Any]:  # noqa: ARG002
            return {}

    return Lenient
