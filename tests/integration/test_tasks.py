"""A task called directly: what it gives back, how it is recorded, and what its arguments bring along."""

from __future__ import annotations

import inspect
import re

import pytest

from pacc import Task, flow, tags, task
from pacc.exceptions import ParameterBindError
from pacc.states import Completed, Failed, Running


def test_a_task_returns_what_its_function_returns(colour, recorded):
    double = colour.task(lambda number: 2 * number, name="double")
    assert colour.call(colour.flow(lambda: double(21))) == 42
    run = recorded.task_run()
    assert recorded.history(run) == ["Pending", "Running", "Completed"]
    assert run.run_count == 1
    assert run.flow_run_run_count == 1
    assert run.flow_run_id == recorded.flow_run().id


def test_inside_a_flow_a_run_is_named_by_task_and_three_hex_digits(colour, recorded):
    @colour.task
    def fetch_weather(): ...

    colour.call(colour.flow(lambda: fetch_weather()))
    run = recorded.task_run()
    assert re.fullmatch(r"fetch_weather-[0-9a-f]{3}", run.name)
    assert re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-4.{3}-.{4}-.{12}", run.dynamic_key)
    assert run.name.endswith(run.dynamic_key[:3])
    assert re.fullmatch(r"fetch_weather-[0-9a-f]{8}", run.task_key)


def test_outside_a_flow_a_task_runs_on_its_own_under_its_plain_name(colour, recorded):
    @colour.task
    def fetch_weather():
        return 10.4

    assert colour.call(fetch_weather) == 10.4
    run = recorded.task_run()
    assert run.name == "fetch_weather"
    assert run.flow_run_id is None
    assert recorded.flow_runs() == []


def test_the_task_key_changes_with_the_code_alone():
    def versions(number):
        return task(lambda: number + 1), task(lambda: number + 2)

    first, second = versions(1)
    assert first.task_key == versions(5)[0].task_key
    assert first.task_key != second.task_key


def test_a_direct_call_raises_what_the_function_raised(colour, recorded):
    @colour.task
    def fail():
        raise ValueError("no such city")

    with pytest.raises(ValueError, match="no such city"):
        colour.call(colour.flow(lambda: fail()))
    assert recorded.task_run().state.message == "Task run encountered an exception: ValueError: no such city"


def test_return_state_gives_the_state_of_the_run(colour, recorded):
    fail = colour.task(lambda: 1 / 0)
    state = colour.call(fail, return_state=True)
    assert state.is_failed()
    assert state.state_details.task_run_id == recorded.task_run().id
    with pytest.raises(ZeroDivisionError):
        state.result()


def test_arguments_that_do_not_fit_are_refused_before_any_run_exists(colour, recorded):
    double = colour.task(lambda number: 2 * number, name="double")
    for args, kwargs in [((), {}), ((1, 2), {}), ((1,), {"other": 2})]:
        with pytest.raises(ParameterBindError, match="double"):
            double(*args, **kwargs)
    assert recorded.task_runs() == []


def test_tasks_never_coerce_their_arguments(colour):
    @colour.task
    def kind(number: int):
        return type(number).__name__

    assert colour.call(kind, "3") == "str"


def test_a_hand_made_failure_is_recorded_and_handed_back_as_a_state(colour, recorded):
    answer = colour.call(colour.task(lambda: Failed(message="no such city")))
    assert answer.is_failed()
    assert recorded.task_run().state_name == "Failed"
    assert recorded.task_run().state.message == "no such city"


def test_a_hand_made_completed_state_keeps_its_name(colour, recorded):
    colour.call(colour.task(lambda: Completed(name="Skipped", message="nothing new")))
    assert recorded.task_run().state_name == "Skipped"
    assert recorded.task_run().state.message == "nothing new"


def test_a_hand_made_state_that_ends_nothing_fails_the_run(colour, recorded):
    colour.call(colour.task(lambda: Running()))
    assert recorded.task_run().state_name == "Failed"
    assert "does not end a run" in recorded.task_run().state.message


def test_a_collection_of_states_is_summed_up_for_tasks_too(recorded):
    fail = task(lambda: 1 / 0)
    assert task(lambda: [fail(return_state=True)], name="both")()[0].is_failed()
    assert recorded.task_run("both").state.message == "1/1 states failed."


def test_a_task_inside_a_task_remembers_the_outer_one(colour, recorded):
    inner = task(lambda: 1, name="inner")
    outer = task(lambda: inner(), name="outer")
    colour.call(colour.flow(lambda: outer()))
    parent, child = recorded.task_run("outer"), recorded.task_run("inner")
    assert child.task_inputs == {"__parents__": [{"input_type": "task_run", "id": str(parent.id)}]}
    assert child.flow_run_id == parent.flow_run_id


def test_tags_of_the_task_and_of_the_blocks_around_add_up(colour, recorded):
    fetch = task(lambda: 1, name="fetch", tags=["network"])

    @colour.flow
    def pipeline():
        with tags("inner"):
            return fetch()

    with tags("outer"):
        colour.call(pipeline)
    assert recorded.task_run().tags == ["inner", "network", "outer"]
    assert recorded.flow_run().tags == ["outer"]


def test_blocks_of_tags_nest_and_end():
    with tags("a") as outer, tags("b") as inner:
        assert (outer, inner) == ({"a"}, {"a", "b"})
    with tags() as none:
        assert none == set()


class Station:
    """A class whose methods are tasks and flows."""

    place = "Ulm"

    def __init__(self, degrees):
        self.degrees = degrees

    @task
    def warmer(self, by):
        return self.degrees + by

    @task
    @classmethod
    def at(cls, suffix):
        return cls.place + suffix

    @task
    @staticmethod
    def twice(number):
        return 2 * number

    @flow
    def report(self, by=1):
        return [self.warmer(by), self.at("!"), self.twice(by)]


def test_methods_of_every_kind_can_be_tasks_and_flows(recorded):
    assert Station(10).report(2) == [12, "Ulm!", 4]
    assert Station.at("?") == "Ulm?"
    assert Station.twice(4) == 8
    assert Station.warmer(Station(1), 2) == 3


def test_a_flow_or_task_shows_the_signature_and_documentation_of_its_function():
    @task
    def fetch(city: str, day=7):
        """Fetch it."""

    assert str(inspect.signature(fetch)) == "(city: 'str', day=7)"
    assert (fetch.__name__, fetch.__doc__, fetch.description) == ("fetch", "Fetch it.", "Fetch it.")


def test_what_a_method_is_bound_to_is_not_stored(recorded):
    Station(10).report(by=2)
    assert recorded.flow_run().parameters == {"by": 2}


def test_two_instances_do_not_share_what_their_tasks_are_bound_to():
    cold, warm = Station(0), Station(30)
    task_of_cold, task_of_warm = cold.warmer, warm.warmer
    assert (task_of_cold(1), task_of_warm(1)) == (1, 31)
    assert Station.warmer.ismethod is False
    assert cold.warmer.ismethod is True


def test_options_can_be_changed_on_a_copy():
    fetch = task(tags=["a"], retries=2, retry_delay_seconds=[1, 2], task_run_name="x", log_prints=True)(len)
    copy = fetch.with_options(name="other", tags=["b"], retries=5)
    assert (copy.name, copy.tags, copy.retries, copy.retry_delay_seconds) == ("other", {"b"}, 5, [1, 2])
    assert (fetch.name, fetch.tags, fetch.retries) == ("len", {"a"}, 2)
    cleared = fetch.with_options(task_run_name=None, log_prints=None)
    assert (cleared.task_run_name, cleared.log_prints) == (None, None)


def test_a_copy_of_a_bound_task_stays_bound():
    assert Station(5).warmer.with_options(name="hotter")(2) == 7


def test_an_unknown_option_is_refused_with_the_known_ones():
    with pytest.raises(TypeError, match=r"no option 'retrys'; it has: .*retries"):
        task(len).with_options(retrys=3)


def test_a_task_made_by_its_class_does_not_inherit_log_prints():
    assert Task(len).log_prints is False
    assert task(len).log_prints is None


@pytest.mark.parametrize("decorate", [flow, task])
def test_only_functions_can_be_decorated(decorate):
    with pytest.raises(TypeError, match="'text' cannot be called"):
        decorate(name="x")("text")
