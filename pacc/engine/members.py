"""What is inside a value: collections, dataclasses and models with their members replaced, themselves where none was."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from typing import TYPE_CHECKING, Any

from pacc.types.futures import FutureLike

if TYPE_CHECKING:
    from collections.abc import Callable


def with_members(value: Any, change: Callable[[Any], Any]) -> Any:
    """Return a value with each of its members changed, the value itself where no member is another one afterwards.

    Args:
        value: a dictionary, list, tuple, set, dataclass, model or list of futures; anything else has no members.
        change: called with each member.

    >>> with_members([1, [2]], lambda member: member)
    [1, [2]]
    """
    kind = type(value)
    if kind is dict:
        return _dictionary(value, change)
    if kind in (list, tuple, set, frozenset):
        return _collection(value, change)
    if is_dataclass(value) and not isinstance(value, type):
        return _dataclass(value, change)
    if hasattr(kind, "model_fields") and hasattr(value, "model_copy"):
        return _model(value, change)
    if isinstance(value, list) and any(isinstance(member, FutureLike) for member in value):
        return [change(member) for member in value]
    return value


def _dictionary(value: dict[Any, Any], change: Callable[[Any], Any]) -> dict[Any, Any]:
    changed = {key: change(member) for key, member in value.items()}
    return changed if any(changed[key] is not value[key] for key in value) else value


def _collection(value: Any, change: Callable[[Any], Any]) -> Any:
    members = [change(member) for member in value]
    same = all(new is old for new, old in zip(members, value, strict=True))
    return value if same else type(value)(members)


def _dataclass(value: Any, change: Callable[[Any], Any]) -> Any:
    held = {field.name: getattr(value, field.name) for field in fields(value) if field.init}
    changed = _differences(held, change)
    return replace(value, **changed) if changed else value


def _model(value: Any, change: Callable[[Any], Any]) -> Any:
    changed = _differences(vars(value), change)
    return value.model_copy(update=changed) if changed else value


def _differences(held: dict[str, Any], change: Callable[[Any], Any]) -> dict[str, Any]:
    return {name: new for name, old in held.items() if (new := change(old)) is not old}
