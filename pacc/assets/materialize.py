"""`@materialize`: a task that makes assets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from pacc.assets.core import as_asset
from pacc.tasks import Task

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pacc.assets.core import Asset

P = ParamSpec("P")
R = TypeVar("R")

__all__ = ["MaterializingTask", "materialize"]


class MaterializingTask(Task[P, R]):
    """A task whose runs make assets anew. Made by `@materialize`.

    Args:
        fn: the function.
        assets: what it makes, or the keys.
        materialized_by: the tool it uses.
        **options: whatever `Task` takes.

    >>> from pacc.assets import materialize
    >>> @materialize("file:///rows.csv", by="dbt")
    ... def rows():
    ...     return 3
    >>> rows.assets, rows.materialized_by
    ((Asset(key='file:///rows.csv'),), 'dbt')
    """

    def __init__(
        self,
        fn: Callable[P, R],
        *,
        assets: Sequence[str | Asset] = (),
        materialized_by: str | None = None,
        **options: Any,
    ) -> None:
        super().__init__(fn, **options)
        self.assets = tuple(map(as_asset, assets))
        self.materialized_by = materialized_by

    def with_options(self, **changes: Any) -> MaterializingTask[P, R]:
        """Return a copy of the task with some options changed, `assets` and `materialized_by` among them.

        Raises:
            TypeError: there is no such option.

        >>> from pacc.assets import materialize
        >>> @materialize("file:///rows.csv")
        ... def rows():
        ...     return 3
        >>> rows.with_options(assets=["file:///columns.csv"]).assets
        (Asset(key='file:///columns.csv'),)
        """
        assets = changes.pop("assets", self.assets)
        by = changes.pop("materialized_by", self.materialized_by)
        copy: Any = super().with_options(**changes)
        copy.assets = tuple(map(as_asset, assets))
        copy.materialized_by = by
        return copy  # type: ignore[no-any-return]


def materialize(
    *assets: str | Asset, by: str | None = None, **task_kwargs: Any
) -> Callable[[Callable[P, R]], MaterializingTask[P, R]]:
    """Make a task that makes assets; each of its runs is recorded with them and with what they were made of.

    Args:
        *assets: the assets, or their keys.
        by: the tool the task uses.
        **task_kwargs: whatever `@task` takes.

    Raises:
        TypeError: no asset was named.
        InvalidNameError: an asset can have no such key.

    >>> @materialize("file:///rows.csv")
    ... def rows():
    ...     return 3
    >>> rows.name
    'rows'
    """
    if not assets or callable(assets[0]):
        raise TypeError(
            '`@materialize` takes the assets that the task makes: `@materialize("s3://bucket/rows.csv")`'
        )

    def decorate(fn: Callable[P, R]) -> MaterializingTask[P, R]:
        return MaterializingTask(fn, assets=assets, materialized_by=by, **task_kwargs)

    return decorate
