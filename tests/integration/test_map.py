"""What `task.map` maps over, and what stays the same in every call."""

from __future__ import annotations

import io

import pytest

from pacc import allow_failure, flow, quote, task, unmapped
from pacc.exceptions import (
    MappingLengthMismatch,
    MappingMissingIterable,
    ParameterBindError,
    UnfinishedRun,
    UpstreamTaskError,
)
from pacc.futures import PaccFutureList


@task
def pair(left, right=None):
    return left, right


@task
def fail_at(number, where):
    if number == where:
        raise ValueError(number)
    return number


def mapped(*args, **kwargs):
    """The results of mapping `pair`."""
    return flow(lambda: pair.map(*args, **kwargs).result())()


def test_each_element_is_a_call_and_results_keep_the_order(recorded):
    assert mapped([3, 1, 2]) == [(3, None), (1, None), (2, None)]
    assert len(recorded.task_runs()) == 3


def test_several_iterables_go_side_by_side():
    assert mapped([1, 2], right=(3, 4)) == [(1, 3), (2, 4)]


@pytest.mark.parametrize("scalar", ["Ulm", b"Ulm", bytearray(b"Ulm"), 7, None, io.StringIO("Ulm")])
def test_text_and_what_cannot_be_gone_through_stays_the_same(scalar):
    assert mapped([1, 2], scalar) == [(1, scalar), (2, scalar)]


def test_of_a_dictionary_the_keys_are_mapped():
    assert mapped({"Ulm": 10, "Bonn": 12}) == [("Ulm", None), ("Bonn", None)]


@pytest.mark.parametrize("make", [iter, tuple, lambda numbers: (number for number in numbers), set, range])
def test_any_iterable_is_mapped(make):
    numbers = make(2) if make is range else make([0, 1])
    assert mapped(numbers) == [(0, None), (1, None)]


def test_defaults_are_not_mapped():
    @task
    def listed(number, others=(1, 2, 3)):
        return number, others

    assert flow(lambda: listed.map([1]).result())() == [(1, (1, 2, 3))]


def test_unmapped_is_the_same_everywhere():
    assert mapped([1, 2], unmapped([8, 9])) == [(1, [8, 9]), (2, [8, 9])]


def test_more_arguments_are_mapped_one_by_one():
    @task
    def taken(*numbers, **named):
        return sum(numbers), named

    results = flow(lambda: taken.map([1, 2], 10, left=["a", "b"], right="c").result())()
    assert results == [(11, {"left": "a", "right": "c"}), (12, {"left": "b", "right": "c"})]


def test_unequal_lengths_are_an_error_that_names_them():
    with pytest.raises(MappingLengthMismatch, match="'left' has 2, 'right' has 3"):
        mapped([1, 2], [1, 2, 3])


def test_nothing_to_map_over_is_an_error():
    with pytest.raises(MappingMissingIterable, match=r"none of the arguments can be mapped over"):
        mapped(1, "text")


def test_an_empty_iterable_gives_an_empty_list(recorded):
    @flow
    def around():
        futures = pair.map([])
        assert isinstance(futures, PaccFutureList)
        return futures.result()

    assert around() == []
    assert recorded.task_runs() == []


def test_arguments_must_fit():
    with pytest.raises(ParameterBindError):
        mapped([1], [2], [3])


def test_a_future_is_waited_for_and_its_result_mapped(recorded):
    @task
    def cities():
        return ["Ulm", "Bonn"]

    @flow
    def around():
        return pair.map(cities.submit()).result()

    assert around() == [("Ulm", None), ("Bonn", None)]
    first, *others = recorded.task_runs()
    assert all(run.task_inputs["left"][0]["id"] == str(first.id) for run in others)


def test_a_failed_future_cannot_be_mapped_over():
    @flow
    def around():
        pair.map(fail_at.submit(1, 1))

    with pytest.raises(UpstreamTaskError, match="nothing to map over"):
        around()


def test_futures_in_a_list_are_resolved_each_in_its_call():
    @flow
    def around():
        first = pair.map([1, 2])
        return pair.map(first, unmapped(first)).result()

    both = [(1, None), (2, None)]
    assert around() == [((1, None), both), ((2, None), both)]


def test_where_one_upstream_failed_only_its_own_calls_are_left_out():
    @flow
    def around():
        first = fail_at.map([1, 2, 3], 2)
        second = pair.map(first)
        first[1].wait()
        first[1].state  # noqa: B018 - looked at
        with pytest.raises(UnfinishedRun):
            second[1].result()
        return second[0].result(), second[2].result()

    assert around() == ((1, None), (3, None))


def test_allow_failure_goes_with_every_element():
    @task
    def kind(value):
        return type(value).__name__

    @flow
    def around():
        return kind.map(allow_failure(fail_at.map([1, 2], 2))).result()

    assert around() == ["int", "ValueError"]


def test_quoted_values_are_not_mapped():
    assert mapped([1], quote([2, 3])) == [(1, [2, 3])]


def test_a_call_can_be_held_back():
    @flow
    def around():
        failed = fail_at.submit(1, 1)
        states = pair.map([1, 2], wait_for=(each for each in [failed]), return_state=True)
        failed.state  # noqa: B018 - looked at
        return [state.name for state in states]

    assert around() == ["NotReady", "NotReady"]


def test_return_state_gives_the_states():
    @flow
    def around():
        return [state.name for state in fail_at.map([1, 2], unmapped(2), return_state=True)]

    assert around() == ["Completed", "Failed"]


def test_the_list_raises_the_first_error_or_gives_it():
    @flow
    def around():
        futures = fail_at.map([1, 2, 3], 2)
        futures.wait()
        errors = futures.result(raise_on_failure=False)
        with pytest.raises(ValueError, match="2"):
            futures.result()
        return [type(error).__name__ for error in errors]

    assert around() == ["int", "ValueError", "int"]


def test_async_tasks_and_methods_are_mapped():
    class Scale:
        def __init__(self, factor):
            self.factor = factor

        @task
        async def times(self, number):
            return self.factor * number

    assert flow(lambda: Scale(3).times.map([1, 2]).result())() == [3, 6]
