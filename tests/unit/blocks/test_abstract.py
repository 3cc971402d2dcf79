"""The bases of families of blocks: they cannot be used themselves, and say what their kind can do."""

from __future__ import annotations

import logging

import pytest

from pacc import flow
from pacc.blocks import abstract
from pacc.blocks.abstract import CredentialsBlock, DatabaseBlock, NotificationBlock, NotificationError
from pacc.blocks.core import Block


@pytest.mark.parametrize("name", sorted(set(abstract.__all__) - {"NotificationError"}))
def test_a_base_cannot_be_used_itself(name):
    with pytest.raises(TypeError, match="abstract"):
        getattr(abstract, name)()


class Login(CredentialsBlock):
    def get_client(self, *args, **kwargs):
        return self.logger


class Told(NotificationBlock):
    def notify(self, body, subject=None):
        raise NotificationError(f"{subject}: {body}")


def test_one_of_ones_own_is_saved_and_does_its_work():
    Told().save("it")
    with pytest.raises(NotificationError, match="hello: world") as caught:
        Block.load("told/it").notify("world", "hello")
    assert caught.value.log == "hello: world"
    assert Told.get_block_capabilities() == {"notify"}


def test_one_that_only_logs_a_failure_is_told_when_to_raise_it():
    class Quiet(NotificationBlock):
        def notify(self, body, subject=None):
            if self._raises:
                raise NotificationError(body)

    quiet = Quiet()
    quiet.notify("lost")
    with pytest.raises(NotificationError), quiet.raise_on_failure():
        quiet.notify("lost")
    quiet.notify("lost")


def test_a_block_speaks_through_the_run_it_is_used_in():
    @flow
    def inside():
        return Login().get_client().extra["flow_name"]

    assert inside() == "inside"
    assert isinstance(Login().get_client(), logging.Logger)


def test_a_database_that_is_no_context_manager_says_so():
    class Database(DatabaseBlock):
        fetch_one = fetch_many = fetch_all = execute = execute_many = lambda *_, **__: None

    with pytest.raises(NotImplementedError, match="Database is not used as a context manager"):
        Database().__enter__()
