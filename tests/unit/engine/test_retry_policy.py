"""How often, after which pause: numbers only."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pacc.engine.features.retries import MOST_DELAYS, RetryPolicy, exponential_backoff, jittered

seconds = st.floats(0.001, 1e6)


@given(seconds, st.floats(0, 1))
def test_a_jittered_pause_stays_within_its_share(delay, factor):
    pause = jittered(delay, factor)
    assert delay * (1 - factor) * 0.999 <= pause <= delay * (1 + factor) * 1.001


@given(seconds, st.floats(1, 10))
def test_a_large_factor_never_makes_a_pause_negative(delay, factor):
    assert 0 <= jittered(delay, factor) <= delay * (1 + factor) * 1.001


@given(st.lists(seconds, min_size=1, max_size=MOST_DELAYS), st.integers(1, 200))
def test_each_retry_has_its_pause_and_the_last_one_repeats(delays, retry):
    assert RetryPolicy(200, delays).delay_before(retry) == delays[min(retry, len(delays)) - 1]


@given(st.integers(0, 200), st.floats(0, 100))
def test_backoff_doubles_and_never_asks_for_too_many(retries, factor):
    delays = exponential_backoff(factor)(retries)
    assert len(delays) == min(retries, MOST_DELAYS)
    assert all(later == 2 * earlier for earlier, later in itertools.pairwise(delays))
    RetryPolicy(retries, exponential_backoff(factor))


def test_one_number_is_every_pause():
    policy = RetryPolicy(3, 2.5)
    assert [policy.delay_before(retry) for retry in (1, 2, 3)] == [2.5, 2.5, 2.5]
    assert RetryPolicy(3).delay_before(1) == 0


@pytest.mark.parametrize("delays", ["10", ["10"], [None], [-1]])
def test_what_is_no_number_of_seconds_is_refused(delays):
    with pytest.raises(ValueError, match="must be seconds"):
        RetryPolicy(1, delays)


def test_a_policy_that_does_nothing_is_not_stored():
    assert RetryPolicy(0, 5).stored() is None
    assert '"retries":2' in RetryPolicy(2, [1, 2]).stored()
