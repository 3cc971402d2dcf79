"""Parameters of a deployment checked against the JSON schema of its flow's signature, without importing the flow."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pacc.exceptions import InvalidDeploymentError, ParameterTypeError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


def check(
    parameters: Mapping[str, Any], schema: Mapping[str, Any], *, whole: bool, of: str, values: bool = True
) -> None:
    """Refuse parameters that a schema does not allow.

    Args:
        parameters: values by name, as JSON can say them.
        schema: the JSON schema of an object.
        whole: whether all of them are there; defaults alone may leave some out.
        of: what they are parameters of, for the message.
        values: whether to look at the values too; false where that was done before.

    Raises:
        ParameterTypeError: one does not fit, or is missing; the message names each.
        InvalidDeploymentError: the schema itself is none.

    >>> check({"n": 3}, {"properties": {"n": {"type": "integer"}}}, whole=True, of='the deployment "etl/daily"')
    """
    missing = [name for name in schema.get("required") or () if name not in parameters] if whole else []
    problems = [f'"{name}" is missing' for name in missing]
    if parameters and values:
        problems += misfits(parameters, schema, of)
    if problems:
        raise ParameterTypeError(f"the parameters do not fit {of}: {'; '.join(problems)}")


def problems(parameters: Mapping[str, Any], schema: Mapping[str, Any]) -> dict[str, str]:
    """Return what is wrong with values, by the name of the parameter; a form asks while they are typed.

    Args:
        parameters: values by name, as JSON can say them; those that are not there yet are no problem.
        schema: the JSON schema of an object.

    Raises:
        InvalidDeploymentError: the schema itself is none.

    >>> problems({"n": "x"}, {"properties": {"n": {"type": "integer"}}})
    {'n': "'x' is not of type 'integer'"}
    """
    found: dict[str, str] = {}
    for error in _errors(parameters, schema, "these values"):
        place = [str(part) for part in error.absolute_path]
        inside = f"{'.'.join(place[1:])}: " if len(place) > 1 else ""
        found.setdefault(place[0] if place else "", f"{inside}{_short(error.message)}")
    return found


def check_names(names: Iterable[str], schema: Mapping[str, Any], *, of: str) -> None:
    """Refuse names that no parameter has, as a slip of the fingers makes them.

    Args:
        names: what somebody typed.
        schema: the JSON schema of an object; one that allows other names says so.
        of: what they are parameters of, for the message.

    Raises:
        ParameterTypeError: there is no such parameter; the message names the one most alike.

    >>> check_names(["n"], {"properties": {"n": {"type": "integer"}}}, of='the deployment "etl/daily"')
    """
    known = schema.get("properties")
    if known is None or schema.get("additionalProperties"):
        return
    strange = [name for name in names if name not in known]
    if strange:
        from difflib import get_close_matches  # start-up: only for what was not found

        near = get_close_matches(strange[0], known, n=1)
        listed = ", ".join(known) or "none"
        told = f' Did you mean "{near[0]}"?' if near else f" Its parameters are: {listed}"
        raise ParameterTypeError(f'no parameter "{strange[0]}" of {of}.{told}')


def misfits(values: Mapping[str, Any], schema: Mapping[str, Any], of: str) -> list[str]:
    r"""Return a sentence on each value that a schema does not allow; which are required is not asked.

    Args:
        values: values by name.
        schema: the JSON schema of an object.
        of: what has this schema, for the message.

    Raises:
        InvalidDeploymentError: the schema itself is none.

    >>> misfits({"n": "x"}, {"properties": {"n": {"type": "integer"}}}, 'the deployment "etl/daily"')
    ['"n": \'x\' is not of type \'integer\'']
    """
    return [_sentence(error) for error in _errors(values, schema, of)]


def _errors(values: Mapping[str, Any], schema: Mapping[str, Any], of: str) -> list[Any]:
    from jsonschema import Draft202012Validator  # start-up: a tenth of a second
    from jsonschema.exceptions import SchemaError
    from referencing.exceptions import Unresolvable

    try:
        asked = {**schema, **_with_references(schema), "required": []}
        Draft202012Validator.check_schema(asked)
        return sorted(Draft202012Validator(asked).iter_errors(dict(values)), key=lambda error: error.path)
    except (SchemaError, Unresolvable) as error:
        reason = str(error).splitlines()[0]
        raise InvalidDeploymentError(f"the schema of {of} is no JSON schema: {reason}") from None


_REFERENCE = {
    "type": "object",
    "properties": {"$ref": {"type": ["string", "object"]}},
    "required": ["$ref"],
    "maxProperties": 1,
}
"""The schema of what stands for a saved block."""


def _with_references(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return the definitions of a schema, such that `{"$ref": "secret/api-key"}` may stand wherever such a block may."""
    return {
        table: {
            name: {"if": _REFERENCE, "then": True, "else": told}
            if isinstance(told, dict) and "block_type_slug" in told
            else told
            for name, told in schema[table].items()
        }
        for table in ("definitions", "$defs")
        if isinstance(schema.get(table), dict)
    }


def _sentence(error: Any) -> str:
    """Say what is wrong with one value, the way into it with dots: `"city.zip": 12 is not of type 'string'`."""
    place = ".".join(map(str, error.absolute_path))
    message = _short(error.message)
    return f'"{place}": {message}' if place else message


def _short(message: str) -> str:
    return message if len(message) <= 200 else f"{message[:197]}..."
