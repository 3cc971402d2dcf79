"""Whether slots can be had: a pure decision, compared with a slow model that knows nothing but its own list."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pacc.exceptions import ConcurrencySlotAcquisitionError
from pacc.orchestration.concurrency import Standing, judge, level_now

standings = st.lists(
    st.builds(
        Standing,
        st.sampled_from("abcd"),
        st.integers(1, 5),
        st.integers(0, 5),
        st.sampled_from([0.0, 0.5, 2.0]),
        st.booleans(),
    ),
    max_size=4,
)


@given(standings)
def test_one_slot_is_granted_if_and_only_if_every_active_limit_has_one(limits):
    verdict = judge(limits, 1, "concurrency")
    assert verdict.granted == all(each.taken < each.slots for each in limits if each.active)
    assert set(verdict.full) == {each.name for each in limits if each.active and each.taken >= each.slots}


@given(standings, st.integers(1, 5))
def test_after_the_seconds_named_decay_has_made_room(limits, wanted):
    possible = [each for each in limits if wanted <= each.slots]
    verdict = judge(possible, wanted, "concurrency")
    if verdict.seconds is None:
        return
    later = [
        each._replace(taken=level_now(each.taken, 0, each.decay, int((verdict.seconds + 1e-5) * 1_000_000)))
        for each in possible
    ]
    assert judge(later, wanted, "concurrency").granted


def test_it_is_not_known_when_there_is_room_where_somebody_has_to_give_slots_back():
    limits = [Standing("a", 1, 1, 2.0), Standing("b", 1, 1, 0.0)]
    assert judge(limits, 1, "concurrency").seconds is None


def test_a_clock_set_back_empties_nothing():
    assert level_now(2.0, 5_000_000, 1.0, 1_000_000) == 2.0


@pytest.mark.parametrize(
    ("standing", "mode", "said"),
    [
        (Standing("a", 1, 0, 0.0), "rate_limit", "no slot decay"),
        (Standing("a", 0, 0, 0.0), "concurrency", "never"),
    ],
)
def test_what_can_never_be_is_an_error(standing, mode, said):
    with pytest.raises(ConcurrencySlotAcquisitionError, match=said):
        judge([standing], 1, mode)
