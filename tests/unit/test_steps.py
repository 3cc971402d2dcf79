"""Effects and their drivers: a generator asks, a short loop of either colour answers."""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import inspect
import itertools
import sys
import time

import pytest

from pacc._internal.steps import (
    Ask,
    Call,
    Closed,
    Effect,
    Emit,
    Outcome,
    Sleep,
    adrive,
    adrive_generator,
    awaitable,
    drive,
    drive_generator,
    run_in_own_loop,
)

variable = contextvars.ContextVar("variable", default=None)


class Context:
    """A context with a variable to be held in, as those of runs."""

    variable = variable


class Answer(Effect):
    """Answers with a value, or raises it."""

    def __init__(self, value):
        self.value = value

    def run(self):
        if isinstance(self.value, BaseException):
            raise self.value
        return self.value


@pytest.fixture(params=["sync", "async"])
def driver(request):
    """Runs steps to their end with the driver of each colour."""
    return drive if request.param == "sync" else lambda steps: asyncio.run(adrive(steps))


def test_answers_are_sent_in_and_the_end_comes_out(driver):
    def steps():
        first = yield Answer(1)
        second = yield Answer(2)
        return first + second

    assert driver(steps()) == 3


def test_interruptions_are_thrown_in_and_may_be_answered(driver):
    def steps():
        try:
            yield Answer(KeyboardInterrupt())
        except KeyboardInterrupt:
            return (yield Answer("recorded"))

    assert driver(steps()) == "recorded"


def test_an_interruption_nobody_answers_leaves_the_driver(driver):
    def steps():
        yield Answer(SystemExit(3))

    with pytest.raises(SystemExit):
        driver(steps())


class StruckAt:
    """While entered, Ctrl-C strikes at the n-th line of a function's own that is executed and is more than a `try:`."""

    def __init__(self, function, number):
        self.code = function.__code__
        self.left = number
        lines, first = inspect.getsourcelines(function)
        self.idle = {first + place for place, line in enumerate(lines) if line.strip() == "try:"}

    def __enter__(self):
        self.before = sys.gettrace()
        sys.settrace(lambda frame, event, argument: self.trace if frame.f_code is self.code else None)
        return self

    def __exit__(self, *raised):
        sys.settrace(self.before)

    def trace(self, frame, event, argument):
        self.left -= event == "line" and frame.f_lineno not in self.idle
        if not self.left:
            self.left = -1
            raise KeyboardInterrupt
        return self.trace


@pytest.mark.parametrize("driving", [drive, drive_generator])
def test_steps_hear_of_ctrl_c_at_any_line_of_their_driver(driving):
    def steps():
        heard.append("began")
        try:
            yield Answer(1)
            yield Emit(2) if driving is drive_generator else Answer(2)
        except KeyboardInterrupt:
            heard.append((yield Answer("heard")))
            raise
        heard.append("ended")

    for number in itertools.count(1):
        heard = []
        with StruckAt(driving, number) as struck, contextlib.suppress(KeyboardInterrupt):
            made = driving(steps())
            _ = made and list(made)
        if struck.left > 0:
            break
        assert heard in ([], ["began", "heard"], ["began", "ended"]), f"line {number}"
    assert heard == ["began", "ended"]
    assert number > 8


def test_steps_that_ask_nothing_just_end(driver):
    def steps():
        return "at once"
        yield

    assert driver(steps()) == "at once"


def test_a_call_answers_with_a_value_or_an_error(driver):
    def steps():
        well = yield Call(divmod, (7, 2), {}, variable, None)
        ill = yield Call(divmod, (7, 0), {}, variable, None)
        return well, ill

    well, ill = driver(steps())
    assert (well.value, well.error) == ((3, 1), None)
    assert isinstance(ill.error, ZeroDivisionError)


def test_a_stop_iteration_of_the_user_travels_as_a_value(driver):
    def stop():
        raise StopIteration("mine")

    def steps():
        return (yield Call(stop, (), {}, variable, None))

    assert isinstance(driver(steps()).error, StopIteration)


def test_what_is_no_error_is_not_kept_in_an_outcome(driver):
    def steps():
        yield Call(exit, (), {}, variable, None)

    with pytest.raises(SystemExit):
        driver(steps())


@pytest.mark.parametrize("effect", [Call, Ask])
def test_the_context_is_set_for_the_call_alone(driver, effect):
    context = Context()

    def steps():
        if effect is Call:
            inside = yield Call(variable.get, (), {}, variable, context)
        else:
            inside = yield Ask(context, variable.get)
        return inside.value, variable.get()

    assert driver(steps()) == (context, None)


def test_hooks_of_both_colours_can_be_asked_from_both(driver):
    async def afar(number):
        await asyncio.sleep(0)
        return number, variable.get()

    def steps():
        near = yield Ask(Context(), lambda number: number, 1)
        far = yield Ask(context, afar, number=2)
        return near.value, far.value

    context = Context()
    assert driver(steps()) == (1, (2, context))


def test_an_async_hook_of_a_sync_run_inside_a_loop_gets_a_thread_of_its_own():
    async def afar():
        return variable.get()

    async def main():
        variable.set("seen")
        return run_in_own_loop(afar())

    assert asyncio.run(main()) == "seen"


def test_a_thirty_second_pause_is_a_value_to_look_at():
    def steps():
        yield Sleep(30)
        return "rested"

    asked = steps()
    assert next(asked).seconds == 30
    with pytest.raises(StopIteration, match="rested"):
        asked.send(None)


def test_sleeping_takes_its_time_and_a_moment_past_takes_none(driver):
    def steps(seconds):
        yield Sleep(seconds)

    started = time.monotonic()
    driver(steps(-5))
    assert time.monotonic() - started < 10
    driver(steps(0.05))
    assert time.monotonic() - started >= 0.05


def test_an_async_pause_lets_others_go_on():
    def steps():
        yield Sleep(0.05)
        order.append("rested")

    async def other():
        order.append("other")

    async def main():
        await asyncio.gather(adrive(steps()), other())

    order = []
    asyncio.run(main())
    assert order == ["other", "rested"]


def emitting():
    try:
        received = yield Emit("first")
        yield Emit(received)
    except Closed:
        yield Answer("tidied")
        return "closed"
    return "ended"


def test_a_driver_of_generators_hands_values_out_and_takes_them_in():
    source = drive_generator(emitting())
    assert next(source) == "first"
    assert source.send("second") == "second"
    with pytest.raises(StopIteration) as end:
        next(source)
    assert end.value.value == "ended"


def test_closing_reaches_steps_in_a_form_that_delegation_survives():
    ended = []

    def delegating():
        ended.append((yield from emitting()))

    source = drive_generator(delegating())
    next(source)
    source.close()
    assert ended == ["closed"]


def test_closing_an_async_one_does_the_same():
    ended = []

    def delegating():
        ended.append((yield from emitting()))

    async def main():
        source = adrive_generator(delegating())
        await anext(source)
        await source.aclose()

    asyncio.run(main())
    assert ended == ["closed"]


def test_an_awaitable_twin_does_what_its_sync_body_does():
    double = awaitable(lambda number: 2 * number)
    assert asyncio.run(double(21)) == 42


def test_an_outcome_without_anything_is_none():
    assert (Outcome().value, Outcome().error) == (None, None)
