"""State-change hooks: which are called, with what, in which order, and what their errors do."""

from __future__ import annotations

import pytest

from pacc import flow, get_run_logger, runtime, task
from pacc.states import Cancelled

FLOW_OPTIONS = ["on_running", "on_completion", "on_failure", "on_cancellation", "on_crashed"]
TASK_OPTIONS = ["on_running", "on_completion", "on_failure"]


class Heard:
    """Makes hooks that note what they were called with."""

    def __init__(self):
        self.calls = []

    def hook(self, word):
        def called(subject, run, state):
            self.calls.append((word, run.name, state.name))

        return called

    def hooks(self, options):
        return {option: [self.hook(option)] for option in options}

    @property
    def words(self):
        return [call[0] for call in self.calls]


@pytest.fixture
def heard():
    return Heard()


def test_a_flow_that_completes_calls_running_and_completion(colour, heard, recorded):
    colour.call(colour.flow(lambda: 1, **heard.hooks(FLOW_OPTIONS)))
    name = recorded.flow_run().name
    assert heard.calls == [("on_running", name, "Running"), ("on_completion", name, "Completed")]


def test_a_flow_that_fails_calls_failure(colour, heard):
    colour.call(colour.flow(lambda: 1 / 0, **heard.hooks(FLOW_OPTIONS)), return_state=True)
    assert heard.words == ["on_running", "on_failure"]


def test_a_task_calls_its_hooks_the_same_way(colour, heard):
    colour.call(colour.task(lambda: 1, name="well", **heard.hooks(TASK_OPTIONS)))
    colour.call(colour.task(lambda: 1 / 0, name="ill", **heard.hooks(TASK_OPTIONS)), return_state=True)
    assert heard.calls == [
        ("on_running", "well", "Running"),
        ("on_completion", "well", "Completed"),
        ("on_running", "ill", "Running"),
        ("on_failure", "ill", "Failed"),
    ]


@pytest.mark.parametrize("kind", ["flow", "task"])
def test_every_attempt_runs_but_only_the_last_failure_is_one(colour, heard, kind):
    make = getattr(colour, kind)
    options = heard.hooks(["on_running", "on_failure", "on_completion"])
    colour.call(make(lambda: 1 / 0, name="x", retries=2, **options), return_state=True)
    assert heard.words == ["on_running", "on_running", "on_running", "on_failure"]


def test_hooks_are_called_in_the_order_they_were_given(colour, heard):
    pipeline = colour.flow(lambda: 1, on_completion=[heard.hook("first"), heard.hook("second")])
    pipeline.on_completion(heard.hook("third"))
    colour.call(pipeline)
    assert heard.words == ["first", "second", "third"]


def test_decorating_a_hook_leaves_the_function_as_it_is():
    @flow
    def pipeline(): ...

    def tell(flow, flow_run, state): ...

    assert pipeline.on_failure(tell) is tell
    assert pipeline.on_failure_hooks == [tell]


def test_a_hook_may_be_async_whatever_the_colour_of_the_run(colour):
    told = []

    async def tell(subject, run, state):
        told.append(state.name)

    colour.call(colour.flow(lambda: 1, on_running=[tell], on_completion=[tell]))
    colour.call(colour.task(lambda: 1, on_completion=[tell]))
    assert told == ["Running", "Completed", "Completed"]


def test_a_hook_that_raises_is_logged_and_changes_nothing(colour, heard, recorded, capsys):
    def broken(flow, flow_run, state):
        raise ValueError("the hook is broken")

    colour.call(colour.flow(lambda: 1, on_completion=[broken, heard.hook("after")]))
    assert recorded.flow_run().state_name == "Completed"
    assert heard.words == ["after"]
    assert "the hook is broken" in capsys.readouterr().err


def test_a_hook_sees_the_run_it_belongs_to(colour, recorded, capsys):
    seen = []

    def look(subject, run, state):
        get_run_logger().info("heard in the hook")
        seen.append((runtime.flow_run.id, runtime.task_run.name))

    inner = task(lambda: 1, name="inner", on_completion=[look])
    colour.call(colour.flow(lambda: inner(), on_completion=[look]))
    flow_run, task_run = recorded.flow_run(), recorded.task_run()
    assert seen == [(str(flow_run.id), task_run.name), (str(flow_run.id), None)]
    assert f"Flow run '{flow_run.name}' - heard in the hook" in capsys.readouterr().err


def test_the_record_a_hook_is_given_has_the_state_it_is_about(colour, recorded):
    seen = []
    colour.call(
        colour.flow(lambda: 1, on_completion=[lambda flow, run, state: seen.append((flow, run, state))])
    )
    [(subject, run, state)] = seen
    assert subject.name == "unknown-lambda"
    assert (run.id, run.state.name, run.state_type) == (recorded.flow_run().id, "Completed", "COMPLETED")
    assert state.result() == 1


def test_a_flow_that_only_returns_cancelled_was_not_being_cancelled(colour, heard):
    colour.call(colour.flow(lambda: Cancelled(), **heard.hooks(FLOW_OPTIONS)), return_state=True)
    assert heard.words == ["on_running"]


@pytest.mark.parametrize("option", FLOW_OPTIONS)
def test_what_is_no_list_of_functions_is_refused_at_declaration(option):
    with pytest.raises(TypeError, match=rf"`{option}` takes a list of functions"):
        flow(**{option: lambda *_: None})(len)
    with pytest.raises(TypeError, match=rf"`{option}` takes functions, and 3"):
        flow(**{option: [3]})(len)


def test_tasks_have_no_hooks_for_crashes_and_cancellation():
    for option in ("on_crashed", "on_cancellation"):
        with pytest.raises(TypeError, match=option):
            task(**{option: []})(len)


def test_a_copy_has_its_own_hooks(heard):
    first = task(on_failure=[heard.hook("first")])(len)
    second = first.with_options(on_failure=[heard.hook("second")])
    third = first.with_options(name="third")
    third.on_failure(heard.hook("more"))
    assert [len(each.on_failure_hooks) for each in (first, second, third)] == [1, 1, 2]
