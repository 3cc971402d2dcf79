"""A process goes on although somebody removes what it has recorded."""

from __future__ import annotations

import pytest

from pacc import flow, get_client
from pacc.exceptions import InvalidNameError


@flow
def greet():
    return "hello"


def test_a_flow_that_was_removed_is_made_again_by_its_next_run():
    greet()
    with get_client(sync_client=True) as client:
        client.delete_flow(client.read_flow_by_name("greet").id)
        assert greet() == "hello"
        assert [run.state_name for run in client.read_flow_runs()] == ["Completed"]


@pytest.mark.parametrize("name", ["a/b", "", "50%"])
def test_the_client_refuses_the_names_that_flows_may_not_have(name):
    with get_client(sync_client=True) as client, pytest.raises(InvalidNameError, match="the flow name"):
        client.create_flow_from_name(name)
