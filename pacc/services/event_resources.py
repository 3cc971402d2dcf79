"""The resources that events speak of beside their own: what was involved, and in which role."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pacc.schemas.events import RelatedResource

if TYPE_CHECKING:
    from collections.abc import Iterable


def a_related(
    kind: str, object_id: str, name: str | None = None, *, role: str | None = None, **labels: str
) -> RelatedResource:
    """Return a resource that was involved.

    Args:
        kind: what it is, e.g. `flow-run`.
        object_id: its id.
        name: what people call it.
        role: in which role, the kind unless given.
        labels: more labels, without `pacc.`, `__` for `.` and `_` for `-`.

    >>> a_related("tag", "nightly")
    {'pacc.resource.id': 'pacc.tag.nightly', 'pacc.resource.role': 'tag'}
    """
    told = {"pacc.resource.id": f"pacc.{kind}.{object_id}", "pacc.resource.role": role or kind}
    if name is not None:
        told["pacc.resource.name"] = name
    for label, value in labels.items():
        told[f"pacc.{label.replace('__', '.').replace('_', '-')}"] = value
    return RelatedResource(told)


def tags_of(tags: Iterable[str]) -> list[RelatedResource]:
    """Return tags as the resources they are."""
    return [a_related("tag", tag) for tag in sorted(tags)]
