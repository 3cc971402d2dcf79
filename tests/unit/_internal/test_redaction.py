"""Secrets are masked by their value."""

from __future__ import annotations

import pytest

from pacc._internal.redaction import MASK, forget_hidden, has_secrets, hide, redact


@pytest.fixture(autouse=True)
def _hide_nothing_after():
    yield
    forget_hidden()


def test_nothing_is_masked_before_anything_is_hidden():
    assert not has_secrets()
    assert redact("hunter2") == "hunter2"


def test_a_hidden_value_is_masked_wherever_it_stands():
    hide("hunter2")
    assert redact("hunter2, xhunter2x and HUNTER2") == f"{MASK}, x{MASK}x and HUNTER2"


def test_a_secret_inside_another_leaves_no_rest():
    hide("pass")
    hide("password123")
    assert redact("password123 pass") == f"{MASK} {MASK}"


def test_each_line_of_a_key_is_hidden():
    hide("-----BEGIN KEY-----\nMIIEow\n-----END KEY-----")
    assert redact("the line MIIEow") == f"the line {MASK}"


def test_what_is_too_short_to_be_a_secret_stays():
    hide("abc")
    hide("")
    assert redact("abc") == "abc"
