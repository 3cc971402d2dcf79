"""Variables and blocks in templates, as `deploy` and workers fill them."""

from __future__ import annotations

import pytest

from pacc.blocks.core import Block
from pacc.blocks.system import JSON, Secret
from pacc.exceptions import InvalidValueError
from pacc.services.templates import resolve
from pacc.settings import get_current_settings
from pacc.store import open_store
from pacc.variables import Variable


class Place(Block):
    where: dict
    port: int


@pytest.fixture
def store():
    Variable.set("city", "Ulm")
    Variable.set("limits", {"a": [1, 2]})
    Secret(value="shh").save("key")
    JSON(value={"a": {"b": 2}}).save("made")
    Place(where={"city": ["Ulm"]}, port=80).save("here")
    return open_store(get_current_settings().home)


@pytest.mark.parametrize(
    ("template", "filled"),
    [
        ("{{ prefect.variables.city }}", "Ulm"),
        ("{{ pacc.variables.limits }}", {"a": [1, 2]}),
        ("in {{ pacc.variables.city }}, {{ prefect.variables.nowhere }}.", "in Ulm, ."),
        ({"a": "{{ prefect.variables.nowhere }}", "b": 1}, {"b": 1}),
        ("{{ prefect.blocks.secret.key }}", "shh"),
        ("{{ pacc.blocks.secret.key.value }}", "shh"),
        ("{{ prefect.blocks.json.made.value.a.b }}", 2),
        ("{{ prefect.blocks.place.here }}", {"where": {"city": ["Ulm"]}, "port": 80}),
        ("{{ prefect.blocks.place.here.where.city[0] }}:{{ prefect.blocks.place.here.port }}", "Ulm:80"),
        ("{{ clone.directory }} {{ $HOME }} {{ ctx.flow.name }}", "{{ clone.directory }} {{ $HOME }} {{ ctx.flow.name }}"),
    ],
)  # fmt: skip
def test_what_speaks_of_the_store_is_filled_and_the_rest_is_left(store, template, filled):
    assert resolve(store, template) == filled


def test_everything_is_filled_where_everything_is_given(store):
    template = {
        "a": "{{ step.out }}",
        "b": "{{ $X }}",
        "c": "{{ prefect.variables.city }}",
        "d": "{{ none }}",
    }
    assert resolve(store, template, {"step": {"out": 3}}, {"X": "x"}) == {"a": 3, "b": "x", "c": "Ulm"}


def test_a_value_that_looks_like_a_template_stays_as_it_is(store):
    Variable.set("sly", "{{ prefect.blocks.secret.key }}")
    assert resolve(store, "{{ prefect.variables.sly }}", {}, {}) == "{{ prefect.blocks.secret.key }}"


def test_a_block_or_a_field_that_is_not_there_is_named(store):
    with pytest.raises(ValueError, match='no block "secret/kye"'):
        resolve(store, "{{ prefect.blocks.secret.kye }}")
    with pytest.raises(InvalidValueError, match='the block "place/here" has no "prt"'):
        resolve(store, "{{ prefect.blocks.place.here.prt }}")
