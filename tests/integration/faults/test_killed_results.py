"""A process killed while it keeps results: what the store knows is whole, and the next process goes on."""

from __future__ import annotations

import hashlib
import random
import signal
import sys
import time

import pytest

from pacc.results import ResultStore
from pacc.services import results
from pacc.store import open_store

PROGRAM = """
import itertools, os
from pacc import flow, task
from pacc.cache_policies import INPUTS

@task(cache_policy=INPUTS)
def large(number):
    return os.urandom(20_000)

@flow
def run():
    for number in itertools.count():
        large(number)
        print(number, flush=True)

run()
"""


@pytest.mark.parametrize("kills", [5, pytest.param(100, marks=[pytest.mark.soak, pytest.mark.timeout(0)])])
def test_what_the_store_knows_of_a_killed_process_is_whole(processes, pacc_home, kills):
    seed = random.randrange(10**9)
    chance = random.Random(seed)
    script = processes.script(PROGRAM)
    for _ in range(kills):
        process = processes.start(sys.executable, script, env={"PACC_LOGGING_LEVEL": "ERROR"})
        assert process.stdout.readline() == "0\n"
        time.sleep(chance.uniform(0, 0.3))
        process.send_signal(signal.SIGKILL)
        process.wait()
    store = open_store(pacc_home)
    known = results.select(store)
    assert known, seed
    for kept in known:
        with open(kept.path, "rb") as file:
            assert hashlib.sha256(file.read()).hexdigest() == kept.digest, (seed, kept)
        assert len(ResultStore().read(kept.key).result) == 20_000
    store.close()
