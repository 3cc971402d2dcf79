"""Filters compiled to SQL let through exactly what a slow, plain reading of them lets through."""

from __future__ import annotations

import sqlite3
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import pacc.store
from pacc._internal.clock import to_datetime
from pacc._internal.jsontext import dumps
from pacc._internal.tagtext import tags_text
from pacc.schemas import filters as declared
from pacc.schemas.filters import FlowFilter, FlowRunFilter, TaskRunFilter
from pacc.schemas.sorting import FlowRunSort, FlowSort, TaskRunSort
from pacc.schemas.states import StateType
from pacc.store import filters
from pacc.store.filters import Wanted

SCHEMA = (Path(pacc.store.__file__).parent / "schema.sql").read_text()

# -- random worlds: small pools, so that filters often meet rows -------------------------------------------------------

IDS = {kind: [UUID(int=number << 32 | index) for index in range(4)] for number, kind in enumerate(
    ["flow", "flow_run", "task_run", "deployment", "maker"], 1
)}  # fmt: skip
NAMES = ["etl", "ETL-2", "a%b", "a_b", "axb", "Größe", "back\\slash", "quote'\"", "["]
TAGS = ["a", "A", "ab", "a,b", ",", '"', '","', "\\", '\\"', "ä", '["a"]', "", "%", "\x1f", "🎈"]
STATES = [("RUNNING", "Running"), ("RUNNING", "Retrying"), ("COMPLETED", "Completed"), ("FAILED", "TimedOut"),
          ("SCHEDULED", "Late"), ("SCHEDULED", "Scheduled"), ("CRASHED", "Crashed")]  # fmt: skip
SECOND = 1_000_000


def maybe(strategy):
    return st.none() | strategy


def some(pool):
    return st.lists(st.sampled_from(pool), max_size=3, unique=True)


moments = st.integers(0, 4).map(lambda seconds: seconds * SECOND)
makers = st.fixed_dictionaries(
    {"id": maybe(st.sampled_from(IDS["maker"])), "type": st.sampled_from(["SCHEDULE", 'Q"'])}
)


def world():
    """Flows, flow runs and task runs, each a dict; references may lead nowhere."""
    times = {
        name: maybe(moments)
        for name in ("start_time", "end_time", "expected_start_time", "next_scheduled_start_time")
    }
    flow = st.fixed_dictionaries({"name": st.sampled_from(NAMES), "tags": some(TAGS)})
    flow_run = st.fixed_dictionaries({
        "flow_id": st.sampled_from(IDS["flow"]), "name": st.sampled_from(NAMES), "tags": some(TAGS),
        "state": st.sampled_from(STATES), "deployment_id": maybe(st.sampled_from(IDS["deployment"])),
        "work_queue_name": maybe(st.sampled_from(NAMES)), "work_pool_name": maybe(st.sampled_from(NAMES)), "flow_version": maybe(st.sampled_from(NAMES)),
        "parent_flow_run_id": maybe(st.sampled_from(IDS["flow_run"])),
        "parent_task_run_id": maybe(st.sampled_from(IDS["task_run"])),
        "created_by": maybe(makers), **times,
    })  # fmt: skip
    task_run = st.fixed_dictionaries({
        "flow_run_id": maybe(st.sampled_from(IDS["flow_run"])), "name": st.sampled_from(NAMES), "tags": some(TAGS),
        "state": st.sampled_from(STATES), **times,
    })  # fmt: skip
    return st.fixed_dictionaries({
        "flow": st.lists(flow, min_size=4, max_size=4, unique_by=lambda one: one["name"]),
        "flow_run": st.lists(flow_run, max_size=4),
        "task_run": st.lists(task_run, max_size=4),
    }).map(numbered)  # fmt: skip


def numbered(drawn):
    for noun, rows in drawn.items():
        for index, row in enumerate(rows):
            row.update(id=IDS[noun][index], created=index, updated=-index)
    for index, run in enumerate(drawn["flow_run"]):
        run["idempotency_key"] = NAMES[index] if index % 2 else None
    return drawn


POOLS = {
    "FlowFilterId": IDS["flow"], "FlowRunFilterId": IDS["flow_run"], "TaskRunFilterId": IDS["task_run"],
    "FlowRunFilterDeploymentId": IDS["deployment"], "FlowRunFilterParentFlowRunId": IDS["flow_run"],
    "FlowRunFilterParentTaskRunId": IDS["task_run"], "TaskRunFilterFlowRunId": IDS["flow_run"],
    "FlowRunFilterStateType": list(StateType), "TaskRunFilterStateType": list(StateType),
    "FlowRunFilterStateName": [name for _, name in STATES],
    "TaskRunFilterStateName": [name for _, name in STATES], "FlowRunFilterTags": TAGS,
}  # fmt: skip


@st.composite
def criteria(draw, kind):
    """A filter of that class, each of its parts there or not."""
    return kind(**{field: draw(part(kind, field)) for field in kind.fields if draw(st.booleans())})


def part(kind, field):
    if field == "operator":
        return st.sampled_from(["and_", "or_"])
    if field in ("is_null_", "exists_"):
        return st.booleans()
    if field in ("before_", "after_"):
        return moments.map(to_datetime)
    if field == "like_":
        return st.sampled_from(["", "e", "ET", "%", "_", "\\", "a_", "ö", '"']) | st.text(
            st.characters(codec="utf-8", exclude_characters="\0"), max_size=4
        )
    if field == "id_":
        return some(IDS["maker"])
    if field == "type_":
        return some(["SCHEDULE", 'Q"', "Q"])
    if field == "all_":
        return some(TAGS)
    if field in ("any_", "not_any_"):
        return some(POOLS.get(kind.__name__, NAMES))
    nested = {name: value for name, value in vars(declared).items() if name.startswith(kind.__name__)}
    wanted = kind.__name__ + field.replace("_", "")
    return criteria(next(value for name, value in nested.items() if name.lower() == wanted.lower()))


# -- the plain reading -------------------------------------------------------------------------------------------------


def lower(text):
    """As a database lowers: ASCII only."""
    return "".join(chr(ord(one) + 32) if "A" <= one <= "Z" else one for one in text)


def holds(wanted, verdicts):
    """Parts are joined by the operator; a filter without parts lets everything through."""
    verdicts = list(verdicts)
    if getattr(wanted, "operator", "and_") == "or_":
        return any(verdicts) or not verdicts
    return all(verdicts)


def column_fits(wanted, value):
    tests = {
        "any_": lambda values: value in values,
        "not_any_": lambda values: value not in values,
        "like_": lambda text: lower(text) in lower(value),
        "before_": lambda moment: value is not None and to_datetime(value) <= moment,
        "after_": lambda moment: value is not None and to_datetime(value) >= moment,
        "is_null_": lambda unset: (value is None) == unset,
    }
    return holds(wanted, (tests[name](asked) for name, asked in wanted.given().items()))


def tags_fit(wanted, tags):
    tests = {
        "all_": lambda asked: set(asked) <= set(tags),
        "any_": lambda asked: bool(set(asked) & set(tags)),
        "is_null_": lambda empty: (not tags) == empty,
    }
    return holds(wanted, (tests[name](asked) for name, asked in wanted.given().items()))


def maker_fits(wanted, maker):
    tests = {
        "id_": lambda ids: maker is not None and maker["id"] in ids,
        "type_": lambda types: maker is not None and maker["type"] in types,
        "is_null_": lambda unset: (maker is None) == unset,
    }
    return holds(wanted, (tests[name](asked) for name, asked in wanted.given().items()))


def state_fits(wanted, state):
    return holds(
        wanted,
        (column_fits(asked, state[0 if name == "type" else 1]) for name, asked in wanted.given().items()),
    )


def flow_run_of_task_fits(wanted, value):
    if wanted.is_null_:
        return value is None
    return value is not None and (wanted.any_ is None or value in wanted.any_)


def fits(wanted, row, drawn):
    if wanted is None:
        return True
    special = {
        "tags": tags_fit, "state": state_fits, "created_by": maker_fits,
        "subflow_runs": lambda asked, _: asked.exists_ in (None, any(
            run["parent_task_run_id"] == row["id"] for run in drawn["flow_run"]
        )),
        "flow_run_id": flow_run_of_task_fits,
    }  # fmt: skip
    return holds(
        wanted,
        (special.get(name, column_fits)(asked, row.get(name)) for name, asked in wanted.given().items()),
    )


def plainly(noun, wanted, drawn):
    """The ids of the rows that fit every filter given, each noun's for the rows it is related to."""
    flows = [row for row in drawn["flow"] if fits(wanted.flows, row, drawn)]
    tasks = [row for row in drawn["task_run"] if fits(wanted.task_runs, row, drawn)]
    runs = [row for row in drawn["flow_run"] if fits(wanted.flow_runs, row, drawn)]
    with_tasks = [run for run in runs if any(task["flow_run_id"] == run["id"] for task in tasks)]
    if noun == "flow_run":
        kept = runs if wanted.task_runs is None else with_tasks
        of_flows = {flow["id"] for flow in flows}
        return {run["id"] for run in kept if wanted.flows is None or run["flow_id"] in of_flows}
    if noun == "flow":
        kept = runs if wanted.task_runs is None else with_tasks
        unasked = wanted.flow_runs is None and wanted.task_runs is None
        having = {run["flow_id"] for run in kept}
        return {flow["id"] for flow in flows if unasked or flow["id"] in having}
    of_flows = {flow["id"] for flow in flows}
    inside = {run["id"] for run in runs if wanted.flows is None or run["flow_id"] in of_flows}
    unasked = wanted.flow_runs is None and wanted.flows is None
    return {task["id"] for task in tasks if unasked or task["flow_run_id"] in inside}


# -- the database ------------------------------------------------------------------------------------------------------


def empty_database():
    connection = sqlite3.connect(":memory:")
    connection.executescript(SCHEMA)
    return connection


def database(drawn):
    connection = empty_database()
    for noun, rows in drawn.items():
        for row in rows:
            insert(connection, noun, columns_of(noun, row))
    return connection


def columns_of(noun, row):
    columns = {name: str(value) if isinstance(value, UUID) else value for name, value in row.items()}
    columns["tags"] = tags_text(row["tags"])
    if noun == "flow":
        return columns
    columns["state_type"], columns["state_name"] = columns.pop("state")
    columns.update(state_time=0, version=1, history="{}")
    if noun == "task_run":
        columns.update(task_key="", dynamic_key="")
        del columns["updated"]
    elif row["created_by"] is not None:
        columns["created_by"] = dumps(
            {
                "id": str(row["created_by"]["id"]),
                "type": row["created_by"]["type"],
                "display_value": '"id":"x"',
            }
        )
    return columns


def insert(connection, noun, columns):
    names, marks = ", ".join(columns), ", ".join("?" * len(columns))
    connection.execute(f"INSERT INTO {noun} ({names}) VALUES ({marks})", tuple(columns.values()))


def ids(connection, query):
    return [UUID(row[0]) for row in connection.execute(query.sql, query.values)]


wanteds = st.builds(
    Wanted, maybe(criteria(FlowFilter)), maybe(criteria(FlowRunFilter)), maybe(criteria(TaskRunFilter))
)
nouns = st.sampled_from(["flow", "flow_run", "task_run"])


@settings(max_examples=50)
@given(world(), nouns, wanteds)
def test_the_same_rows_are_let_through(drawn, noun, wanted):
    connection = database(drawn)
    expected = plainly(noun, wanted, drawn)
    found = ids(connection, filters.select(noun, wanted))
    count = filters.count(noun, wanted)
    assert set(found) == expected
    assert found == sorted(found, reverse=True), "the newest first"
    assert connection.execute(count.sql, count.values).fetchone() == (len(expected),)
    connection.close()


FILTERS = {"flow": FlowFilter, "flow_run": FlowRunFilter, "task_run": TaskRunFilter}
PARTS = [(noun, field) for noun, kind in FILTERS.items() for field in kind.fields if field != "operator"]


@pytest.mark.parametrize(("noun", "field"), PARTS)
@settings(max_examples=8)
@given(st.data())
def test_each_part_alone_lets_the_same_rows_through(noun, field, data):
    drawn = data.draw(world())
    asked = FILTERS[noun](**{field: data.draw(part(FILTERS[noun], field))})
    wanted = Wanted(**{f"{noun}s": asked})
    connection = database(drawn)
    assert set(ids(connection, filters.select(noun, wanted))) == plainly(noun, wanted, drawn), asked
    connection.close()


SORTS = {"flow": FlowSort, "flow_run": FlowRunSort, "task_run": TaskRunSort}


def rank(noun, sort):
    """What a row is ranked by, unset values first of all, or last where Prefect's order has them last."""
    column, _, direction = sort.rpartition("_")
    column = column.lower()

    def key(row):
        value = row[column]
        if column == "start_time" and value is None:
            value = row["expected_start_time"]
        if column == "next_scheduled_start_time":
            return (value is None, value)
        return (value is not None, value) if not isinstance(value, str) else value.encode()

    return key, direction == "DESC"


@settings(max_examples=40)
@given(world(), nouns.flatmap(lambda noun: st.tuples(st.just(noun), st.sampled_from(list(SORTS[noun])))),
       maybe(st.integers(0, 5)), st.integers(0, 5))  # fmt: skip
def test_orders_and_pages_are_those_of_a_plain_sort(drawn, order, limit, offset):
    noun, sort = order
    connection = database(drawn)
    key, descending = rank(noun, sort)
    newest_first = sorted(drawn[noun], key=lambda row: row["id"], reverse=True)
    ranked = [row["id"] for row in sorted(newest_first, key=sortable(key), reverse=descending)]
    page = ranked[offset:] if limit is None else ranked[offset : offset + limit]
    assert ids(connection, filters.select(noun, Wanted(), sort=sort, limit=limit, offset=offset)) == page
    connection.close()


def sortable(key):
    """Unset values compare with one another."""

    def safe(row):
        ranked = key(row)
        return (ranked[0], 0 if ranked[1] is None else ranked[1]) if isinstance(ranked, tuple) else ranked

    return safe


HOSTILE = ["'; DROP TABLE flow_run; --", '" OR 1=1 --', "%' OR '1'='1", "\\", "?", ":name", "') OR ('1'='1"]


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_a_user_writes_becomes_sql(text):
    wanted = Wanted(
        flows=FlowFilter(name={"any_": [text], "like_": text}, tags={"all_": [text]}),
        flow_runs=FlowRunFilter(
            tags={"any_": [text]}, state={"name": {"any_": [text]}}, created_by={"type_": [text]}
        ),
    )
    query = filters.select("flow_run", wanted)
    assert text not in query.sql.replace("ESCAPE '\\'", "").replace("?", "" if text == "?" else "?")
    connection = empty_database()
    assert connection.execute(query.sql, query.values).fetchall() == []
    connection.close()


@pytest.mark.parametrize(("name", "number"), [("limit", -1), ("offset", -1), ("limit", 2**63)])
def test_a_page_that_cannot_be_is_refused(name, number):
    with pytest.raises(ValueError, match=f"the {name} must be"):
        filters.select("flow_run", Wanted(), **{name: number})


def test_more_values_than_the_database_takes_are_refused_in_a_sentence():
    with pytest.raises(ValueError, match="30,000 values at most"):
        filters.count("flow", Wanted(FlowFilter(name={"any_": [str(number) for number in range(30_001)]})))


def test_a_pattern_longer_than_the_database_takes_is_refused_in_a_sentence():
    with pytest.raises(ValueError, match="10,000 characters at most"):
        filters.count("flow", Wanted(FlowFilter(name={"like_": "a" * 10_001})))


def test_as_many_values_as_are_allowed_are_taken():
    wanted = Wanted(FlowFilter(name={"any_": [str(number) for number in range(filters.MOST_VALUES)]}))
    query = filters.count("flow", wanted)
    connection = empty_database()
    assert connection.execute(query.sql, query.values).fetchone() == (0,)
    connection.close()


def plan(noun, wanted, **page):
    connection = empty_database()
    query = filters.select(noun, wanted, **page)
    steps = connection.execute(f"EXPLAIN QUERY PLAN {query.sql}", query.values).fetchall()
    connection.close()
    return "\n".join(step[3] for step in steps)


@pytest.mark.parametrize(
    "sort",
    ["ID_DESC", "START_TIME_ASC", "START_TIME_DESC", "EXPECTED_START_TIME_ASC", "EXPECTED_START_TIME_DESC"],
)
def test_listings_of_flow_runs_are_read_in_order_and_not_sorted(sort):
    assert "USE TEMP B-TREE FOR ORDER BY" not in plan("flow_run", Wanted(), sort=sort, limit=15)


def test_runs_that_have_not_ended_are_found_by_their_own_index():
    wanted = Wanted(flow_runs=FlowRunFilter(state={"type": {"any_": ["RUNNING", "PAUSED"]}}))
    assert "flow_run_by_open_state" in plan("flow_run", wanted, limit=15)


def test_runs_of_a_flow_and_tasks_of_a_run_are_found_by_index():
    flow = Wanted(flows=FlowFilter(name={"any_": ["etl"]}))
    run = Wanted(flow_runs=FlowRunFilter(id={"any_": [IDS["flow_run"][0]]}))
    assert "(flow_id=?)" in plan("flow_run", flow, limit=15)
    assert "(flow_run_id=?)" in plan("task_run", run, limit=15)


@pytest.mark.parametrize("flow", [{"name": {"any_": ["etl"]}}, {"id": {"any_": [IDS["flow"][0]]}}])
def test_the_newest_runs_of_one_flow_are_read_in_order_and_not_sorted(flow):
    steps = plan("flow_run", Wanted(flows=FlowFilter(**flow)), limit=15)
    assert "USE TEMP B-TREE FOR ORDER BY" not in steps
    assert "flow_run_by_flow" in steps


def test_a_moment_is_included_on_both_sides():
    run = numbered(
        {"flow": [], "flow_run": [{"start_time": SECOND, "tags": [], "state": STATES[0], "created_by": None,
                                   "flow_id": IDS["flow"][0], "name": "etl"}], "task_run": []}
    )  # fmt: skip
    connection = database(run)
    at = to_datetime(SECOND)
    for times, expected in [
        ({"before_": at, "after_": at}, 1),
        ({"after_": at + timedelta(microseconds=1)}, 0),
        ({"before_": at - timedelta(microseconds=1)}, 0),
    ]:
        wanted = Wanted(flow_runs=FlowRunFilter(start_time=times))
        assert len(ids(connection, filters.select("flow_run", wanted))) == expected
    connection.close()
