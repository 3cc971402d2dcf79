"""Placeholders are filled as promised: alone with the value itself, within text as text, and never twice."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pacc._internal.templates import LEFT, MISSING, Placeholder, fill, first_of, look_up_in, placeholders

STEPS = {"build": {"image": "etl", "ports": [80, 443], "on": True}, "flat": 3}


@pytest.mark.parametrize(
    ("template", "filled"),
    [
        ("{{ build.image }}", "etl"),
        ("{{build.image}}", "etl"),
        ("  {{ build.ports }} ", [80, 443]),
        ("{{ build.ports[1] }}", 443),
        ("{{ build.on }}", True),
        ("{{ build }}", STEPS["build"]),
        ("on: {{ build.on }}, {{ flat }}", "on: True, 3"),
        ("{{ nothing }}!", "!"),
        ("{{ nothing }}", None),
        ("{{ build.image.deeper }}", None),
        ({"a": "{{ flat }}", "b": "{{ nothing }}", "c": ["{{ nothing }}", 1]}, {"a": 3, "c": [1]}),
        (3, 3),
        ("{{ ctx.flow.name }} of {{ flat }}", "{{ ctx.flow.name }} of 3"),
        ("{{ not a name }} {% if x %}", "{{ not a name }} {% if x %}"),
    ],
)
def test_a_template_is_filled(template, filled):
    assert fill(template, look_up_in(STEPS)) == filled


def test_a_placeholder_that_is_left_stays_as_it_was_written():
    template = {"a": "{{prefect.variables.x}}", "b": " {{ pacc.blocks.secret.it }}", "c": "at {{ $HOME }}"}
    assert fill(template, look_up_in({})) == template
    assert fill(template["c"], look_up_in({}, {"HOME": "/root"})) == "at /root"
    assert fill({"c": "{{ $NOBODY }}"}, look_up_in({}, {})) == {}


def test_what_is_filled_in_is_not_looked_at_again():
    assert fill("{{ a }}{{ b }}", look_up_in({"a": "{{ b }}", "b": "{{ a }}"})) == "{{ b }}{{ a }}"
    assert fill("{{ a }}", look_up_in({"a": "{{ b }}", "b": 1})) == "{{ b }}"


@given(st.text(alphabet="{} abc.$[]0-_\n"))
def test_any_text_without_values_loses_only_its_placeholders(text):
    expected = text
    for each in placeholders(text):
        expected = expected.replace(each.text, each.text if each.kind == "context" else "", 1)
    filled = fill(text, look_up_in({}, {}))
    assert filled == (expected if filled is not None else None)


def test_look_ups_are_asked_one_after_the_other():
    asked = []

    def last(placeholder):
        asked.append(placeholder.name)
        return LEFT

    template = ["{{ flat }}", "{{ nothing }}", "{{ prefect.variables.x }}"]
    assert fill(template, first_of(look_up_in(STEPS), last)) == [3, "{{ prefect.variables.x }}"]
    assert asked == ["prefect.variables.x"]


@pytest.mark.parametrize(
    ("name", "kind", "path"),
    [
        ("prefect.blocks.secret.it", "block", "secret.it"),
        ("pacc.blocks.secret.it.a", "block", "secret.it.a"),
        ("prefect.variables.x", "variable", "x"),
        ("pacc.variables.x", "variable", "x"),
        ("$X", "environment", "X"),
        ("ctx.flow.id", "context", "flow.id"),
        ("step.key", "value", "step.key"),
    ],
)
def test_a_placeholder_knows_what_it_speaks_of(name, kind, path):
    placeholder = Placeholder("", name)
    assert (placeholder.kind, placeholder.path) == (kind, path)


def test_a_whole_template_nothing_stands_for_is_none():
    assert fill("{{ x }}", lambda _: MISSING) is None
