"""G19: secrets are planted everywhere, everything is exercised, and afterwards they are found nowhere but behind their key."""

from __future__ import annotations

import json
import sys

import pytest

PLANTED = [f"canary-{number:02}-{number * 7919:05x}" for number in range(50)]

PLANT = """
import json, sys
from pacc.blocks.core import Block
from pacc.blocks.fields import SecretDict
from pacc.blocks.system import Secret
from pacc.blocks.webhook import Webhook
from pydantic import SecretStr
from pacc import flow, task

class Service(Block):
    login: SecretStr
    headers: SecretDict
    inside: Secret | None = None
    many: list[Secret] = []

planted = iter(json.load(sys.stdin))
for number in range(12):
    Secret(value=next(planted)).save(f"text-{number}")
    Secret(value={"deep": [next(planted)]}).save(f"object-{number}")
for number in range(5):
    shared = Secret(value=next(planted))
    shared.save(f"shared-{number}")
    Service(
        login=next(planted), headers={"x": next(planted)}, inside=shared, many=[Secret(value=next(planted))]
    ).save(f"service-{number}")
for number in range(6):
    Webhook(url=f"http://127.0.0.1:9/{next(planted)}").save(f"hook-{number}")
assert next(planted, None) is None

@task
def leaky(block):
    print("the block", block, "holds", block.get())
    raise RuntimeError(f"cannot log in with {block.get()}")

@flow(log_prints=True, name="leaky")
def leak():
    for number in range(12):
        leaky(Secret.load(f"text-{number}"), return_state=True)
    for number in range(6):
        try:
            Block.load(f"webhook/hook-{number}").call({"text": "hello"})
        except Exception as error:
            print("hook:", error)
    service = Block.load("service/service-0")
    print(service, service.model_dump(), service.model_dump_json())
    raise ValueError(Secret.load("object-3").get()["deep"][0])

leak(return_state=True)
"""


@pytest.fixture
def planted(processes):
    """A home with fifty secrets in it, and what the program that planted them said."""
    process = processes.start(sys.executable, processes.script(PLANT), stdin=-1)
    ended = processes.finish(process, text=json.dumps(PLANTED))
    assert ended.code == 0, ended.output
    return ended


def found_in(text):
    return [secret for secret in PLANTED if secret in text]


def everything_below(folder):
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


def test_fifty_secrets_appear_in_no_file_no_output_and_no_argument(
    planted, pacc_home, pacc_process, run_python, tmp_path
):
    assert "********" in planted.output
    commands = (
        ["block", "ls"],
        ["block", "ls", "-o", "json", "--limit", "1000"],
        ["block", "inspect", "secret/text-3"],
        ["block", "inspect", "service/service-0", "-o", "json"],
        ["block", "type", "inspect", "service", "-o", "json"],
        ["block", "create", "secret", "--name", "text-1", "--field", "value=x"],
        ["block", "rotate-key"],
        ["flow-run", "inspect", "@last", "-o", "json"],
        ["flow-run", "logs", "@last"],
        ["task-run", "inspect", "@last"],
        ["db", "backup", str(tmp_path / "copy.db")],
        ["--debug", "block", "inspect", "secret/nobody"],
    )
    said = "".join([planted.output, *(pacc_process(*words).output for words in commands)])
    assert found_in(said) == []
    assert found_in(everything_below(pacc_home).decode("latin-1")) == []
    assert found_in((tmp_path / "copy.db").read_bytes().decode("latin-1")) == []

    (pacc_home / "key").unlink()  # as in a copy of the store that someone found
    ended = run_python("from pacc.blocks.system import Secret\nprint(Secret.load('text-0').get())")
    assert (ended.code, found_in(ended.output)) == (1, [])
    assert "the key of the secrets in the blocks is gone" in ended.stderr
