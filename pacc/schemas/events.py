"""Events: what happened to which resource, and which others were involved.

Labels and names that begin with `prefect.` are those that begin with `pacc.`, whichever of the two is asked for.

>>> event = Event(event="table.loaded", resource={"prefect.resource.id": "table.customers"})
>>> event.resource.id, event.resource["pacc.resource.id"]
('table.customers', 'table.customers')
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime, timedelta
from fnmatch import translate
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from uuid import UUID

from pacc._internal import ids
from pacc._internal.aliases import canonical, shown
from pacc.exceptions import InvalidValueError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from typing import Self

RESOURCE_ID = "pacc.resource.id"
RESOURCE_ROLE = "pacc.resource.role"
RESOURCE_NAME = "pacc.resource.name"

FOLLOWS_WITHIN = timedelta(minutes=5)
"""An event follows another one only if it occurred at most so much before or after it."""


class Resource(dict[str, str]):
    """Labels of one thing, its id among them.

    Args:
        root: the labels; `pacc.resource.id` is one of them.

    Raises:
        ValueError: there is no id, or a label is no text.

    >>> Resource({"prefect.resource.id": "prefect.flow-run.1", "prefect.resource.name": "brave-otter"}).name
    'brave-otter'
    """

    __slots__ = ()

    needs: tuple[str, ...] = (RESOURCE_ID,)

    def __init__(self, root: Mapping[str, str]) -> None:
        if not hasattr(root, "items"):
            raise InvalidValueError(f"a resource is labels and their values, not {root!r}")
        super().__init__()
        for label, value in root.items():
            if not isinstance(label, str) or not isinstance(value, str):
                raise InvalidValueError(
                    f"a label of a resource is text and so is its value, not {label!r}: {value!r}"
                )
            label = canonical(label)  # noqa: PLW2901 - the same label in pacc's spelling
            dict.__setitem__(self, label, canonical(value) if label == RESOURCE_ID else value)
        for label in self.needs:
            if not dict.get(self, label):
                raise InvalidValueError(f'a resource needs the label "{label}"', hint=f"Got: {dict(root)!r}")

    @property
    def id(self) -> str:
        """What the thing is known by."""
        return shown(dict.__getitem__(self, RESOURCE_ID))

    @property
    def name(self) -> str | None:
        """What people call it."""
        return dict.get(self, RESOURCE_NAME)

    @property
    def labels(self) -> Self:
        """All its labels."""
        return self

    @property
    def root(self) -> dict[str, str]:
        """All its labels, as a plain dict."""
        return dict(self)

    @classmethod
    def names_a_thing(cls, labels: Mapping[str, str]) -> bool:
        """Say whether there is an id among labels.

        >>> Resource.names_a_thing({"prefect.resource.id": "table.customers"})
        True
        """
        return any(canonical(label) == RESOURCE_ID and value for label, value in labels.items())

    def has_all_labels(self, labels: Mapping[str, str]) -> bool:
        """Say whether it has all these labels with these values."""
        return all(self.get(label) == value for label, value in labels.items())

    def pacc_object_id(self, kind: str) -> UUID:
        """Return the id of the object of pacc that this is.

        Raises:
            ValueError: it is none of that kind.

        >>> Resource({"pacc.resource.id": "pacc.flow.01a1fd55-7a80-7000-8000-000000000000"}).pacc_object_id("pacc.flow")
        UUID('01a1fd55-7a80-7000-8000-000000000000')
        """
        beginning = f"{canonical(kind)}."
        own = dict.__getitem__(self, RESOURCE_ID)
        if not own.startswith(beginning):
            raise InvalidValueError(f'the resource "{own}" is no {kind}')
        return UUID(own[len(beginning) :])

    prefect_object_id = pacc_object_id

    def __getitem__(self, label: str) -> str:
        label = canonical(label)
        value = dict.__getitem__(self, label)
        return shown(value) if label == RESOURCE_ID else value

    def __contains__(self, label: object) -> bool:
        return isinstance(label, str) and dict.__contains__(self, canonical(label))

    def get(self, label: str, default: Any = None) -> Any:
        """Return the value of a label, or else the default."""
        try:
            return self[label]
        except KeyError:
            return default


class RelatedResource(Resource):
    """Labels of a thing that was involved in a role: `flow`, `deployment`, `tag`, ...

    Args:
        root: the labels; `pacc.resource.id` and `pacc.resource.role` are among them.

    Raises:
        ValueError: one of the two is missing, or a label is no text.

    >>> RelatedResource({"pacc.resource.id": "pacc.tag.nightly", "pacc.resource.role": "tag"}).role
    'tag'
    """

    __slots__ = ()

    needs = (RESOURCE_ID, RESOURCE_ROLE)

    @property
    def role(self) -> str:
        """In which role it was involved."""
        return dict.__getitem__(self, RESOURCE_ROLE)


class ResourceSpecification(dict[str, str | list[str]]):
    """Which resources are meant: for each label a pattern or a list of them, of which one has to match.

    `*`, `?` and `[a-z]` stand for what they do in file names; a pattern that begins with `!` matches what the rest of it does
    not. A resource without the label is never meant, and a specification without labels means every resource.

    >>> ResourceSpecification({"prefect.resource.id": "prefect.flow-run.*"}).matches(Resource({"pacc.resource.id": "pacc.flow-run.1"}))
    True
    """

    __slots__ = ()

    def __init__(self, root: Mapping[str, str | list[str]] | None = None) -> None:
        super().__init__()
        for label, value in (root or {}).items():
            values = [value] if isinstance(value, str) else value
            if not isinstance(label, str) or not all(isinstance(each, str) for each in values):
                raise InvalidValueError(
                    f"a label is matched by a pattern or a list of patterns, not {label!r}: {value!r}"
                )
            patterns = [canonical(each) for each in values]
            dict.__setitem__(self, canonical(label), patterns[0] if isinstance(value, str) else patterns)

    @property
    def root(self) -> dict[str, str | list[str]]:
        """The patterns by label, as a plain dict."""
        return dict(self)

    def matches_every_resource(self) -> bool:
        """Say whether every resource is meant."""
        return not self or dict(self) == {RESOURCE_ID: "*"}

    def matches_every_resource_of_kind(self, prefix: str) -> bool:
        """Say whether every resource is meant whose id begins so."""
        return self.matches_every_resource() or dict(self) == {RESOURCE_ID: f"{canonical(prefix)}.*"}

    def includes(self, candidates: Iterable[Resource]) -> bool:
        """Say whether one of these resources is meant."""
        return any(self.matches(candidate) for candidate in candidates)

    def matches(self, resource: Resource) -> bool:
        """Say whether a resource is meant."""
        for label, patterns in dict.items(self):
            value = dict.get(resource, label)
            if value is None:
                return False
            if isinstance(patterns, str):
                if not matches(patterns, value):
                    return False
            elif not any(matches(pattern, value) for pattern in patterns):
                return False
        return True

    def deepcopy(self) -> ResourceSpecification:
        """Return the same once more, to change it."""
        return ResourceSpecification(dict(self))

    def __getitem__(self, label: str) -> str | list[str]:
        return dict.__getitem__(self, canonical(label))

    def __contains__(self, label: object) -> bool:
        return isinstance(label, str) and dict.__contains__(self, canonical(label))

    def get(self, label: str, default: Any = None) -> Any:
        """Return what a label has to match, or else the default."""
        return dict.get(self, canonical(label), default)


def matches(expected: str, value: str | None) -> bool:
    """Say whether a value is what a pattern expects; nothing is not, whatever is expected.

    >>> matches("flow-*", "flow-run"), matches("!flow-*", "flow-run"), matches("!flow-*", None)
    (True, False, False)
    """
    if value is None:
        return False
    if expected.startswith("!"):
        return _compiled(expected[1:])(value) is None
    return _compiled(expected)(value) is not None


@lru_cache(maxsize=4096)
def _compiled(pattern: str) -> Any:
    return re.compile(translate(pattern)).match


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened.

    Raises:
        ValueError: the resource has no id, or a related one no role.
    """

    occurred: datetime = field(default_factory=lambda: datetime.now(UTC))
    """When it happened."""
    event: str
    """What happened, in words joined by dots."""
    resource: Resource
    """To what."""
    related: Sequence[RelatedResource] = ()
    """What else was involved."""
    payload: dict[str, Any] = field(default_factory=dict)
    """What else there is to tell."""
    id: UUID = field(default_factory=lambda: UUID(ids.new_id()))
    """What tells it from all others."""
    follows: UUID | None = None
    """The event it came after."""

    def __post_init__(self) -> None:
        if not isinstance(self.event, str) or not self.event:
            raise InvalidValueError(f"an event needs a name, not {self.event!r}")
        set_field = object.__setattr__
        labels: Mapping[str, str] = self.resource
        if not isinstance(labels, Resource):
            set_field(self, "resource", Resource(labels))
        set_field(self, "event", shown(canonical(self.event)))
        set_field(
            self,
            "related",
            [
                each if isinstance(each, RelatedResource) else RelatedResource(each)
                for each in self.related or ()
            ],
        )
        if self.occurred.tzinfo is None:
            set_field(self, "occurred", self.occurred.replace(tzinfo=UTC))

    @property
    def involved_resources(self) -> Sequence[Resource]:
        """The resource and the related ones."""
        return [self.resource, *self.related]

    @property
    def resource_in_role(self) -> dict[str, RelatedResource]:
        """The first related resource in each role."""
        return {each.role: each for each in reversed(self.related)}

    @property
    def resources_in_role(self) -> dict[str, list[RelatedResource]]:
        """All related resources by role."""
        found: dict[str, list[RelatedResource]] = {}
        for each in self.related:
            found.setdefault(each.role, []).append(each)
        return found

    @property
    def size_bytes(self) -> int:
        """How long it is as JSON."""
        from pacc._internal.jsontext import dumps  # start-up

        return len(dumps({name: _plain(getattr(self, name)) for name in _FIELDS}))

    def find_resource_label(self, label: str) -> str | None:
        """Return the value of a label of the resource, or of `role:label` of the first related one in that role.

        >>> Event(event="x", resource={"pacc.resource.id": "a"}).find_resource_label("prefect.resource.id")
        'a'
        """
        found: str | None = self.resource.get(label)
        if found is None and ":" in label:
            role, _, label = label.removeprefix("related:").partition(":")
            for each in self.related:
                if each.role == role and label in each:
                    return each[label]
        return found

    def __iter__(self) -> Iterator[tuple[str, Any]]:
        """The fields and their values, so that `dict(event)` holds them."""
        return iter([(each.name, getattr(self, each.name)) for each in fields(self)])


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedEvent(Event):
    """An event as the store has it."""

    received: datetime = field(default_factory=lambda: datetime.now(UTC))
    """When the store got it."""
    seq: int = field(default=0, compare=False, repr=False)
    """Its place in the order in which events were stored."""


_FIELDS = tuple(each.name for each in fields(Event))


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value
