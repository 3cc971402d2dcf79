"""Flows take saved blocks as parameters by reference, as deployments and people write them."""

from __future__ import annotations

import json

import pytest

from pacc import flow, get_client
from pacc.blocks.system import Secret, String
from pacc.engine.block_parameters import with_blocks
from pacc.exceptions import ParameterTypeError


@flow
def plain(value):
    return value


@flow
def typed(secret: Secret, others: list[String] | None = None):
    return secret.get(), [each.value for each in others or ()]


@pytest.fixture
def saved():
    Secret(value="s-canary").save("mine")
    return [String(value=name).save(name) for name in ("one", "two")]


def test_a_reference_becomes_the_block_wherever_it_stands(saved):
    assert plain({"$ref": "secret/mine"}).get() == "s-canary"
    assert plain({"$ref": {"block_document_id": str(saved[0])}}).value == "one"
    inside = plain({"deep": [{"$ref": {"block_document_slug": "string/two"}}, 3]})
    assert (inside["deep"][0].value, inside["deep"][1]) == ("two", 3)


def test_a_typed_parameter_takes_references_and_blocks(saved):
    references = [{"$ref": str(identity)} for identity in saved]
    assert typed({"$ref": "secret/mine"}, references) == ("s-canary", ["one", "two"])
    assert typed(Secret.load("mine")) == ("s-canary", [])


def test_what_is_no_reference_to_a_block_stays_as_it_is():
    for value in (
        {"$ref": "#/definitions/City"},
        {"$ref": "secret/mine", "more": 1},
        {"$ref": 3},
        {"$ref": {}},
    ):
        assert plain(value) == value


def test_a_value_that_holds_itself_is_let_through():
    endless = []
    endless.append(endless)
    assert with_blocks({"value": endless})["value"] is endless


def test_a_reference_to_nothing_fails_the_run_with_a_sentence():
    with pytest.raises(ParameterTypeError, match="'value' refers to a block: no block \"secret/nobody\""):
        plain({"$ref": "secret/nobody"})


def test_the_secret_of_a_parameter_is_not_stored(saved):
    typed(Secret.load("mine"))
    with get_client(sync_client=True) as client:
        (run,) = client.read_flow_runs()
    assert "canary" not in json.dumps(run.parameters)
