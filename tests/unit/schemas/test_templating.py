"""Templates of actions: what they may say, and that they reach, loop and grow no further than they may."""

from __future__ import annotations

import contextlib
import time
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pacc.exceptions import InvalidValueError, TemplateError
from pacc.schemas import templating
from pacc.schemas.events import Event
from pacc.schemas.templates_of_actions import filled, templates_in
from pacc.schemas.templating import check, humanize, names_in, render

EVENT = Event(
    event="prefect.flow-run.Failed",
    resource={"prefect.resource.id": "prefect.flow-run.1", "prefect.resource.name": "brave-otter"},
    related=[
        {
            "prefect.resource.id": "prefect.flow.2",
            "prefect.resource.role": "flow",
            "prefect.resource.name": "etl",
        }
    ],
    payload={"rows": [1, 2], "secret": {"a": 1}},
)


@pytest.mark.parametrize(
    ("template", "says"),
    [
        ("plain text", "plain text"),
        ("{{ event.resource.name }} of {{ event.resource_in_role['flow'].name }}", "brave-otter of etl"),
        ("{{ event.resource['prefect.resource.id'] }}", "pacc.flow-run.1"),
        ("{{ event.payload.rows | tojson }}", "[1,2]"),
        ("{{ event.payload.rows | sum }}", "3"),
        ("{% for row in event.payload.rows %}{{ row }};{% endfor %}", "1;2;"),
        ("{% for n in range(100) %}{% endfor %}ok", "ok"),
        ("{{ event | flow_run_id }}", "1"),
        ("{{ event | ui_url }}", "pacc flow-run inspect 1"),
        ("{{ event | ui_resource_events_url }}", "pacc events ls -r pacc.flow-run.1"),
        ("{{ event.payload.get('rows') }} {{ 'a,b'.split(',') }}", "[1, 2] ['a', 'b']"),
        ("{{ nothing }}", ""),
        ("{{ 2 * 3 ** 2 % 5 }}", "3"),
        ("{{ 'aba' | replace('a', 'xy') }}", "xybxy"),
    ],
)
def test_a_template_says_what_it_should(template, says):
    assert render(template, {"event": EVENT}) == says


class Danger:
    """Something that must not be called or looked into."""

    def fall(self):
        raise AssertionError("a template called this")


@pytest.mark.parametrize(
    "template",
    [
        "{{ event.__class__.__mro__ }}",
        "{{ ''.__class__ }}{{ x.fall() }}",
        "{{ x.fall() }}",
        "{{ x.fall.__globals__ }}",
        "{{ 'a' * 10 ** 9 }}",
        "{{ 10 ** 10 ** 10 }}",
        "{{ '%1000000000d' % 1 }}",
        "{{ '{:>1000000000}'.format(1) }}",
        "{{ 'a'.ljust(10 ** 9) }}",
        "{{ range(101) | list }}",
        "{{ event.nothing.at.all }}",
        "{{ 1 / 0 }}",
        "{{ event.payload | dictsort | nonsense }}",
        "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
        "{{ ('a' * 2) }}",
        "{{ big | replace('a', big) }}",
        "{% for a in many %}{% for b in many %}{% endfor %}{% endfor %}",
        "{% for a in many %}{{ big }}{% endfor %}",
    ],
)
def test_a_template_that_fails_loops_or_reaches_outside_is_an_error_soon(template, monkeypatch):
    monkeypatch.setattr(templating, "MOST_SECONDS", 0.3)
    values = {"event": EVENT, "x": Danger(), "many": list(range(10_000)), "big": "a" * 10_000}
    began = time.monotonic()
    try:
        said = render(template, values)
    except (TemplateError, InvalidValueError):
        pass
    else:
        assert said.strip("<>[]() ") in {"", "Undefined"}, f"{template} said {said[:100]}"
    assert time.monotonic() - began < 10


@pytest.mark.parametrize(
    ("template", "why"),
    [
        ("{{ x", "cannot be read in line 1"),
        ("{% if %}", "cannot be read"),
        ("{% for a in b %}{% endfor %}" * 11, "11 loops; 10 are allowed"),
        ("{% for a in b %}" * 3 + "{% endfor %}" * 3, "2 deep at most"),
        ("{% include 'x' %}", "stands alone"),
        ("{% for a in b recursive %}{{ loop(a) }}{% endfor %}", "not recursive"),
    ],
)
def test_what_cannot_be_a_template_is_refused_when_it_is_written(template, why):
    with pytest.raises(InvalidValueError, match=why):
        check(template)


@given(st.text(max_size=60))
def test_any_text_is_rendered_or_refused(text):
    with contextlib.suppress(TemplateError, InvalidValueError):
        assert isinstance(render(text, {"event": EVENT}), str)


def test_templates_stand_anywhere_in_plain_data():
    told = {
        "a": ["{{ event.resource.name }}", 3],
        "b": {"__prefect_kind": "jinja", "template": "{{ event.event }}"},
    }
    assert filled(told, {"event": EVENT}) == {"a": ["brave-otter", 3], "b": "pacc.flow-run.Failed"}
    as_json = {
        "__prefect_kind": "json",
        "value": {"__prefect_kind": "jinja", "template": "{{ event.payload.rows | tojson }}"},
    }
    assert filled(as_json, {"event": EVENT}) == [1, 2]
    with pytest.raises(TemplateError, match="gives no JSON"):
        filled({"__prefect_kind": "json", "value": "{{ event.event }}"}, {"event": EVENT})


def test_a_variable_stands_in_plain_data_with_the_type_it_has():
    told = {"days": {"__prefect_kind": "workspace_variable", "variable_name": "days"}}
    assert {name for each in templates_in(told) for name in names_in(each)} == {"variables"}
    assert filled(told, {"variables": {"days": 3}}) == {"days": 3}
    with pytest.raises(TemplateError, match='there is no variable "days"'):
        filled(told, {"variables": {}})


def test_the_names_a_template_asks_for_are_known_before_it_is_filled():
    assert names_in("{{ flow.name }} {% if event %}{{ labels }}{% endif %} {{ range(3) }}") >= {
        "flow",
        "event",
        "labels",
    }


def test_times_are_said_in_words():
    now = datetime.now(UTC)
    assert humanize(now - timedelta(hours=3, minutes=1)) == "3 hours ago"
    assert humanize(now + timedelta(days=2, minutes=1)) == "in 2 days"
    assert humanize(timedelta(seconds=1)) == "1 second"
