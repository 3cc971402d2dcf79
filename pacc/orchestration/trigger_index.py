"""Which triggers an event can matter to, found without asking each: most name the resources they are about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

from pacc.schemas.events import RESOURCE_ID, RESOURCE_NAME, RESOURCE_ROLE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pacc.orchestration.triggers import EventNode, Plan
    from pacc.schemas.events import ReceivedEvent, ResourceSpecification

T = TypeVar("T")

_SPECIAL = frozenset("*?[")


class TriggerIndex(Generic[T]):
    """Finds, of many, those whose plans an event can matter to; it may return some too many and never one too few.

    Args:
        entries: what is to be found, with its plan.

    >>> from pacc.orchestration.triggers import Plan
    >>> index = TriggerIndex([("a", Plan({"type": "event", "match": {"prefect.resource.id": "table.*"}}))])
    """

    def __init__(self, entries: Iterable[tuple[T, Plan]]) -> None:
        self._always: list[T] = []
        self._by_token: dict[tuple[str, str, str], list[T]] = {}
        self._lengths: set[int] = set()
        self._own: set[str] = set()
        self._related: set[str] = set()
        for entry, plan in entries:
            self._add(entry, plan)

    def candidates(self, event: ReceivedEvent) -> list[T]:
        """Return those that an event can matter to, each once."""
        found = {id(entry): entry for entry in self._always}
        for token in self._tokens_of(event):
            for entry in self._by_token.get(token, ()):
                found[id(entry)] = entry
        return list(found.values())

    def _add(self, entry: T, plan: Plan) -> None:
        tokens: list[tuple[str, str, str]] = []
        for node in plan.events:
            needed = _needed(node)
            if needed is None:
                self._always.append(entry)
                return
            tokens += needed
        for token in dict.fromkeys(tokens):
            self._by_token.setdefault(token, []).append(entry)
            kind, label, value = token
            if kind == "prefix":
                self._lengths.add(len(value))
            else:
                (self._own if kind == "own" else self._related).add(label)

    def _tokens_of(self, event: ReceivedEvent) -> Iterator[tuple[str, str, str]]:
        own = dict.__getitem__(event.resource, RESOURCE_ID)
        for length in self._lengths:
            yield "prefix", RESOURCE_ID, own[:length]
        for label in self._own:
            value = dict.get(event.resource, label)
            if value is not None:
                yield "own", label, value
        for label in self._related:
            for resource in event.related:
                value = dict.get(resource, label)
                if value is not None:
                    yield "related", label, value


def _needed(node: EventNode) -> list[tuple[str, str, str]] | None:
    """Return what an event must have one of to matter to a trigger, `None` where that cannot be said so simply."""
    by_id = _patterns(node.match, RESOURCE_ID)
    if by_id is not None:
        tokens = [_token_of_id(pattern) for pattern in by_id]
        if all(token is not None for token in tokens):
            return [token for token in tokens if token is not None]
    for kind, specification in [("own", node.match), *(("related", each) for each in node.match_related)]:
        labels = [RESOURCE_ID, RESOURCE_NAME, *(each for each in specification if each != RESOURCE_ROLE)]
        for label in labels:
            values = _patterns(specification, label)
            if values is not None and all(map(_is_literal, values)):
                return [(kind, label, value) for value in values]
    return None


def _patterns(specification: ResourceSpecification, label: str) -> list[str] | None:
    value = specification.get(label)
    if value is None:
        return None
    return [value] if isinstance(value, str) else list(value)


def _is_literal(pattern: str) -> bool:
    return not pattern.startswith("!") and _SPECIAL.isdisjoint(pattern)


def _token_of_id(pattern: str) -> tuple[str, str, str] | None:
    if _is_literal(pattern):
        return "own", RESOURCE_ID, pattern
    if pattern.startswith("!"):
        return None
    beginning = pattern[: min(at for at in map(pattern.find, _SPECIAL) if at >= 0)]
    return ("prefix", RESOURCE_ID, beginning) if beginning else None
