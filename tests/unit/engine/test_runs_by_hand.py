"""The engine stepped by hand: what it asks for, in which order, whatever the answers are. Nothing here takes time."""

from __future__ import annotations

import pytest

from pacc import flow, task
from pacc._internal.steps import Ask, Call, Closed, Emit, Outcome, Sleep
from pacc.engine.features.timeouts import TimedCall
from pacc.engine.flow_call import FlowCall
from pacc.engine.flow_run import flow_run
from pacc.engine.task_run import TaskCall, task_run


class ByHand:
    """Steps of one run, answered one by one."""

    def __init__(self, runnable, **parameters):
        is_flow = hasattr(runnable, "flow_run_name")
        self.call = (FlowCall if is_flow else TaskCall)(runnable, parameters, None)
        self.steps = (flow_run if is_flow else task_run)(self.call)
        self.effect = next(self.steps, None)
        self.end = None

    def answer(self, answer=None):
        """Send an answer in; the next effect, or the end, is there afterwards."""
        return self._next(lambda: self.steps.send(answer))

    def interrupt(self, error):
        return self._next(lambda: self.steps.throw(error))

    def _next(self, go):
        try:
            self.effect = go()
        except StopIteration as end:
            self.effect, self.end = None, end.value
        return self.effect

    @property
    def state(self):
        return self.call.run.state.name


FAILURE = Outcome(error=ValueError("no such city"))


@pytest.fixture(params=[flow, task], ids=["flow", "task"])
def make(request):
    return request.param


def test_a_run_asks_for_its_call_and_ends_with_what_that_came_to(make):
    run = ByHand(make(lambda number: number), number=3)
    assert isinstance(run.effect, Call)
    assert (run.effect.args, run.effect.kwargs, run.state) == ((3,), {}, "Running")
    assert run.effect.context is run.call.context
    run.answer(Outcome("well"))
    assert (run.end.name, run.end.result()) == ("Completed", "well")


def test_a_thirty_second_retry_takes_no_time(make):
    run = ByHand(make(retries=1, retry_delay_seconds=30)(lambda: None))
    run.answer(FAILURE)
    assert isinstance(run.effect, Sleep)
    assert (run.effect.seconds, run.state) == (30, "AwaitingRetry")
    run.answer()
    assert isinstance(run.effect, Call)
    assert run.state == ("Running" if make is flow else "Retrying")
    run.answer(Outcome("well"))
    assert (run.end.name, run.call.run.run_count) == ("Completed", 2)


def test_without_a_delay_nothing_is_slept(make):
    run = ByHand(make(retries=1)(lambda: None))
    assert isinstance(run.answer(FAILURE), Call)


def test_hooks_are_asked_for_after_the_state_they_are_about(make):
    def hook(subject, run, state): ...

    options = {option: [hook] for option in ("on_running", "on_failure", "on_completion")}
    run = ByHand(make(**options)(lambda: None))
    assert isinstance(run.effect, Ask)
    assert (run.effect.fn, run.state, run.effect.args[2].name) == (hook, "Running", "Running")
    assert isinstance(run.answer(Outcome()), Call)
    assert isinstance(run.answer(FAILURE), Ask)
    assert run.effect.args[2] is run.call.run.state
    assert run.answer(Outcome(error=KeyError("a broken hook"))) is None
    assert run.end.name == "Failed"


def test_a_condition_is_asked_before_the_pause():
    run = ByHand(task(retries=1, retry_delay_seconds=9, retry_condition_fn=lambda *_: True)(lambda: None))
    assert isinstance(run.answer(FAILURE), Ask)
    assert run.state == "Running"
    assert isinstance(run.answer(Outcome(value=True)), Sleep)


def test_a_condition_that_says_no_or_fails_ends_it():
    for answer in (Outcome(value=False), FAILURE):
        run = ByHand(task(retries=1, retry_condition_fn=lambda *_: True)(lambda: None))
        run.answer(FAILURE)
        assert run.answer(answer) is None
        assert run.end.name == "Failed"


def test_a_name_is_asked_for_before_the_run_is_running(make):
    option = "flow_run_name" if make is flow else "task_run_name"
    run = ByHand(make(**{option: lambda: "name"})(lambda: None))
    assert isinstance(run.effect, Ask)
    assert run.state == "Pending"
    run.answer(Outcome("chosen"))
    assert (run.call.run.name, run.state) == ("chosen", "Running")


def test_a_timeout_is_around_the_call(make):
    run = ByHand(make(timeout_seconds=5)(lambda: None))
    assert isinstance(run.effect, TimedCall)
    assert (run.effect.seconds, type(run.effect.call)) == (5.0, Call)
    run.answer(Outcome(error=run.effect.error))
    while run.effect is not None:  # what was submitted is stopped
        run.answer(run.effect.run())
    assert run.end.name == "TimedOut"


@pytest.mark.parametrize("interruption", [KeyboardInterrupt, SystemExit])
def test_an_interruption_is_recorded_and_goes_on_its_way(make, interruption):
    run = ByHand(make(lambda: None))
    with pytest.raises(interruption):
        run.interrupt(interruption())
    assert run.state == "Crashed"


def test_an_interruption_during_a_pause_is_a_crash_too(make):
    run = ByHand(make(retries=1, retry_delay_seconds=30)(lambda: None))
    run.answer(FAILURE)
    with pytest.raises(KeyboardInterrupt):
        run.interrupt(KeyboardInterrupt())
    assert run.state == "Crashed"


def test_the_hooks_of_a_crash_are_asked_before_the_interruption_leaves():
    run = ByHand(flow(on_crashed=[print])(lambda: None))
    assert isinstance(run.interrupt(KeyboardInterrupt()), Ask)
    assert run.state == "Crashed"
    with pytest.raises(KeyboardInterrupt):
        run.answer(Outcome())


def test_an_interruption_after_the_end_changes_nothing():
    run = ByHand(flow(on_completion=[print])(lambda: None))
    run.answer(Outcome("well"))
    assert (run.state, type(run.effect)) == ("Completed", Ask)
    with pytest.raises(KeyboardInterrupt):
        run.interrupt(KeyboardInterrupt())
    assert run.state == "Completed"


def test_a_generator_emits_and_is_called_again_for_each_value(make):
    def numbers():
        yield 1

    run = ByHand(make(numbers))
    source = run.effect.run().value
    assert isinstance(run.answer(Outcome(source)), Call)
    assert isinstance(run.answer(Outcome("first")), Emit)
    assert run.effect.value == "first"
    assert isinstance(run.answer("sent in"), Call)
    assert (run.effect.fn, run.effect.args) == (source.send, ("sent in",))
    run.answer(Outcome(error=StopIteration("returned")))
    assert (run.end.name, run.end.result()) == ("Completed", "returned")


def test_a_generator_that_is_closed_closes_the_users(make):
    def numbers():
        yield 1

    run = ByHand(make(numbers))
    source = run.effect.run().value
    run.answer(Outcome(source))
    run.answer(Outcome("first"))
    assert isinstance(run.interrupt(Closed()), Call)
    assert run.effect.fn == source.close
    run.answer(Outcome())
    assert run.end.name == "Completed"
