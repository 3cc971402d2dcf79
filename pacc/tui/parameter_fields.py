"""The fields of a form for the parameters of a deployment, and what is typed there as values and as words of a command."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from pacc.presentation.block_fields import any_value, fields_of
from pacc.tui.field_texts import text_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pacc.presentation.block_fields import Field
    from pacc.schemas.deployments import Deployment


def schema_of(deployment: Deployment) -> dict[str, Any]:
    """Return what the parameters of a deployment may be, as a JSON schema; empty where nobody said so."""
    return dict(deployment.parameter_openapi_schema or {})


def parameter_fields(deployment: Deployment) -> tuple[Field, ...]:
    """Return a field for each parameter of the flow of a deployment."""
    schema = schema_of(deployment)
    return tuple(fields_of({**schema, "definitions": schema.get("definitions") or schema.get("$defs", {})}))


def given(deployment: Deployment) -> dict[str, Any]:
    """Return the values a deployment gives to parameters that have a field."""
    known = schema_of(deployment).get("properties", {})
    return {name: value for name, value in deployment.parameters.items() if known.get(name) is not None}


def with_blocks(fields: Iterable[Field], values: Mapping[str, Any]) -> dict[str, Any]:
    """Return values in which a block's name stands as runs understand it."""
    blocks = {field.name: field.blocks for field in fields if field.blocks}
    return {
        name: _reference(value, blocks[name]) if name in blocks and isinstance(value, str) else value
        for name, value in values.items()
    }


def _reference(name: str, kinds: tuple[str, ...]) -> Any:
    """Return what stands for a block: its type and name, of which the type can be left out where there is one; JSON stays as it is.

    Example:
        >>> _reference("api-key", ("secret",))
        {'$ref': 'secret/api-key'}
    """
    if name.lstrip().startswith("{"):
        return any_value(name)
    return {"$ref": name if "/" in name else f"{kinds[0]}/{name}"}


def shown(value: Any) -> str:
    """Return a value as it is typed; a reference to a block by the block's name.

    Example:
        >>> shown({"$ref": "secret/api-key"}), shown(3)
        ('secret/api-key', '3')
    """
    is_reference = isinstance(value, dict) and value.keys() == {"$ref"} and isinstance(value["$ref"], str)
    return value["$ref"] if is_reference else text_of(value)


def word(field: Field, text: str) -> str:
    """Return what stands behind `=` in `--param`: a text that looks like JSON is quoted, so that it stays a text."""
    if field.blocks:
        return json.dumps(_reference(text, field.blocks))
    if field.kind == "yes or no":
        return "true" if text.strip().lower() in ("y", "yes", "true", "t", "1", "on") else "false"
    is_text = field.kind not in ("whole number", "number", "list", "object", "value")
    return json.dumps(text) if is_text and any_value(text) != text else text
