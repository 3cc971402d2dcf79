"""`pacc.runtime`: what a run may know of itself, inside, outside and overridden."""

from __future__ import annotations

import asyncio
import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import pytest

import pacc.runtime
from pacc import flow, runtime, tags, task
from pacc.context import (
    FlowRunContext,
    TagsContext,
    TaskRunContext,
    get_run_context,
    use_profile,
    with_context,
)
from pacc.exceptions import MissingContextError

FLOW_RUN = [
    "api_url", "flow_name", "flow_version", "id", "job_variables", "name", "parameters",
    "parent_deployment_id", "parent_flow_run_id", "root_flow_run_id", "run_count", "scheduled_start_time",
    "tags", "ui_url",
]  # fmt: skip
TASK_RUN = ["api_url", "id", "name", "parameters", "run_count", "tags", "task_name", "ui_url"]
DEPLOYMENT = ["flow_run_id", "id", "name", "parameters", "version"]


@pytest.mark.parametrize(
    ("module", "names"),
    [(runtime.flow_run, FLOW_RUN), (runtime.task_run, TASK_RUN), (runtime.deployment, DEPLOYMENT)],
    ids=["flow_run", "task_run", "deployment"],
)
def test_every_attribute_is_listed_and_has_a_default_outside_a_run(module, names):
    assert module.__all__ == dir(module) == names
    given = {name: getattr(module, name) for name in names if name != "scheduled_start_time"}
    empty = {"parameters": {}, "tags": [], "run_count": 0}
    assert given == {name: empty.get(name) for name in given}


def test_outside_a_run_the_scheduled_start_is_now():
    lateness = dt.datetime.now(dt.UTC) - runtime.flow_run.scheduled_start_time
    assert abs(lateness.total_seconds()) < 5


def test_a_flow_knows_itself(colour, recorded):
    def look():
        return {name: getattr(runtime.flow_run, name) for name in FLOW_RUN}

    @colour.flow(name="my-flow", version="7")
    def my_flow(x):
        return look()

    with tags("b", "a"):
        seen = colour.call(my_flow, 1)
    run = recorded.flow_run()
    assert seen["id"] == seen["root_flow_run_id"] == str(run.id)
    assert (seen["name"], seen["flow_name"], seen["flow_version"]) == (run.name, "my-flow", "7")
    assert (seen["tags"], seen["parameters"], seen["run_count"]) == (["a", "b"], {"x": 1}, 1)
    assert seen["scheduled_start_time"] == run.expected_start_time
    assert seen["parent_flow_run_id"] is None


def test_a_task_knows_itself_and_its_flow(colour, recorded):
    @colour.task(tags=["network"])
    def my_task(y):
        both = {name: getattr(runtime.task_run, name) for name in TASK_RUN}
        return both, runtime.flow_run.parameters, runtime.flow_run.id

    own, of_flow, flow_run_id = colour.call(colour.flow(lambda x: my_task(2)), 1)
    run = recorded.task_run()
    assert (own["id"], own["name"], own["task_name"]) == (str(run.id), run.name, "my_task")
    assert (own["parameters"], own["tags"], own["run_count"]) == ({"y": 2}, ["network"], 1)
    assert (of_flow, flow_run_id) == ({"x": 1}, str(recorded.flow_run().id))


def test_parameters_are_the_coerced_ones():
    @flow
    def typed(number: int):
        return runtime.flow_run.parameters, runtime.deployment.parameters

    assert typed("3") == ({"number": 3}, {"number": 3})


def test_a_nested_flow_knows_its_parent_and_its_root(recorded):
    @flow
    def inner():
        return runtime.flow_run.parent_flow_run_id, runtime.flow_run.root_flow_run_id

    outer = flow(lambda: inner())
    parent_id, root_id = outer()
    assert parent_id == root_id == str(recorded.flow_runs()[0].id)


def test_run_count_counts_the_attempts():
    seen = []

    @flow(retries=2)
    def failing():
        seen.append(runtime.flow_run.run_count)
        raise ValueError

    failing(return_state=True)
    assert seen == [1, 2, 3]


def test_changing_what_was_handed_out_changes_nothing():
    @flow
    def pipeline(x):
        runtime.flow_run.parameters["x"] = 2
        runtime.flow_run.tags.append("more")
        return runtime.flow_run.parameters, runtime.flow_run.tags

    assert pipeline(1) == ({"x": 1}, [])


def test_a_run_from_no_deployment_has_none():
    @flow
    def pipeline():
        return runtime.deployment.id, runtime.deployment.name, runtime.deployment.flow_run_id

    deployment_id, name, flow_run_id = pipeline()
    assert (deployment_id, name) == (None, None)
    assert flow_run_id is not None


@pytest.mark.parametrize(
    ("variable", "text", "expected"),
    [
        ("FLOW_RUN__NAME", "noisy-raccoon", "noisy-raccoon"),
        ("FLOW_RUN__RUN_COUNT", "7", 7),
        (
            "FLOW_RUN__SCHEDULED_START_TIME",
            "2026-11-21T08:00:00Z",
            dt.datetime(2026, 11, 21, 8, tzinfo=dt.UTC),
        ),
        ("FLOW_RUN__SCHEDULED_START_TIME", "2026-11-21", dt.datetime(2026, 11, 21, tzinfo=dt.UTC)),
        ("FLOW_RUN__NEW_ONE", "text", "text"),
        ("TASK_RUN__TASK_NAME", "fetch", "fetch"),
        ("DEPLOYMENT__ID", "abc", "abc"),
    ],
)
def test_the_environment_overrides_an_attribute(monkeypatch, variable, text, expected):
    monkeypatch.setenv(f"PACC__RUNTIME__{variable}", text)
    module, name = variable.lower().split("__")
    value = getattr(getattr(pacc.runtime, module), name)
    assert value == expected
    assert type(value) is type(expected)


def test_the_environment_overrides_inside_a_run_as_well(monkeypatch):
    monkeypatch.setenv("PACC__RUNTIME__FLOW_RUN__FLOW_NAME", "pretended")
    assert flow(lambda: runtime.flow_run.flow_name)() == "pretended"


@pytest.mark.parametrize("name", ["TAGS", "PARAMETERS"])
def test_collections_cannot_be_overridden(monkeypatch, name):
    monkeypatch.setenv(f"PACC__RUNTIME__FLOW_RUN__{name}", "[]")
    with pytest.raises(ValueError, match=f"{name} cannot stand for a"):
        getattr(runtime.flow_run, name.lower())


def test_an_override_of_the_wrong_kind_is_refused(monkeypatch):
    monkeypatch.setenv("PACC__RUNTIME__FLOW_RUN__RUN_COUNT", "many")
    with pytest.raises(ValueError, match="'many', which is no int"):
        runtime.flow_run.run_count  # noqa: B018 - reading it is the test


def test_an_unknown_attribute_names_the_known_ones():
    with pytest.raises(AttributeError, match=r"has no attribute 'nonsense'; it has: api_url, flow_name"):
        runtime.flow_run.nonsense  # noqa: B018 - as above


def test_the_context_is_there_inside_and_gone_outside(colour):
    @colour.task
    def inside():
        flow_context, task_context = FlowRunContext.get(), TaskRunContext.get()
        return flow_context, task_context, get_run_context()

    flow_context, task_context, innermost = colour.call(colour.flow(lambda: inside()))
    assert innermost is task_context
    assert task_context.flow_context is flow_context
    assert flow_context.flow_run.name == flow_context.run.name
    assert task_context.task_run.start_time == task_context.start_time
    assert FlowRunContext.get() is TaskRunContext.get() is None
    assert TagsContext.get() == frozenset()


def test_there_is_no_run_context_outside_runs():
    with pytest.raises(MissingContextError, match="call this from inside a flow or a task"):
        get_run_context()


def test_contexts_can_be_entered_by_hand():
    context = flow(lambda: FlowRunContext.get())()
    assert FlowRunContext.get() is None
    with context as entered:
        assert FlowRunContext.get() is entered is context
    assert task(lambda: FlowRunContext.get())() is None


def test_a_thread_of_ones_own_can_be_taken_into_the_run(recorded):
    def look():
        return runtime.flow_run.name, TagsContext.get()

    @flow
    def pipeline():
        with ThreadPoolExecutor() as pool, tags("a"):
            return pool.submit(look).result(), pool.submit(with_context(look)).result()

    outside, inside = pipeline()
    assert outside == (None, frozenset())
    assert inside == (recorded.flow_run().name, {"a"})


def test_an_async_function_can_be_taken_into_a_run_as_well():
    async def look():
        await asyncio.sleep(0)
        return runtime.flow_run.flow_name

    taken = flow(name="pipeline")(lambda: with_context(look))()
    assert asyncio.run(taken()) == "pipeline"
    assert use_profile.__name__ == "use_profile"
