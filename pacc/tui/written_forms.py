"""What a form holds, as YAML to edit in one piece, and back; and what a single field holds, as lines."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from pacc.presentation.block_fields import answer, answered
from pacc.tui.field_texts import text_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pacc.presentation.block_fields import Field


def as_yaml(title: str, fields: Sequence[Field], typed: Mapping[str, str]) -> str:
    """Return the fields of a form as YAML: each with what it is as a comment; those without a value, and secrets, as comments alone.

    Args:
        title: what the form is for.
        fields: its fields.
        typed: what is typed into each.

    Example:
        >>> from pacc.presentation.block_fields import NO_DEFAULT, Field
        >>> print(as_yaml("Run it", [Field("n", "whole number", "How many.", NO_DEFAULT, True, False)], {"n": "3"}), end="")
        # Run it
        <BLANKLINE>
        # whole number, needed. How many.
        n: 3
    """
    parts = [f"# {title}\n"]
    for field in fields:
        text = typed.get(field.name, "")
        name = _dumped(field.name).strip()
        if field.secret:
            parts.append(f"# {name}: a secret; it is typed into the form alone\n")
        elif text:
            parts.append(f"# {field.told}\n{_dumped({field.name: _value(field, text)})}")
        else:
            parts.append(f"# {field.told}\n# {name}:\n")
    return "\n".join(parts)


def from_yaml(text: str, fields: Sequence[Field]) -> dict[str, str]:
    """Return what is to be typed into each field, from the YAML of a form; a field it does not name becomes empty.

    Args:
        text: the YAML.
        fields: the form's fields; secret ones are left out.

    Raises:
        ValueError: it is no YAML, no mapping, or names a field that is none; the message says where.

    Example:
        >>> from pacc.presentation.block_fields import NO_DEFAULT, Field
        >>> from_yaml("n: [1, 2]", [Field("n", "list", "", NO_DEFAULT, True, False)])
        {'n': '[1, 2]'}
    """
    found = read_yaml(text)
    if found is None:
        found = {}
    if not isinstance(found, dict):
        raise ValueError("it should be fields with values, such as: name: value")  # noqa: TRY004 - what a person wrote
    known = {field.name: field for field in fields}
    strange = [str(name) for name in found if name not in known]
    if strange:
        raise ValueError(f'there is no field "{strange[0]}"; there are {", ".join(known) or "none"}')
    secret = [name for name in found if known[name].secret]
    if secret:
        raise ValueError(f'"{secret[0]}" is a secret; type it into the form')
    return {
        name: ""
        if found.get(name) is None and not (field.optional and name in found)
        else text_of(_plain(found[name]))
        for name, field in known.items()
        if not field.secret
    }


def problem(text: str, fields: Sequence[Field]) -> str | None:
    """Return what is wrong with the YAML of a form, if anything.

    Args:
        text: the YAML.
        fields: the form's fields.

    Example:
        >>> problem("", ()), problem("n: 1", ())
        (None, 'there is no field "n"; there are none')
    """
    try:
        from_yaml(text, fields)
    except ValueError as error:
        return str(error)
    return None


def read_yaml(text: str) -> Any:
    """Return what a text says.

    Args:
        text: YAML, of which JSON is a part.

    Raises:
        ValueError: it is none; the message names the line.

    Example:
        >>> read_yaml("a: [1")
        Traceback (most recent call last):
        ...
        ValueError: line 1: ...
    """
    import yaml  # start-up: only where something is written

    try:
        return yaml.safe_load(text)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise ValueError(f"line {line}: {error.problem or error.context or 'this is no YAML'}") from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise ValueError(f"this is no YAML: {error}") from None


def to_yaml(value: Any) -> str:
    """Return what JSON can say as YAML to edit; ids and times are text.

    Args:
        value: the value.

    Example:
        >>> print(to_yaml({"name": "é", "tags": ("a",)}), end="")
        name: é
        tags:
        - a
    """
    return _dumped(_plain(value))


def lines_of(field: Field, text: str) -> str:
    r"""Return a field's text as it is written on a page: a list with a value a line, what JSON can say as YAML, else as it is.

    Args:
        field: the field.
        text: what is typed into it.

    Example:
        >>> from pacc.presentation.block_fields import NO_DEFAULT, Field
        >>> lines_of(Field("n", "list", "", NO_DEFAULT, True, False), "a, b")
        'a\nb'
    """
    if not text:
        return ""
    try:
        value = answer(field, text)
    except ValueError:
        return text
    if has_lines(field) and isinstance(value, list):
        return "\n".join(each if isinstance(each, str) else json.dumps(each) for each in value)
    return _dumped(value) if isinstance(value, dict | list) else text


def from_lines(field: Field, text: str) -> str:
    r"""Return what is to be typed into a field for what is written on its page; see `lines_of`.

    Args:
        field: the field.
        text: what is written.

    Raises:
        ValueError: it is no YAML where it should be, or a line is not of the list's kind.

    Example:
        >>> from pacc.presentation.block_fields import NO_DEFAULT, Field
        >>> from_lines(Field("n", "list", "", NO_DEFAULT, True, False, items="whole number"), "1\n2\n")
        '[1, 2]'
    """
    if not text.strip():
        return ""
    if has_lines(field):
        lines = [line.strip() for line in text.splitlines() if line.strip()]
        each = field._replace(kind=field.items or "text", choices=(), optional=False)
        return json.dumps([answered(each, line) for line in lines], ensure_ascii=False)
    if field.kind in ("object", "list", "value"):
        return text_of(_plain(read_yaml(text)))
    return text.rstrip("\n")


def has_lines(field: Field) -> bool:
    """Say whether a page has a line for each value of a list; lists of lists and the like are YAML."""
    return field.kind == "list" and field.items not in ("object", "list", "value")


def _value(field: Field, text: str) -> Any:
    try:
        return answer(field, text)
    except ValueError:
        return text


def _dumped(value: Any) -> str:
    import yaml  # start-up: only where something is written

    return str(yaml.safe_dump(value, allow_unicode=True, sort_keys=False)).removesuffix("...\n")


def _plain(value: Any) -> Any:
    """Return what YAML says as JSON can say it: its dates are text."""
    return json.loads(json.dumps(value, default=str, ensure_ascii=False))
