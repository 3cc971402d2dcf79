"""Deployments as Python source: what `pacc sdk generate` writes can be imported, checked and called."""

from __future__ import annotations

import ast
import asyncio
import inspect
import subprocess
import sys
from datetime import UTC, datetime
from enum import Enum
from typing import Literal

import pytest
from pydantic import BaseModel

from pacc import flow
from pacc.engine.signatures import parameter_schema
from pacc.exceptions import ObjectNotFound
from pacc.presentation.typed_deployments import source
from pacc.schemas.deployments import DeploymentCreate
from pacc.schemas.work_pools import WorkPoolCreate
from pacc.services import deployments, flow_runs, work_pools
from pacc.store import open_store


class Color(Enum):
    """A choice."""

    RED = "red"


class Config(BaseModel):
    """An object."""

    host: str
    port: int = 3
    color: Color = Color.RED


@flow
def etl(
    city: str,
    when: datetime,
    days: int = 3,
    config: Config | None = None,
    kind: Literal["a", 'b"\\', "ü"] = "a",
    pairs: list[tuple[int, str]] | None = None,
    anything=None,
): ...


@flow
def open_ended(**kwargs): ...


@flow
def nothing(): ...


@pytest.fixture
def store(pacc_home):
    store = open_store(pacc_home)
    work_pools.create(store, WorkPoolCreate(name="pool"))
    for of, name, told in (
        (
            etl,
            "nightly",
            {"work_pool_name": "pool", "parameters": {"city": "Ulm"}, "description": 'A "b" \\ c'},
        ),
        (open_ended, "9 lives", {}),
        (nothing, "nightly", {}),
    ):
        schema = parameter_schema(of.fn)
        deployments.upsert(
            store,
            DeploymentCreate(name=name, flow_name=of.name, parameter_openapi_schema=schema, **told),
        )
    return store


@pytest.fixture
def text(store):
    return source(deployments.select(store), {"pool": work_pools.read(store, "pool").base_job_template})


@pytest.fixture
def module(text):
    names = {"__name__": "my_sdk"}
    exec(compile(text, "my_sdk.py", "exec", dont_inherit=True), names)
    return names


def test_a_run_is_started_by_a_method_with_the_parameters(module, store):
    nightly = module["deployments"].from_name("etl/nightly")
    run = (
        nightly.with_options(timeout=0, tags=["by-hand"])
        .with_infra(env={"A": "1"}, more=2)
        .run(when=datetime(2026, 11, 26, tzinfo=UTC), config={"host": "here"})
    )
    kept = flow_runs.read(store, run.id)
    assert kept.parameters == {"city": "Ulm", "when": "2026-11-26T00:00:00Z", "config": {"host": "here"}}
    assert kept.job_variables == {"env": {"A": "1"}, "more": 2}
    assert "by-hand" in kept.tags
    other = module["deployments"].from_name("open-ended/9 lives").with_options(timeout=0)
    assert other.run(x=1).parameters == {"x": 1}


def test_in_code_that_awaits(module):
    run = asyncio.run(module["NothingNightly"]().with_options(timeout=0).run_async())
    assert run.state.is_scheduled()


def test_the_types_are_those_of_the_flow(module):
    hints = {
        name: each.annotation for name, each in inspect.signature(module["EtlNightly"].run).parameters.items()
    }
    assert hints == {
        "self": inspect.Parameter.empty,
        "city": "str",
        "when": "datetime",
        "days": "int",
        "config": "EtlNightlyConfig | None",
        "kind": ast.unparse(ast.parse('Literal["a", "b\\"\\\\", "ü"]')),
        "pairs": "list[tuple[int, str]] | None",
        "anything": "Any",
    }
    required = [
        name
        for name, each in inspect.signature(module["EtlNightly"].run).parameters.items()
        if each.default is inspect.Parameter.empty
    ]
    assert required == ["self", "when"], "the deployment has a value for city"
    assert set(module["EtlNightlyConfig"].__annotations__) == {"host", "port", "color"}
    with pytest.raises(TypeError, match="when"):
        module["EtlNightly"]().run()


def test_a_name_the_file_does_not_know_is_refused_in_a_sentence(module):
    with pytest.raises(ObjectNotFound, match='knows no deployment "etl/hourly"'):
        module["deployments"].from_name("etl/hourly")


def test_the_same_deployments_give_the_same_text_and_one_alone_needs_no_overload(store, text):
    every = deployments.select(store)
    assert source(reversed(every), {"pool": work_pools.read(store, "pool").base_job_template}) == text
    alone = source(every[:1], {})
    assert "overload" not in alone
    exec(compile(alone, "alone.py", "exec", dont_inherit=True), {})


@pytest.mark.parametrize(
    "command",
    [
        ["ruff", "check", "--isolated"],
        ["ruff", "format", "--isolated", "--check"],
        pytest.param(["mypy", "--strict", "--cache-dir=/dev/null"], marks=pytest.mark.soak),
    ],
)
def test_checkers_have_nothing_to_say(text, tmp_path, command):
    pytest.importorskip(command[0])
    (tmp_path / "my_sdk.py").write_text(text, encoding="utf-8")
    ended = subprocess.run(
        [sys.executable, "-m", *command, "my_sdk.py"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout
