"""Values as people type them: `NAME=VALUE`, where a value is JSON, or a word that stands for itself."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from pacc.cli._exits import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable


def json_or_word(text: str) -> Any:
    """Return what a text says as JSON, and the text itself where it says nothing as JSON.

    Example:
        >>> json_or_word("3"), json_or_word("Ulm"), json_or_word('{"a": [1]}')
        (3, 'Ulm', {'a': [1]})
    """
    try:
        return json.loads(text, parse_constant=_no_number)
    except RecursionError:
        raise UsageError("the value is nested too deeply") from None
    except ValueError:
        return text


def named_values(words: Iterable[str], option: str) -> dict[str, Any]:
    """Return what several `NAME=VALUE` say.

    Args:
        words: the words.
        option: the option they belong to, for the message.

    Raises:
        UsageError: one of them has no name or no `=`.

    Example:
        >>> named_values(["city=Ulm", "days=3"], "--param")
        {'city': 'Ulm', 'days': 3}
    """
    return {name: json_or_word(value) for name, value in (_parted(word, option) for word in words)}


def nested_values(words: Iterable[str], option: str) -> dict[str, Any]:
    """Return what several `NAME=VALUE` say, where `env.CITY=Ulm` means a value inside another; what is in `env` is text.

    Raises:
        UsageError: one of them has no name or no `=`, or lies inside a value that is no mapping.

    Example:
        >>> nested_values(["env.DEPTH=3", "memory=2GiB"], "--job-variable")
        {'env': {'DEPTH': '3'}, 'memory': '2GiB'}
    """
    values: dict[str, Any] = {}
    for word in words:
        name, text = _parted(word, option)
        *around, last = name.split(".")
        inside = values
        for each in around:
            inside = inside.setdefault(each, {})
            if not isinstance(inside, dict):
                raise UsageError(f'{option} {word}: "{each}" has a value of its own already')
        inside[last] = text if around and around[0] == "env" else json_or_word(text)
    return values


def json_object(text: str, option: str) -> dict[str, Any]:
    """Return the JSON object a text says.

    Raises:
        UsageError: it says none.

    Example:
        >>> json_object('{"city": "Ulm"}', "--params")
        {'city': 'Ulm'}
    """
    try:
        said = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{option} takes a JSON object: {error}") from None
    if not isinstance(said, dict):
        raise UsageError(f'{option} takes a JSON object, such as \'{{"city": "Ulm"}}\'')
    return said


def _parted(word: str, option: str) -> tuple[str, str]:
    name, separator, value = word.partition("=")
    if not separator or not name:
        raise UsageError(f'{option} takes NAME=VALUE, not "{word}"')
    return name, value


def _no_number(word: str) -> Any:
    """`NaN` and `Infinity` are words like any other; JSON does not know them."""
    raise ValueError(word)
