"""A rotation of the key that is killed at any moment, and blocks that are saved meanwhile: no secret is ever lost."""

from __future__ import annotations

import random
import sys
import time

import pytest

from pacc.blocks.system import Secret
from pacc.services import encryption
from pacc.settings import get_current_settings
from pacc.store import open_store

ROTATE = """
from pacc.services import encryption
from pacc.settings import get_current_settings
from pacc.store import open_store

store = open_store(get_current_settings().home)
print("ready", flush=True)
while True:
    encryption.rotate(store)
"""

SAVE = """
from pacc.blocks.system import Secret

number = 0
print("ready", flush=True)
while True:
    Secret(value=f"value {number}").save("busy", overwrite=True)
    print(number, flush=True)
    number += 1
"""


def kills(processes, count):
    """Kill rotations one after the other, at moments nobody chose, while another process saves."""
    for number in range(10):
        Secret(value={"number": number}).save(f"kept-{number}")
    script, saver = processes.script(ROTATE), processes.script(SAVE)
    writing = processes.start(sys.executable, saver)
    writing.stdout.readline()
    for _ in range(count):
        rotating = processes.start(sys.executable, script)
        rotating.stdout.readline()
        time.sleep(random.uniform(0, 0.1))
        processes.end(rotating)
        rotating.wait()
        assert [Secret.load(f"kept-{number}").get()["number"] for number in range(10)] == [*range(10)]
    processes.end(writing)
    acknowledged = int(writing.communicate()[0].split()[-1])
    saved = int(Secret.load("busy").get().split()[1])
    assert saved in (acknowledged, acknowledged + 1)
    assert encryption.rotate(open_store(get_current_settings().home)) == 11


def test_killed_rotations_lose_no_secret(processes):
    kills(processes, 5)


@pytest.mark.soak
def test_many_killed_rotations_lose_no_secret(processes):
    kills(processes, 200)
