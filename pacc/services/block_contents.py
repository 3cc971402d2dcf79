"""What a block holds, taken apart for the store and put together again: secrets are cut out, saved blocks inside are named."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID

from pacc._internal.redaction import MASK
from pacc.exceptions import InvalidValueError
from pacc.schemas.blocks import Hidden, Reference

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pacc.schemas.blocks import Registration

    Path = tuple[str | int, ...]


class Parts(NamedTuple):
    """A block's data taken apart."""

    data: Any
    """The data with a mask for every secret and `None` for every saved block inside."""
    secrets: list[tuple[Path, Any]]
    """Every secret with its place."""
    references: list[tuple[Path, str]]
    """The id of every saved block inside with its place."""


class BlockCopy(NamedTuple):
    """A block on its way from one store to another."""

    identity: str
    """Its id in the store it is from."""
    name: str | None
    """Its name, `None` where nobody named it."""
    registration: Registration
    """What its class says of itself."""
    parts: Parts
    """What it holds, secrets in the clear."""


def take_apart(data: Any, secret_fields: Iterable[str] = (), *, plain: bool = False) -> Parts:
    """Take a block's data apart.

    Args:
        data: values of JSON, with `Hidden` and `Reference` in them.
        secret_fields: which other values are secrets, as paths such as `credentials.password`; `*` stands for any name.
        plain: whether references are written as `{"$ref": {"block_document_id": ...}}`, as they are where no class made the data.

    >>> take_apart({"url": Hidden("https://token@here"), "port": 80}).data
    {'url': '********', 'port': 80}
    """
    patterns = [tuple(each.split(".")) for each in secret_fields]
    parts = Parts(None, [], [])
    return parts._replace(data=_taken(data, (), patterns, parts, plain=plain))


def _taken(value: Any, path: Path, patterns: list[tuple[str, ...]], parts: Parts, *, plain: bool) -> Any:
    reference = _reference(value, plain=plain)
    if reference is not None:
        parts.references.append((path, str(reference)))
        return None
    if isinstance(value, Hidden):
        parts.secrets.append((path, value.value))
        return MASK
    if value is not None and _is_secret(path, patterns):
        parts.secrets.append((path, value))
        return MASK
    if isinstance(value, dict):
        return {
            key: _taken(member, (*path, key), patterns, parts, plain=plain) for key, member in value.items()
        }
    if isinstance(value, list):
        return [
            _taken(member, (*path, index), patterns, parts, plain=plain) for index, member in enumerate(value)
        ]
    return value


def _reference(value: Any, *, plain: bool) -> UUID | None:
    if isinstance(value, Reference):
        return value.block_document_id
    if not plain or not isinstance(value, dict) or value.keys() != {"$ref"}:
        return None
    named = value["$ref"]
    if isinstance(named, dict):
        named = named.get("block_document_id")
    try:
        return named if isinstance(named, UUID) else UUID(str(named))
    except ValueError:
        raise InvalidValueError(f'{{"$ref": ...}} names no saved block: {named!r} is no id') from None


def _is_secret(path: Path, patterns: list[tuple[str, ...]]) -> bool:
    names = [step for step in path if isinstance(step, str)]
    return bool(names) and isinstance(path[-1], str) and any(
        len(pattern) == len(names)
        and all(wanted in ("*", name) for wanted, name in zip(pattern, names, strict=True))
        for pattern in patterns
    )  # fmt: skip


def put_back(data: Any, places: Iterable[tuple[Path, Any]]) -> Any:
    """Return data with values at their places again; what is in the way is replaced, the data itself is changed.

    >>> put_back({"url": "********", "port": 80}, [(("url",), "https://token@here")])
    {'url': 'https://token@here', 'port': 80}
    """
    for path, value in places:
        if not path:
            return value
        holder = data
        for step in path[:-1]:
            holder = holder[step]
        holder[path[-1]] = value
    return data


def as_text(value: Any) -> str:
    """Return what is stored as JSON text.

    Raises:
        InvalidValueError: JSON has no word for something in it.
    """
    try:
        return json.dumps(value, separators=(",", ":"))
    except (TypeError, ValueError, RecursionError) as error:
        raise InvalidValueError(f"a block holds what JSON can say: {error}") from None


def references_in(text: str) -> Iterator[tuple[Path, str]]:
    """Yield the saved blocks inside from the text of their column."""
    for path, identity in json.loads(text):
        yield tuple(path), identity
