"""Assets: made known, made anew by runs, listed, removed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from pacc._internal import clock
from pacc._internal.ids import new_id
from pacc._internal.jsontext import dumps
from pacc.exceptions import ObjectNotFound
from pacc.schemas.assets import AssetProperties, checked_asset_key
from pacc.services.references import ASSET, did_you_mean
from pacc.store.assets import asset_from_row, materialization_from_row

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from pacc.schemas.assets import Materialization, StoredAsset
    from pacc.store import Store

_NOTHING_TOLD = AssetProperties()


class Made(NamedTuple):
    """One asset that a task run made anew, or failed to."""

    key: str
    properties: AssetProperties | None = None
    """What is told of it; what is not given stays as it was."""
    metadata: Mapping[str, Any] | None = None
    """What the task tells of it."""


class Maker(NamedTuple):
    """The task run that makes assets anew."""

    task_run_id: str
    run_name: str
    flow_run_id: str | None = None
    by: str | None = None
    """The tool it uses."""


def record(
    store: Store, made: Iterable[Made], maker: Maker, *, succeeded: bool, upstream: Sequence[str] = ()
) -> None:
    """Record that a task run made assets anew, or failed to, and that they were made of others; all at once.

    Args:
        store: where they are kept.
        made: the assets.
        maker: the task run.
        succeeded: whether it ended well.
        upstream: the keys of the assets they were made of.

    Raises:
        InvalidNameError: an asset can have no such key.
    """
    now = clock.now()
    steps: list[tuple[str, Mapping[str, object]]] = [
        ("assets.put", _told(key, None, now)) for key in upstream
    ]
    for each in made:
        happened = {
            "id": new_id(), "key": each.key, "now": now, "succeeded": int(succeeded), "materialized_by": maker.by,
            "upstream": dumps(list(upstream)), "metadata": dumps(dict(each.metadata)) if each.metadata else None,
            "flow_run_id": maker.flow_run_id, "task_run_id": maker.task_run_id, "run_name": maker.run_name,
        }  # fmt: skip
        steps += [
            ("assets.put", _told(each.key, each.properties, now)),
            ("assets.materialized", {"key": each.key, "now": now, "succeeded": int(succeeded)}),
            ("assets.record", happened),
        ]
    store.write_all(*steps)


def _told(key: str, properties: AssetProperties | None, now: int) -> dict[str, object]:
    told = properties or _NOTHING_TOLD
    owners = None if told.owners is None else dumps(list(told.owners))
    return {
        "key": checked_asset_key(key), "now": now, "name": told.name, "url": told.url,
        "description": told.description, "owners": owners,
    }  # fmt: skip


def read(store: Store, key: str) -> StoredAsset:
    """Return an asset by its key.

    Raises:
        ObjectNotFound: it is not known; the message says what was perhaps meant.
    """
    rows = store.read("assets.read", {"key": key})
    if not rows:
        raise _nothing(store, key)
    return asset_from_row(rows[0])


def select(
    store: Store, *, prefix: str | None = None, search: str | None = None, limit: int | None = None
) -> list[StoredAsset]:
    """Return assets by key.

    Args:
        store: where they are kept.
        prefix: only those whose keys begin with it.
        search: only those whose keys hold it, whatever the case.
        limit: so many at most; all otherwise.
    """
    pattern = None if search is None else search.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    wanted = {"prefix": prefix, "search": pattern, "limit": -1 if limit is None else limit}
    return [asset_from_row(row) for row in store.read("assets.select", wanted)]


def materializations(store: Store, key: str, *, limit: int | None = None) -> list[Materialization]:
    """Return the times an asset was made anew, or was not, the newest first."""
    wanted = {"key": key, "limit": -1 if limit is None else limit}
    return [materialization_from_row(row) for row in store.read("assets.materializations", wanted)]


def downstream(store: Store, key: str) -> list[str]:
    """Return the keys of the assets that were made of this one."""
    return [row["asset_key"] for row in store.read("assets.downstream", {"quoted": dumps(key)})]


def delete(store: Store, key: str) -> None:
    """Forget an asset and when it was made; the thing itself stays where it is.

    Raises:
        ObjectNotFound: it is not known.
    """
    if not store.write("assets.delete", {"key": key}):
        raise _nothing(store, key)


def _nothing(store: Store, key: str) -> ObjectNotFound:
    known = [row["key"] for row in store.read("assets.keys")]
    return ObjectNotFound(did_you_mean(ASSET, key, known), hint=ASSET.listing)
