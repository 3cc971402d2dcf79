"""Names of runs: adjective and animal by default, or as a template or function says."""

from __future__ import annotations

import datetime as dt
import re

import pytest

from pacc import flow, runtime, task


def test_a_flow_run_nobody_named_has_two_words(recorded):
    flow(lambda: None)()
    assert re.fullmatch(r"[a-z]+-[a-z]+", recorded.flow_run().name)


def test_a_template_is_filled_with_the_parameters_defaults_included(colour, recorded):
    @colour.flow(flow_run_name="{city}-{day:%A}-{unit}")
    def pipeline(city, day, unit="C"): ...

    colour.call(pipeline, "Ulm", dt.date(2026, 11, 21))
    assert recorded.flow_run().name == "Ulm-Saturday-C"


def test_a_template_names_task_runs_too(colour, recorded):
    @colour.task(task_run_name="process-{item}")
    def process(item): ...

    colour.call(colour.flow(lambda: process("a")))
    assert recorded.task_run().name == "process-a"


def test_the_name_is_there_before_the_code_runs(colour, recorded):
    @colour.flow(flow_run_name="{city}")
    def pipeline(city):
        return runtime.flow_run.name

    assert colour.call(pipeline, "Ulm") == "Ulm"


def test_coerced_parameters_make_the_name(recorded):
    @flow(flow_run_name="{day:%Y}")
    def pipeline(day: dt.date): ...

    pipeline("2026-11-21")
    assert recorded.flow_run().name == "2026"


def test_a_function_may_make_the_name_of_what_the_runtime_knows(colour, recorded):
    def named():
        return f"{runtime.flow_run.flow_name}-with-{runtime.flow_run.parameters['city']}"

    @colour.flow(flow_run_name=named)
    def my_flow(city): ...

    colour.call(my_flow, "Ulm")
    assert recorded.flow_run().name == "my-flow-with-Ulm"


def test_a_function_of_a_task_may_ask_the_runtime_or_take_the_parameters(colour, recorded):
    def asking():
        return (
            f"{runtime.flow_run.flow_name}/{runtime.task_run.task_name}/{runtime.task_run.parameters['item']}"
        )

    def taking(parameters):
        return "item-" + parameters["item"]

    ask = task(lambda item: None, name="ask", task_run_name=asking)
    take = task(lambda item: None, name="take", task_run_name=taking)
    colour.call(colour.flow(lambda: (ask("a"), take("b")), name="pipeline"))
    assert [run.name for run in recorded.task_runs()] == ["pipeline/ask/a", "item-b"]


def test_a_function_may_be_async(colour, recorded):
    async def named():
        return "from afar"

    colour.call(colour.flow(lambda: None, flow_run_name=named))
    assert recorded.flow_run().name == "from afar"


def test_a_template_may_ask_what_a_method_is_bound_to(recorded):
    class Station:
        place = "Ulm"

        @flow(flow_run_name="report-{self.place}")
        def report(self): ...

    Station().report()
    assert recorded.flow_run().name == "report-Ulm"


def test_an_empty_name_is_none(recorded):
    step = task(lambda city: None, name="step", task_run_name="{city}")
    flow(flow_run_name="{city}")(lambda city: step(city))("")
    assert re.fullmatch(r"[a-z]+-[a-z]+", recorded.flow_run().name)
    assert re.fullmatch(r"step-...", recorded.task_run().name)


@pytest.mark.parametrize("kind", ["flow", "task"])
def test_a_template_with_an_unknown_parameter_fails_the_run(colour, recorded, kind):
    make, option = getattr(colour, kind), f"{kind}_run_name"
    with pytest.raises(KeyError, match="nonsense"):
        colour.call(make(lambda: 1, **{option: "{nonsense}"}))
    run = recorded.flow_run() if kind == "flow" else recorded.task_run()
    assert recorded.history(run) == ["Pending", "Failed"]
    assert "KeyError" in run.state.message


@pytest.mark.parametrize("kind", ["flow", "task"])
def test_a_function_that_gives_no_text_fails_the_run(colour, recorded, kind):
    make, option = getattr(colour, kind), f"{kind}_run_name"
    with pytest.raises(TypeError, match=f"`{option}` returned 3; it must return text"):
        colour.call(make(lambda: 1, **{option: lambda: 3}))


@pytest.mark.parametrize(("decorate", "option"), [(flow, "flow_run_name"), (task, "task_run_name")])
def test_what_can_be_no_name_is_refused_at_declaration(decorate, option):
    with pytest.raises(TypeError, match=f"`{option}` takes a template or a function"):
        decorate(**{option: 3})(len)
