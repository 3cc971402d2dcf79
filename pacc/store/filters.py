"""The one place that compiles filters to SQL: known columns and bound values, nothing a user wrote becomes SQL text.

Every condition is something both SQLite and PostgreSQL understand; JSON columns are searched as text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from pacc._internal import clock
from pacc._internal.jsontext import quoted
from pacc._internal.tagtext import tag_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from pacc.schemas.criteria import Criteria
    from pacc.schemas.filters import (
        ArtifactCollectionFilter,
        ArtifactFilter,
        DeploymentFilter,
        FlowFilter,
        FlowRunFilter,
        TaskRunFilter,
    )

MOST_VALUES = 30_000
"""How many values one query may compare with; SQLite takes 32,766."""

MOST_CHARACTERS = 10_000
"""How long a `like_` may be; SQLite gives up on patterns of more than 50,000 bytes."""

ENDED = ("COMPLETED", "FAILED", "CANCELLED", "CRASHED")
"""The types of state that end a run, in the order the schema's partial indexes name them."""

_ENDED = frozenset(ENDED)
_NO_LIMIT = 2**63 - 1  # SQLite wants a limit before it takes an offset


class Query(NamedTuple):
    """A SELECT and the values it binds, in order."""

    sql: str
    values: tuple[object, ...]


class Wanted(NamedTuple):
    """What a listing is narrowed to: one filter per noun, each of which must hold."""

    flows: FlowFilter | None = None
    flow_runs: FlowRunFilter | None = None
    task_runs: TaskRunFilter | None = None
    deployments: DeploymentFilter | None = None
    artifacts: ArtifactFilter | None = None
    collections: ArtifactCollectionFilter | None = None


# -- whole queries -----------------------------------------------------------------------------------------------------


def select(
    noun: str, wanted: Wanted, *, sort: str | None = None, limit: int | None = None, offset: int = 0
) -> Query:
    """Compile a listing of all columns in the schema's order.

    Args:
        noun: the table, `flow`, `flow_run`, `task_run`, `deployment` or `artifact`, or `artifact_collection` for the latest
            artifact of each key.
        wanted: what to narrow it to.
        sort: an order of `pacc.schemas.sorting`; newest first otherwise.
        limit: so many rows at most; all of them otherwise.
        offset: rows to pass over first.

    Raises:
        ValueError: the limit or offset is negative, or the filters hold too many values.
    """
    condition = _narrowed(noun, wanted)
    order = ORDERS[noun][str(sort) if sort is not None else "ID_DESC"]
    rows, bounds = _page(limit, offset)
    table = _TABLES.get(noun, noun)
    return _checked(
        f"SELECT {table}.* FROM {table} WHERE {condition.sql} ORDER BY {order}{rows}",
        (*condition.values, *bounds),
    )


def ids(
    noun: str,
    wanted: Wanted,
    *,
    without: Iterable[Wanted] = (),
    sort: str | None = None,
    limit: int | None = None,
    offset: int = 0,
) -> Query:
    """Compile the ids of a listing and no more, as the only column, without what is in some other listings; see `select`."""
    left_out = [_narrowed(noun, each) for each in without]
    unless = [Query(f"({each.sql}) IS NOT TRUE", each.values) for each in left_out]
    condition = _all_of([_narrowed(noun, wanted), *unless])
    order = ORDERS[noun][str(sort) if sort is not None else "ID_DESC"]
    page, values = _page(limit, offset)
    sql = f"SELECT {noun}.id FROM {noun} WHERE {condition.sql} ORDER BY {order}{page}"
    return _checked(sql, (*condition.values, *values))


def count(noun: str, wanted: Wanted) -> Query:
    """Compile the number of rows, as the only column of the only row."""
    condition = _narrowed(noun, wanted)
    return _checked(f"SELECT count(*) FROM {_TABLES.get(noun, noun)} WHERE {condition.sql}", condition.values)


def _checked(sql: str, values: tuple[object, ...]) -> Query:
    if len(values) > MOST_VALUES:
        raise ValueError(f"a query can compare with {MOST_VALUES:,} values at most, not with {len(values):,}")
    return Query(sql, values)


def _page(limit: int | None, offset: int) -> tuple[str, tuple[int, ...]]:
    for name, number in (("limit", limit), ("offset", offset)):
        if number is not None and not 0 <= number <= _NO_LIMIT:
            raise ValueError(f"the {name} must be a whole number from 0 on, not {number!r}")
    if offset:
        return " LIMIT ? OFFSET ?", (_NO_LIMIT if limit is None else limit, offset)
    return ("", ()) if limit is None else (" LIMIT ?", (limit,))


def _orders(noun: str, **by: str) -> dict[str, str]:
    newest = f"{noun}.id DESC"
    return {"ID_DESC": newest, **{name: f"{order}, {newest}" for name, order in by.items()}}


_OF_ARTIFACTS = {
    "CREATED_DESC": "artifact.created DESC",
    "UPDATED_DESC": "artifact.updated DESC",
    "KEY_DESC": "artifact.key DESC NULLS LAST",
    "KEY_ASC": "artifact.key ASC NULLS FIRST",
}

# Where NULLs go is said out loud, because the two databases differ; it is SQLite's own way, so its indexes serve.
ORDERS: dict[str, dict[str, str]] = {
    "flow": _orders(
        "flow",
        CREATED_DESC="flow.created DESC",
        UPDATED_DESC="flow.updated DESC",
        NAME_ASC="flow.name ASC",
        NAME_DESC="flow.name DESC",
    ),
    "flow_run": _orders(
        "flow_run",
        START_TIME_ASC="coalesce(flow_run.start_time, flow_run.expected_start_time) ASC NULLS FIRST",
        START_TIME_DESC="coalesce(flow_run.start_time, flow_run.expected_start_time) DESC NULLS LAST",
        EXPECTED_START_TIME_ASC="flow_run.expected_start_time ASC NULLS FIRST",
        EXPECTED_START_TIME_DESC="flow_run.expected_start_time DESC NULLS LAST",
        NAME_ASC="flow_run.name ASC",
        NAME_DESC="flow_run.name DESC",
        NEXT_SCHEDULED_START_TIME_ASC="flow_run.next_scheduled_start_time ASC NULLS LAST",
        END_TIME_DESC="flow_run.end_time DESC NULLS LAST",
    ),
    "task_run": _orders(
        "task_run",
        EXPECTED_START_TIME_ASC="task_run.expected_start_time ASC NULLS FIRST",
        EXPECTED_START_TIME_DESC="task_run.expected_start_time DESC NULLS LAST",
        NAME_ASC="task_run.name ASC",
        NAME_DESC="task_run.name DESC",
        NEXT_SCHEDULED_START_TIME_ASC="task_run.next_scheduled_start_time ASC NULLS LAST",
        END_TIME_DESC="task_run.end_time DESC NULLS LAST",
    ),
    "deployment": _orders(
        "deployment",
        CREATED_DESC="deployment.created DESC",
        UPDATED_DESC="deployment.updated DESC",
        NAME_ASC="deployment.name ASC",
        NAME_DESC="deployment.name DESC",
        CONCURRENCY_LIMIT_ASC="deployment.concurrency_limit ASC NULLS LAST",
        CONCURRENCY_LIMIT_DESC="deployment.concurrency_limit DESC NULLS LAST",
    ),
    "artifact": _orders("artifact", **_OF_ARTIFACTS),
    "artifact_collection": _orders("artifact", **_OF_ARTIFACTS),
}
"""For each noun and each order its name has, the ORDER BY."""

_TABLES = {"artifact_collection": "artifact"}
"""The nouns that are no table of their own."""


# -- the filters of several nouns together -----------------------------------------------------------------------------


def _narrowed(noun: str, wanted: Wanted) -> Query:
    """Runs are looked up below their flow by a set of ids, which an index serves; what is above asks whether one exists."""
    return _NARROWED[noun](wanted)


def _narrowed_flows(wanted: Wanted) -> Query:
    return _all_of([_flow(wanted.flows), *_having_flow_runs(wanted), *_having_deployments(wanted)])


def _having_flow_runs(wanted: Wanted) -> Iterable[Query]:
    if wanted.flow_runs is not None or wanted.task_runs is not None:
        run = _all_of([_flow_run(wanted.flow_runs), *_having_task_runs(wanted)])
        yield _exists("flow_run WHERE flow_run.flow_id = flow.id", run)


def _having_deployments(wanted: Wanted) -> Iterable[Query]:
    if wanted.deployments is not None:
        yield _exists("deployment WHERE deployment.flow_id = flow.id", _deployment(wanted.deployments))


def _having_task_runs(wanted: Wanted) -> Iterable[Query]:
    if wanted.task_runs is not None:
        yield _exists("task_run WHERE task_run.flow_run_id = flow_run.id", _task_run(wanted.task_runs))


def _narrowed_flow_runs(wanted: Wanted) -> Query:
    of = (*_of_flows(wanted), *_of_deployments(wanted))
    return _all_of([_flow_run(wanted.flow_runs), *of, *_having_task_runs(wanted)])


def _of_flows(wanted: Wanted, noun: str = "flow_run") -> Iterable[Query]:
    if wanted.flows is not None:
        one = _names_one(wanted.flows, "id") or _names_one(wanted.flows, "name")
        yield _within(f"{noun}.flow_id", "SELECT flow.id FROM flow", _flow(wanted.flows), one=one)


def _of_deployments(wanted: Wanted) -> Iterable[Query]:
    if wanted.deployments is not None:
        one = _names_one(wanted.deployments, "id")
        source = "SELECT deployment.id FROM deployment"
        yield _within("flow_run.deployment_id", source, _deployment(wanted.deployments), one=one)


def _narrowed_task_runs(wanted: Wanted) -> Query:
    return _all_of([_task_run(wanted.task_runs), *_of_flow_runs(wanted)])


def _of_flow_runs(wanted: Wanted) -> Iterable[Query]:
    if any(each is not None for each in (wanted.flow_runs, wanted.flows, wanted.deployments)):
        run = _all_of([_flow_run(wanted.flow_runs), *_of_flows(wanted), *_of_deployments(wanted)])
        one = _names_one(wanted.flow_runs, "id")
        yield _within("task_run.flow_run_id", "SELECT flow_run.id FROM flow_run", run, one=one)


def _narrowed_deployments(wanted: Wanted) -> Query:
    having = _having_flow_runs_made(wanted)
    return _all_of([_deployment(wanted.deployments), *_of_flows(wanted, "deployment"), *having])


def _having_flow_runs_made(wanted: Wanted) -> Iterable[Query]:
    if wanted.flow_runs is not None or wanted.task_runs is not None:
        run = _all_of([_flow_run(wanted.flow_runs), *_having_task_runs(wanted)])
        yield _exists("flow_run WHERE flow_run.deployment_id = deployment.id", run)


def _narrowed_artifacts(wanted: Wanted) -> Query:
    return _all_of([_artifact(wanted.artifacts), *_made_by_runs(wanted)])


def _narrowed_collections(wanted: Wanted) -> Query:
    newer = "SELECT 1 FROM artifact AS newer WHERE newer.key = artifact.key AND newer.id > artifact.id"
    latest = Query(f"(artifact.key IS NOT NULL AND NOT EXISTS ({newer}))", ())
    return _all_of([latest, _collection(wanted.collections), *_made_by_runs(wanted)])


def _made_by_runs(wanted: Wanted) -> Iterable[Query]:
    if wanted.flow_runs is not None:
        one, source = _names_one(wanted.flow_runs, "id"), "SELECT flow_run.id FROM flow_run"
        yield _within("artifact.flow_run_id", source, _flow_run(wanted.flow_runs), one=one)
    if wanted.task_runs is not None:
        one, source = _names_one(wanted.task_runs, "id"), "SELECT task_run.id FROM task_run"
        yield _within("artifact.task_run_id", source, _task_run(wanted.task_runs), one=one)


def _exists(source: str, condition: Query) -> Query:
    return Query(f"EXISTS (SELECT 1 FROM {source} AND {condition.sql})", condition.values)


def _within(column: str, source: str, condition: Query, *, one: bool) -> Query:
    """Compare with one value where there can be but one: then an index serves the order as well."""
    return Query(f"{column} {'=' if one else 'IN'} ({source} WHERE {condition.sql})", condition.values)


def _names_one(criteria: Criteria | None, unique: str) -> bool:
    """Say whether a filter asks, besides whatever else, for a single value of a column that is unique."""
    part = getattr(criteria, unique, None)
    one = part is not None and part.any_ is not None and len(part.any_) == 1
    return one and getattr(criteria, "operator", None) == "and_"


_NARROWED: dict[str, Callable[[Wanted], Query]] = {
    "flow": _narrowed_flows,
    "flow_run": _narrowed_flow_runs,
    "task_run": _narrowed_task_runs,
    "deployment": _narrowed_deployments,
    "artifact": _narrowed_artifacts,
    "artifact_collection": _narrowed_collections,
}


# -- joining conditions ------------------------------------------------------------------------------------------------

_TRUE = Query("TRUE", ())
_FALSE = Query("FALSE", ())


def _all_of(conditions: Iterable[Query]) -> Query:
    return _joined(" AND ", [condition for condition in conditions if condition is not _TRUE])


def _joined(word: str, conditions: Sequence[Query]) -> Query:
    if not conditions:
        return _TRUE
    if len(conditions) == 1:
        return conditions[0]
    values = tuple(value for condition in conditions for value in condition.values)
    return Query(f"({word.join(condition.sql for condition in conditions)})", values)


def _parts(criteria: Criteria, tests: dict[str, Callable[[Any], Query]]) -> Query:
    """Join the conditions of the parts that are set, by the filter's operator; a filter without parts holds."""
    word = " OR " if getattr(criteria, "operator", "and_") == "or_" else " AND "
    return _joined(word, [tests[name](part) for name, part in criteria.given().items()])


# -- one filter of one noun --------------------------------------------------------------------------------------------


def _flow(criteria: FlowFilter | None) -> Query:
    return _TRUE if criteria is None else _parts(criteria, _FLOW)


def _flow_run(criteria: FlowRunFilter | None) -> Query:
    return _TRUE if criteria is None else _parts(criteria, _FLOW_RUN)


def _task_run(criteria: TaskRunFilter | None) -> Query:
    return _TRUE if criteria is None else _parts(criteria, _TASK_RUN)


def _deployment(criteria: DeploymentFilter | None) -> Query:
    return _TRUE if criteria is None else _parts(criteria, _DEPLOYMENT)


def _artifact(criteria: ArtifactFilter | None) -> Query:
    return _TRUE if criteria is None else _parts(criteria, _ARTIFACT)


def _collection(criteria: ArtifactCollectionFilter | None) -> Query:
    return _TRUE if criteria is None else _parts(criteria, _COLLECTION)


def _column(column: str) -> Callable[[Criteria], Query]:
    """Return what compiles a part that asks about one column."""
    tests: dict[str, Callable[[Any], Query]] = {
        "any_": lambda values: _one_of(column, values),
        "not_any_": lambda values: _none_of(column, values),
        "like_": lambda text: _contains(column, text),
        "before_": lambda moment: Query(f"{column} <= ?", (clock.from_datetime(moment),)),
        "after_": lambda moment: Query(f"{column} >= ?", (clock.from_datetime(moment),)),
        "ge_": lambda number: Query(f"{column} >= ?", (number,)),
        "le_": lambda number: Query(f"{column} <= ?", (number,)),
        "is_null_": lambda unset: Query(f"{column} IS NULL" if unset else f"{column} IS NOT NULL", ()),
        "exists_": lambda there: Query(f"{column} IS NOT NULL" if there else f"{column} IS NULL", ()),
    }
    return lambda criteria: _parts(criteria, tests)


def _one_of(column: str, values: Sequence[object]) -> Query:
    if not values:
        return _FALSE
    return Query(f"{column} IN ({_marks(values)})", tuple(map(str, values)))


def _none_of(column: str, values: Sequence[object]) -> Query:
    """An unset column is none of the values: plain NOT IN would leave it out."""
    if not values:
        return _TRUE
    return Query(f"({column} IS NULL OR {column} NOT IN ({_marks(values)}))", tuple(map(str, values)))


def _marks(values: Sequence[object]) -> str:
    return ", ".join("?" * len(values))


def _contains(column: str, text: str) -> Query:
    if len(text) > MOST_CHARACTERS:
        raise ValueError(f"`like_` takes {MOST_CHARACTERS:,} characters at most, not {len(text):,}")
    literal = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return Query(f"lower({column}) LIKE lower(?) ESCAPE '\\'", (f"%{literal}%",))


# -- columns of JSON text ----------------------------------------------------------------------------------------------


def _holds(column: str, text: str) -> Query:
    """Both databases know `replace`, it minds the case, and no character is special to it."""
    return Query(f"replace({column}, ?, '') <> {column}", (text,))


def _tags(column: str) -> Callable[[Criteria], Query]:
    """Tags are stored so that no quote and no comma stands inside one; so a quoted tag is found nowhere else."""
    tests: dict[str, Callable[[Any], Query]] = {
        "all_": lambda tags: _joined(" AND ", [_holds(column, tag_text(tag)) for tag in tags]),
        "any_": lambda tags: (
            _joined(" OR ", [_holds(column, tag_text(tag)) for tag in tags]) if tags else _FALSE
        ),
        "is_null_": lambda empty: Query(f"{column} = '[]'" if empty else f"{column} <> '[]'", ()),
    }
    return lambda criteria: _parts(criteria, tests)


def _created_by(criteria: Criteria) -> Query:
    column = "flow_run.created_by"
    return _parts(
        criteria,
        {
            "id_": lambda ids: _one_member(column, "id", ids),
            "type_": lambda types: _one_member(column, "type", types),
            "is_null_": lambda unset: Query(f"{column} IS NULL" if unset else f"{column} IS NOT NULL", ()),
        },
    )


def _one_member(column: str, name: str, values: Sequence[object]) -> Query:
    wanted = [_holds(column, f'"{name}":{quoted(str(value))}') for value in values]
    return _joined(" OR ", wanted) if wanted else _FALSE


# -- parts that are no column ------------------------------------------------------------------------------------------


def _state(noun: str) -> Callable[[Criteria], Query]:
    tests = {"type": _state_type(f"{noun}.state_type"), "name": _column(f"{noun}.state_name")}
    return lambda criteria: _parts(criteria, tests)


def _state_type(column: str) -> Callable[[Criteria], Query]:
    """What has not ended is rare and has an index of its own, which serves only a query that says so in its text."""
    test = _column(column)

    def compiled(criteria: Any) -> Query:
        condition = test(criteria)
        if not criteria.any_ or not _ENDED.isdisjoint(criteria.any_):
            return condition
        return Query(f"({condition.sql} AND {column} NOT IN {ENDED})", condition.values)

    return compiled


def _flow_run_of_task(criteria: Any) -> Query:
    column = "task_run.flow_run_id"
    if criteria.is_null_:
        return Query(f"{column} IS NULL", ())
    return Query(f"{column} IS NOT NULL", ()) if criteria.any_ is None else _one_of(column, criteria.any_)


def _nested_runs(criteria: Any) -> Query:
    if criteria.exists_ is None:
        return _TRUE
    found = "EXISTS (SELECT 1 FROM flow_run AS nested WHERE nested.parent_task_run_id = task_run.id)"
    return Query(found if criteria.exists_ else f"NOT {found}", ())


_FLOW = {"id": _column("flow.id"), "name": _column("flow.name"), "tags": _tags("flow.tags")}

_FLOW_RUN = {
    **{
        name: _column(f"flow_run.{name}")
        for name in (
            "id",
            "name",
            "deployment_id",
            "work_queue_name",
            "work_pool_name",
            "flow_version",
            "start_time",
            "end_time",
            "expected_start_time",
            "next_scheduled_start_time",
            "parent_flow_run_id",
            "parent_task_run_id",
            "idempotency_key",
        )
    },
    "tags": _tags("flow_run.tags"),
    "state": _state("flow_run"),
    "created_by": _created_by,
}

_TASK_RUN = {
    **{name: _column(f"task_run.{name}") for name in ("id", "name", "start_time", "end_time")},
    "tags": _tags("task_run.tags"),
    "state": _state("task_run"),
    "subflow_runs": _nested_runs,
    "flow_run_id": _flow_run_of_task,
}

_DEPLOYMENT = {
    **{
        name: _column(f"deployment.{name}")
        for name in ("id", "name", "work_queue_name", "work_pool_name", "concurrency_limit")
    },
    "tags": _tags("deployment.tags"),
}

_ARTIFACT = {
    name: _column(f"artifact.{name}") for name in ("id", "key", "flow_run_id", "task_run_id", "type")
}

_COLLECTION = {**_ARTIFACT, "latest_id": _column("artifact.id")}
