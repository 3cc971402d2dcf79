"""Artifacts: made, changed, found by key or id, listed, removed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from pacc._internal import clock
from pacc._internal.ids import new_id
from pacc._internal.jsontext import dumps
from pacc.exceptions import InvalidValueError, ObjectNotFound
from pacc.schemas.artifacts import ArtifactCollection, checked_key, data_text
from pacc.services.references import ARTIFACT, did_you_mean
from pacc.store import filters
from pacc.store.artifacts import from_row

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from pacc.schemas.artifacts import Artifact
    from pacc.schemas.filters import ArtifactCollectionFilter, ArtifactFilter, FlowRunFilter, TaskRunFilter
    from pacc.schemas.sorting import ArtifactCollectionSort, ArtifactSort
    from pacc.store import Store


class Change(NamedTuple):
    """A version of a key, and the one before it."""

    number: int
    """Which version it is; the first one is 1."""
    before: Artifact
    after: Artifact

    @property
    def names(self) -> tuple[str, str]:
        """What the two are called."""
        return f"version {self.number - 1}", f"version {self.number}"


_BEGINNING_OF_ID = re.compile(r"[0-9a-f]{4}[0-9a-f-]*", re.ASCII)


def create(
    store: Store,
    *,
    key: str | None = None,
    type: str | None = None,
    description: str | None = None,
    data: Any = None,
    metadata: Mapping[str, str] | None = None,
    flow_run_id: UUID | str | None = None,
    task_run_id: UUID | str | None = None,
) -> Artifact:
    """Make an artifact, the latest version of its key, and return it.

    Args:
        store: where it is kept.
        key: what its versions have in common; lower-case letters, digits and `-`.
        type: what kind it is.
        description: what it is, for people.
        data: its content, whatever JSON can say.
        metadata: facts about it.
        flow_run_id: the flow run it belongs to.
        task_run_id: the task run it belongs to.

    Raises:
        InvalidNameError: it can have no such key. InvalidValueError: the data cannot be kept.
    """
    row = {
        "id": new_id(), "now": clock.now(), "key": checked_key(key), "type": type, "description": description,
        "data": data_text(data), "metadata": None if metadata is None else dumps(dict(metadata)),
        "flow_run_id": None if flow_run_id is None else str(flow_run_id),
        "task_run_id": None if task_run_id is None else str(task_run_id),
    }  # fmt: skip
    return from_row(store.write("artifacts.insert", row)[0])


def update(
    store: Store,
    artifact_id: UUID | str,
    *,
    data: Any = None,
    description: str | None = None,
    metadata: Mapping[str, str] | None = None,
    type: str | None = None,
) -> Artifact:
    """Change what is given about an artifact and return it.

    Args:
        store: where it is kept.
        artifact_id: the artifact.
        data: its content.
        description: what it is.
        metadata: facts about it.
        type: only if it is of this kind.

    Raises:
        ObjectNotFound: there is none, or it is of another kind.
        InvalidValueError: the data cannot be kept.
    """
    changed = {
        "id": str(artifact_id), "now": clock.now(), "data": data_text(data), "description": description,
        "metadata": None if metadata is None else dumps(dict(metadata)), "type": type,
    }  # fmt: skip
    rows = store.write("artifacts.update", changed)
    if not rows:
        raise ObjectNotFound(
            f'no {f"{type} " if type else ""}artifact "{artifact_id}"', hint="pacc artifact ls"
        )
    return from_row(rows[0])


def read(store: Store, artifact_id: UUID | str) -> Artifact:
    """Return an artifact by its id.

    Raises:
        ObjectNotFound: there is none.
    """
    rows = store.read("artifacts.read", {"id": str(artifact_id)})
    if not rows:
        raise ObjectNotFound(f'no artifact "{artifact_id}"', hint="pacc artifact ls")
    return from_row(rows[0])


def latest(store: Store, key: str) -> Artifact | None:
    """Return the latest version of a key, `None` where there is none."""
    rows = store.read("artifacts.latest", {"key": key})
    return from_row(rows[0]) if rows else None


def versions(store: Store, key: str, *, limit: int | None = None) -> list[Artifact]:
    """Return the versions of a key, the latest first.

    Args:
        store: where they are kept.
        key: the key.
        limit: so many at most; all otherwise.

    Raises:
        ObjectNotFound: there is none; the message says what was perhaps meant.
    """
    rows = store.read("artifacts.versions", {"key": key, "limit": -1 if limit is None else limit})
    if not rows:
        raise _nothing(store, key)
    return [from_row(row) for row in rows]


def number_of_versions(store: Store, key: str) -> int:
    """Return how many versions a key has."""
    return int(store.read("artifacts.number_of_versions", {"key": key})[0]["versions"])


def change(store: Store, key: str, number: int | None = None) -> Change:
    """Return a version of a key and the one before it.

    Args:
        store: where they are kept.
        key: the key.
        number: the version, counted from 1; the latest by default.

    Raises:
        ObjectNotFound: there is no such key or version. InvalidValueError: it is the first version.
    """
    count = number_of_versions(store, key)
    wanted = count if number is None else number
    if wanted > count > 0:
        raise ObjectNotFound(
            f'the artifact "{key}" has no version {wanted}; the latest is {count}',
            hint=f"pacc artifact inspect {key}",
        )
    known = versions(store, key, limit=count - wanted + 2)
    if wanted < 2:
        raise InvalidValueError(f'version 1 of the artifact "{key}" is the first one: nothing was before it')
    return Change(wanted, before=known[-1], after=known[-2])


def find(store: Store, reference: str) -> Artifact:
    """Return the artifact a person means by a key (its latest version), an id or the beginning of one.

    Raises:
        ObjectNotFound: there is none; the message says what was perhaps meant.
    """
    found = latest(store, reference)
    if found is not None:
        return found
    if _BEGINNING_OF_ID.fullmatch(reference):
        rows = store.read("artifacts.by_prefix", {"reference": reference})
        if len(rows) == 1:
            return from_row(rows[0])
        if rows:
            raise ObjectNotFound(
                f'several artifacts have ids that begin with "{reference}"; write more of it'
            )
    raise _nothing(store, reference)


def select(
    store: Store,
    *,
    artifact_filter: ArtifactFilter | None = None,
    flow_run_filter: FlowRunFilter | None = None,
    task_run_filter: TaskRunFilter | None = None,
    sort: ArtifactSort | None = None,
    limit: int | None = None,
    offset: int = 0,
) -> list[Artifact]:
    """Return the artifacts that every filter given lets through, the newest first unless `sort` says otherwise."""
    store.journal.flush()
    wanted = filters.Wanted(None, flow_run_filter, task_run_filter, artifacts=artifact_filter)
    query = filters.select("artifact", wanted, sort=sort, limit=limit, offset=offset)
    return [from_row(row) for row in store.read_sql(query.sql, query.values)]


def select_latest(
    store: Store,
    *,
    artifact_filter: ArtifactCollectionFilter | None = None,
    flow_run_filter: FlowRunFilter | None = None,
    task_run_filter: TaskRunFilter | None = None,
    sort: ArtifactCollectionSort | None = None,
    limit: int | None = None,
    offset: int = 0,
) -> list[ArtifactCollection]:
    """Return the latest version of each key that every filter given lets through; see `select`."""
    store.journal.flush()
    wanted = filters.Wanted(None, flow_run_filter, task_run_filter, collections=artifact_filter)
    query = filters.select("artifact_collection", wanted, sort=sort, limit=limit, offset=offset)
    return [collection_of(from_row(row)) for row in store.read_sql(query.sql, query.values)]


def collection_of(artifact: Artifact) -> ArtifactCollection:
    """Return the latest version of a key as what stands for all of them."""
    return ArtifactCollection(
        id=artifact.id,
        key=artifact.key or "",
        latest_id=artifact.id,
        created=artifact.created,
        updated=artifact.updated,
        type=artifact.type,
        description=artifact.description,
        data=artifact.data,
        metadata_=artifact.metadata_,
        flow_run_id=artifact.flow_run_id,
        task_run_id=artifact.task_run_id,
    )


def delete(store: Store, artifact_id: UUID | str) -> None:
    """Remove one artifact; the version before it becomes the latest of its key.

    Raises:
        ObjectNotFound: there is none.
    """
    if not store.write("artifacts.delete", {"id": str(artifact_id)}):
        raise ObjectNotFound(f'no artifact "{artifact_id}"', hint="pacc artifact ls")


def delete_key(store: Store, key: str) -> int:
    """Remove all versions of a key and return how many there were.

    Raises:
        ObjectNotFound: there is none; the message says what was perhaps meant.
    """
    gone = store.write("artifacts.delete_key", {"key": key})
    if not gone:
        raise _nothing(store, key)
    return len(gone)


def _nothing(store: Store, key: str) -> ObjectNotFound:
    known = [row["key"] for row in store.read("artifacts.keys")]
    return ObjectNotFound(did_you_mean(ARTIFACT, key, known), hint=ARTIFACT.listing)
