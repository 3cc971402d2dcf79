"""Values that are worked out when they are used: each kind, what it lacks, and whatever else may stand there."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pacc.exceptions import TemplateError
from pacc.schemas.templated_values import Meaning, is_templated, worked_out

MEANING = Meaning(jinja=str.upper, variable={"days": 3}.__getitem__, text=str)


def of(kind, **more):
    return {"__prefect_kind": kind, **more}


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (of("none", value={"a": of("json")}), {"a": of("json")}),
        (of("json", value='{"a": [1, null]}'), {"a": [1, None]}),
        (of("json", value=of("jinja", template='"x"')), "X"),
        (of("jinja", template="ulm"), "ULM"),
        (of("workspace_variable", variable_name="days"), 3),
        ([{"a": of("jinja", template="ulm")}, "ulm", None], [{"a": "ULM"}, "ulm", None]),
        ({"__pacc_kind": "jinja", "template": "ulm"}, "ULM"),
    ],
)
def test_each_kind_of_value_is_worked_out_wherever_it_stands(value, said):
    assert is_templated(value)
    assert worked_out(value, MEANING) == said


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (of("yaml", value="1"), 'there is no kind "yaml" of value; there are none, json, jinja'),
        (of(None), 'there is no kind "None" of value'),
        (of("json"), 'a value of the kind "json" needs "value"'),
        (of("jinja", value="x"), 'a value of the kind "jinja" needs "template"'),
        (of("workspace_variable"), 'a value of the kind "workspace_variable" needs "variable_name"'),
        (of("json", value="{"), "the template gives no JSON"),
    ],
)
def test_a_value_that_cannot_be_worked_out_says_why(value, said):
    with pytest.raises(TemplateError, match=said):
        worked_out([value], MEANING)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_other_data_stays_as_it_is(value):
    assert not is_templated(value)
    assert worked_out(value, MEANING) == value
