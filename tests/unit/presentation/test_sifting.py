"""Which rows of a list are shown behind `/`, and in which order."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pacc.presentation.sifting import Order, Term, fits, ordered, sifted, terms

COLUMNS = ("name", "status", "last runs")
PETS = [("gpu", "Paused"), ("  high", "Ready"), ("  low", "Paused"), ("cpu", "Ready"), ("  main", "Ready")]


def texts(row):
    return dict(zip(COLUMNS, row, strict=False))


def is_below(row):
    return row[0].startswith(" ")


def found(typed):
    return [name.strip() for name, _ in sifted(PETS, terms(typed, COLUMNS), texts, is_below)]


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("otter", (Term("", ("otter",)),)),
        ("status:paused,ready", (Term("status", ("paused", "ready")),)),
        ("stat:Paused", (Term("stat", ("paused",)),)),
        ("-name:x", (Term("name", ("x",), out=True),)),
        ("tag:api", (Term("", ("tag:api",)),)),
        ("name: :x -", (Term("", ("name:",)), Term("", (":x",)), Term("", ("-",)))),
    ],
)
def test_what_is_typed_is_words_of_any_column_or_of_one(typed, expected):
    assert terms(typed, COLUMNS) == expected


def test_a_row_fits_where_it_has_all_words_whatever_their_case_and_none_that_are_left_out():
    row = {"name": "Brave-Otter", "status": "Paused"}
    assert fits(terms("otter status:PAUSED", COLUMNS), row)
    assert not fits(terms("otter -status:paused", COLUMNS), row)
    assert not fits(terms("name:paused", COLUMNS), row)
    assert not fits(terms("otterpaused", COLUMNS), row)


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("", ["gpu", "high", "low", "cpu", "main"]),
        ("low", ["gpu", "low"]),
        ("gpu", ["gpu", "high", "low"]),
        ("cpu main", ["cpu", "main"]),
        ("-gpu", ["cpu", "main"]),
        ("status:ready -main", ["gpu", "high", "cpu"]),
        ("otter", []),
    ],
)
def test_a_row_is_shown_with_the_one_it_stands_below_and_has_what_that_one_has(typed, names):
    assert found(typed) == names


def test_rows_below_others_stay_below_them_in_every_order():
    by_status = Order("by status", key=lambda row: row[1], down=True)
    names = [name.strip() for name, _ in ordered(PETS, by_status, is_below)]
    assert names == ["cpu", "main", "gpu", "high", "low"]


def test_what_has_nothing_to_be_put_in_order_by_stands_behind_the_others_both_ways():
    key = {"a": 1, "b": None, "c": 2}.get
    assert ordered("abc", Order("up", key=key)) == ["a", "c", "b"]
    assert ordered("abc", Order("down", key=key, down=True)) == ["c", "a", "b"]
    assert ordered("cab", Order("as read")) == ["c", "a", "b"]


@given(st.text())
def test_whatever_is_typed_is_a_search(typed):
    assert set(found(typed)) <= {name.strip() for name, _ in PETS}
