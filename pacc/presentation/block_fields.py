"""A form's questions, made from the JSON Schema of a block's fields, and what people answer turned into values."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

NO_DEFAULT: Any = object()

_YES = frozenset({"y", "yes", "true", "t", "1", "on"})
_NO = frozenset({"n", "no", "false", "f", "0", "off"})


class Field(NamedTuple):
    """One field to ask for."""

    name: str
    kind: str
    """What its value is, in a word: "text", "whole number", "number", "yes or no", "list", "object", "block", "value"."""
    description: str
    default: Any
    """`NO_DEFAULT` where there is none that can be written down."""
    required: bool
    secret: bool
    choices: tuple[Any, ...] = ()
    blocks: tuple[str, ...] = ()
    """The types of block that may stand there."""
    optional: bool = False
    """Whether `null` is a value too."""
    bounds: str = ""
    """Between what a number is, in words."""
    inside: tuple[Field, ...] = ()
    """The fields of an object that has some of its own."""
    items: str = ""
    """What each value of a list is, in a word as for `kind`."""
    options: tuple[Field, ...] = ()
    """Where a value may be one of several kinds: this field as each of them."""

    @property
    def told(self) -> str:
        """One line on the field.

        >>> Field("port", "whole number", "Where it listens.", 80, False, False).told
        'whole number, 80 unless given. Where it listens.'
        """
        needed = "needed" if self.required else self._unless_given()
        told = [self._what(), *(["secret"] if self.secret else []), needed]
        return f"{', '.join(told)}. {' '.join(self.description.split())}".strip()

    def _what(self) -> str:
        if self.choices:
            return f"one of {', '.join(map(str, self.choices))}"
        if self.bounds:
            return f"{self.kind}, {self.bounds}"
        return f"{self.kind} ({', '.join(self.blocks)})" if self.blocks else self.kind

    def _unless_given(self) -> str:
        if self.default is NO_DEFAULT or self.default is None or self.secret:
            return "optional"
        return f"{json.dumps(self.default)} unless given"


def fields_of(schema: dict[str, Any]) -> list[Field]:
    """Return the fields of a block's schema, in their order.

    Args:
        schema: JSON Schema with `secret_fields` and `block_schema_references`.
    """
    needed = schema.get("required", ())
    secrets = {each.removesuffix(".*") for each in schema.get("secret_fields", ())}
    return [
        _field(name, told, schema, required=name in needed, secret=name in secrets)
        for name, told in schema.get("properties", {}).items()
    ]


_DEEPEST = 6
"""So far down the objects of objects are forms; a schema may hold itself."""


def _field(
    name: str, told: dict[str, Any], schema: dict[str, Any], *, required: bool, secret: bool, deep: int = 0
) -> Field:
    options = [_resolved(each, schema) for each in told.get("anyOf") or told.get("oneOf") or [told]]
    kinds = [each for each in options if each.get("type") != "null"]
    only = kinds[0] if len(kinds) == 1 else {}
    blocks = tuple(dict.fromkeys(each["block_type_slug"] for each in kinds if "block_type_slug" in each))
    may_go_on = deep < _DEEPEST and not blocks
    return Field(
        name=name,
        kind="block" if blocks else _kind(only),
        description=told.get("description") or only.get("description", ""),
        default=told.get("default", NO_DEFAULT),
        required=required,
        secret=secret,
        choices=tuple(only.get("enum", [only["const"]] if "const" in only else [])),
        blocks=blocks,
        optional=len(kinds) < len(options),
        bounds=_bounds(only),
        inside=_inside(only, schema, deep + 1) if may_go_on else (),
        items=_kind(_resolved(only.get("items") or {}, schema)) if only.get("type") == "array" else "",
        options=_options(name, kinds, schema, deep + 1, secret=secret) if may_go_on else (),
    )


def _options(
    name: str, kinds: list[dict[str, Any]], schema: dict[str, Any], deep: int, *, secret: bool
) -> tuple[Field, ...]:
    """Return a field as each of several kinds; nothing where it can be of one only."""
    if len(kinds) < 2:
        return ()
    fields = (_field(name, each, schema, required=True, secret=secret, deep=deep) for each in kinds)
    titles = (str(each.get("title") or "") for each in kinds)
    return tuple(field._replace(description=title) for field, title in zip(fields, titles, strict=True))


def _inside(told: dict[str, Any], schema: dict[str, Any], deep: int) -> tuple[Field, ...]:
    needed = told.get("required", ())
    return tuple(
        _field(name, each, schema, required=name in needed, secret=False, deep=deep)
        for name, each in told.get("properties", {}).items()
    )


def _bounds(told: dict[str, Any]) -> str:
    """Return the bounds of a number in words.

    >>> _bounds({"minimum": 1, "maximum": 500}), _bounds({"exclusiveMinimum": 0})
    ('1 to 500', 'more than 0')
    """
    least, most = told.get("minimum"), told.get("maximum")
    if least is not None and most is not None:
        return f"{least} to {most}"
    told_by = {
        "minimum": "at least",
        "maximum": "at most",
        "exclusiveMinimum": "more than",
        "exclusiveMaximum": "less than",
    }
    return ", ".join(f"{words} {told[name]}" for name, words in told_by.items() if name in told)


def _resolved(told: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    reference = told.get("$ref") or next((each.get("$ref") for each in told.get("allOf", ())), None)
    if reference is None:
        return told
    found: dict[str, Any] = schema.get("definitions", {}).get(reference.rpartition("/")[2], {})
    return found


_KINDS = {
    "string": "text",
    "integer": "whole number",
    "number": "number",
    "boolean": "yes or no",
    "array": "list",
    "object": "object",
}


def _kind(told: dict[str, Any]) -> str:
    if told.get("format") in ("date-time", "date", "time", "uri", "path", "uuid"):
        shown = str(told["format"])
        return {"date-time": "moment", "uri": "address", "uuid": "id"}.get(shown, shown)
    return _KINDS.get(str(told.get("type")), "value")


def answered(field: Field, text: str) -> Any:
    """Return the value that a person's words mean for a field.

    Args:
        field: the field.
        text: what was typed.

    Raises:
        ValueError: they are none of its type; the message says what they should be.

    >>> port = Field("port", "whole number", "", 80, False, False)
    >>> answered(port, "8080")
    8080
    """
    if field.choices:
        by_word = {str(choice): choice for choice in field.choices}
        if text not in by_word:
            raise ValueError(f'"{text}" is none of {", ".join(by_word)}')
        return by_word[text]
    return _READERS.get(field.kind, str)(text)


def answer(field: Field, text: str) -> Any:
    """Return what a person's words mean in a form: `null` for nothing where that may be, a secret as it is; see `answered`.

    A block's name is returned as it is.

    Raises:
        ValueError: they are none of the field's type.

    >>> answer(Field("key", "value", "", NO_DEFAULT, True, True), "007")
    '007'
    """
    if field.optional and text.strip() == "null":
        return None
    if field.blocks:
        return text
    if field.secret and field.kind == "value":
        return any_value(text) if text[:1] in "{[" else text
    return answered(field, text)


def _whole(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise ValueError(f'"{text}" is not a whole number') from None


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise ValueError(f'"{text}" is not a number') from None


def _boolean(text: str) -> bool:
    word = text.strip().lower()
    if word not in _YES | _NO:
        raise ValueError(f'"{text}" is neither yes nor no')
    return word in _YES


def _list(text: str) -> Any:
    if text.lstrip().startswith("["):
        return _json(text, list, "a list")
    return [part.strip() for part in text.split(",") if part.strip()]


def _object(text: str) -> Any:
    return _json(text, dict, 'an object, such as {"name": "value"}')


def _json(text: str, kind: type, called: str) -> Any:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        raise ValueError(f"that is no JSON; it should be {called}") from None
    if not isinstance(value, kind):
        raise ValueError(f"that is not {called}")  # noqa: TRY004 - what a person typed, not a type
    return value


def any_value(text: str) -> Any:
    """Return what JSON text says, or the text itself where it is none.

    >>> any_value("3"), any_value("three")
    (3, 'three')
    """
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


_TYPES: dict[str, tuple[type, ...]] = {
    "text": (str,), "whole number": (int,), "number": (int, float), "yes or no": (bool,), "list": (list,),
    "object": (dict,), "block": (dict,),
}  # fmt: skip


def fits(field: Field, value: Any) -> bool:
    """Say whether a value of JSON is of a field's type; for types no class is loaded for, which would know better.

    >>> port = Field("port", "whole number", "", 80, False, False)
    >>> fits(port, 8080), fits(port, "8080"), fits(port, True)
    (True, False, False)
    """
    if value is None:
        return field.optional or field.kind == "value"
    if field.choices:
        return value in field.choices
    kinds = _TYPES.get(field.kind, (object,))
    return isinstance(value, kinds) and (not isinstance(value, bool) or bool in kinds or object in kinds)


_READERS: dict[str, Any] = {
    "whole number": _whole,
    "number": _number,
    "yes or no": _boolean,
    "list": _list,
    "object": _object,
    "value": any_value,
}
