"""G15: a killed run keeps every log line it finished writing, and no line is ever torn by another writer.

A nursery, one Python process that has loaded pacc, forks the actors: a fresh interpreter for each of a thousand kills would take
minutes. Each actor notes every line in a side file once the call that logged it has returned.
"""

from __future__ import annotations

import json

import pytest

from pacc.store.log_files import lines

KILLED = """
import os, random, signal, sys, threading, time
from pathlib import Path
from pacc import flow, get_run_logger
from pacc.context import FlowRunContext

THREADS = 4
kills, seed = int(sys.argv[1]), int(sys.argv[2])
notes = Path(sys.argv[3])
chance = random.Random(seed)

@flow
def chatter():
    run_id = FlowRunContext.get().run.id
    acknowledged = os.open(notes / run_id, os.O_CREAT | os.O_WRONLY | os.O_APPEND)
    logger = get_run_logger()
    def talk(name):
        number = 0
        while True:
            logger.info("%s-%d %s", name, number, "x" * chance.randrange(300), extra={"number": number})
            os.write(acknowledged, b"%d-%d\\n" % (name, number))
            number += 1
    threads = [threading.Thread(target=talk, args=(name,), daemon=True) for name in range(THREADS)]
    for thread in threads:
        thread.start()
    threads[0].join()

for _ in range(kills):
    known = len(os.listdir(notes))
    actor = os.fork()
    if actor == 0:
        chatter()
        os._exit(1)
    while len(os.listdir(notes)) == known:
        time.sleep(0.002)
    # Some die before their first line, most while they talk.
    time.sleep(chance.uniform(0, 0.04))
    os.kill(actor, signal.SIGKILL)
    os.waitpid(actor, 0)
"""

WRITERS = """
import os, sys
from pathlib import Path
from pacc._internal.clock import now
from pacc.store.log_writing import RunLog, encode_line, line_head

log, writers, lines = RunLog(Path(sys.argv[1])), int(sys.argv[2]), int(sys.argv[3])
actors = []
start, go = os.pipe()
for name in range(writers):
    actor = os.fork()
    if actor == 0:
        os.close(go)
        os.read(start, 1)
        for number in range(lines):
            text = f"{name}-{number} " + "x" * ((name * 7919 + number * 104729) % 20_000)
            log.write(encode_line(time=now(), level=20, head=line_head("pacc.flow_runs"), message=text))
        os._exit(0)
    actors.append(actor)
os.close(go)
sys.exit(any(os.waitpid(actor, 0)[1] for actor in actors))
"""


def counts(quick, soak):
    """The quick count with every change, the soak count with `-m soak`."""
    return pytest.mark.parametrize(
        "count", [quick, pytest.param(soak, marks=[pytest.mark.soak, pytest.mark.timeout(3600)])]
    )


def check(path, acknowledged, threads):
    """Every acknowledged line is there, whole, with at most one line a thread that was written but not yet acknowledged.

    Returns how many were acknowledged.
    """
    said = acknowledged.read_text().split()
    content = path.read_bytes() if path.exists() else b""
    assert content[-1:] in (b"", b"\n"), f"{path} ends in half a line"
    written = [json.loads(line)["message"].split()[0] for _, line in lines(path)]
    assert len(set(written)) == len(written)
    assert not set(said) - set(written), "acknowledged and lost"
    assert len(set(written) - set(said)) <= threads
    return len(said)


@counts(quick=8, soak=1000)
def test_killed_runs_keep_every_line(run_python, pacc_home, tmp_path, count):
    notes = tmp_path / "notes"
    notes.mkdir()
    seed = 20261121
    finished = run_python(
        KILLED, count, seed, notes, timeout=60 + count, env={"PACC_LOGGING_LOGGERS_PACC_HANDLERS": ""}
    )
    assert finished.code == 0, finished.stderr
    runs = sorted(path.name for path in notes.iterdir())
    assert len(runs) == count, f"seed {seed}"
    said = [check(pacc_home / "logs" / f"{run}.jsonl", notes / run, threads=4) for run in runs]
    assert sum(lines > 10 for lines in said) > count / 2, "they were killed before they said anything"


@counts(quick=20, soak=2000)
def test_fifty_writers_tear_no_line(run_python, tmp_path, count):
    path = tmp_path / "run.jsonl"
    finished = run_python(WRITERS, path, 50, count, timeout=600)
    assert finished.code == 0, finished.stderr
    messages = [json.loads(line)["message"].split()[0] for _, line in lines(path)]
    assert len(messages) == len(set(messages)) == 50 * count
