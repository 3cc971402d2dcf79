"""G2: what was acknowledged survives a power cut at any moment, with every disk that honours a sync."""

from __future__ import annotations

import random
import shutil
import struct
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from pacc.exceptions import PaccException
from pacc.store.database import Store

PROGRAMS = Path(__file__).parent / "programs"
COMPILER = shutil.which("cc")
HEAD = struct.Struct("<cIQI")
SECTOR = 512

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="the recorder preloads into Linux programs"),
    pytest.mark.skipif(COMPILER is None, reason="the recorder needs a C compiler"),
]


@dataclass(frozen=True)
class Operation:
    """Something a process did to a file; `file` tells apart those that had the same name one after the other."""

    kind: str
    name: str
    offset: int
    data: bytes
    file: int


@dataclass
class Disk:
    """What is safely on the disk, and what was asked for since, in order."""

    contents: dict[int, bytearray] = field(default_factory=dict)
    names: dict[str, int] = field(default_factory=dict)
    waiting: list[Operation] = field(default_factory=list)

    def take(self, operation):
        """Let the process do something; a sync makes the file's content, or the folder's list of files, safe."""
        if operation.kind == "s":
            self._settle(lambda other: other.kind in "wt" and other.file == operation.file)
        elif operation.kind == "d":
            self._settle(lambda other: other.kind in "cu")
        else:
            self.waiting.append(operation)

    def after_cut(self, chance):
        """What a power cut leaves: nothing unsynced, all of it up to a point, or some of it, torn at sectors."""
        kind = chance.choice(["nothing", "prefix", "subset"])
        left = [] if kind == "nothing" else self.waiting[: chance.randrange(len(self.waiting) + 1)]
        disk = Disk({file: bytearray(content) for file, content in self.contents.items()}, dict(self.names))
        for operation in left:
            if kind == "prefix":
                disk.apply(operation)
            elif chance.random() < 0.6:
                disk.apply(torn(operation, chance))
        return {name: disk.contents.get(file, b"") for name, file in disk.names.items()}

    def apply(self, operation):
        if operation.kind == "c":
            self.names[operation.name] = operation.file
        elif operation.kind == "u":
            self.names.pop(operation.name, None)
        else:
            self._write(self.contents.setdefault(operation.file, bytearray()), operation)

    def _write(self, content, operation):
        end = operation.offset + len(operation.data)
        if operation.kind == "t":
            del content[end:]
        content.extend(bytes(max(0, end - len(content))))
        content[operation.offset : end] = operation.data

    def _settle(self, concerned):
        for operation in self.waiting:
            if concerned(operation):
                self.apply(operation)
        self.waiting = [operation for operation in self.waiting if not concerned(operation)]


def torn(operation, chance):
    if operation.kind != "w" or len(operation.data) <= SECTOR or chance.random() < 0.5:
        return operation
    first = SECTOR * chance.randrange(len(operation.data) // SECTOR)
    part = operation.data[first : first + SECTOR]
    return replace(operation, offset=operation.offset + first, data=part)


@pytest.fixture
def record(tmp_path, run_python):
    """Return the operations of a process that writes to a store, its acknowledgements among them."""

    def run(synchronous="FULL"):
        library = tmp_path / "recorder.so"
        flags = ["-shared", "-fPIC", "-O1", "-ldl", "-lpthread"]
        subprocess.run([COMPILER, PROGRAMS / "recorder.c", "-o", library, *flags], check=True)
        home, to = tmp_path / "recorded", tmp_path / "record"
        env = {"LD_PRELOAD": str(library), "RECORD_FOLDER": str(home), "RECORD_TO": str(to)}
        finished = run_python(PROGRAMS / "recorded_writes.py", home, synchronous, env=env)
        assert finished.code == 0, finished.output
        return list(operations(to.read_bytes()))

    return run


def operations(record):
    position, files = 0, {}
    while position < len(record):
        kind, path, offset, length = HEAD.unpack_from(record, position)
        position += HEAD.size
        name = Path(record[position : position + path].decode()).name
        position += path
        if kind == b"c":
            files[name] = position
        yield Operation(kind.decode(), name, offset, record[position : position + length], files.get(name, 0))
        position += length


def acknowledged(operations):
    text = b"".join(operation.data for operation in operations if operation.name == "acknowledged")
    return [line.split() for line in text.decode().splitlines()]


def wrong_after(home, promised):
    """Open the store as it was left and return what is missing, torn or damaged."""
    try:
        store = Store(home)
    except PaccException as error:
        return [error]
    try:
        return wrong_in(store, promised)
    except PaccException as error:
        return [error]
    finally:
        with suppress(PaccException):
            store.close()
        store._presence.close()


def wrong_in(store, promised):
    versions, wrong = {}, []
    for table in ("flow_run", "task_run"):
        for row in store.read_sql(f"SELECT * FROM {table}"):
            versions[table, row["id"]] = row["version"]
            if len(row["history"].splitlines()) != row["version"]:
                wrong.append(("torn", table, row["id"]))
    versions |= {("flow", row["id"]): 0 for row in store.read_sql("SELECT id FROM flow")}
    found = [row[0] for row in store.read_sql("PRAGMA integrity_check(5)")]
    lost = [promise for promise in promised if versions.get(tuple(promise[:2]), -1) < int(promise[2])]
    return wrong + lost + [problem for problem in found if problem != "ok"]


def losses(recorded, tmp_path, cuts, seed):
    """Play that many power cuts and return what each that lost something has lost."""
    chance = random.Random(seed)
    moments = sorted(chance.randrange(len(recorded) + 1) for _ in range(cuts))
    disk, done, found = Disk(), 0, []
    for number, moment in enumerate(moments):
        for operation in recorded[done:moment]:
            disk.take(operation)
        done = moment
        home = tmp_path / f"cut{number}"
        home.mkdir()
        for name, content in disk.after_cut(chance).items():
            (home / name).write_bytes(content)
        wrong = wrong_after(home, acknowledged(recorded[:moment]))
        found += [(moment, wrong)] if wrong else []
        shutil.rmtree(home)
    return found


def test_the_record_shows_a_checkpoint_a_new_log_and_a_closing(record):
    recorded = record()
    kinds = {(operation.kind, operation.name) for operation in recorded}
    log, file = "pacc.db-wal", "pacc.db"
    assert {("w", file), ("s", file), ("w", log), ("s", log), ("u", log)} <= kinds
    heads = [o for o in recorded if o.name == log and o.kind == "w" and o.offset == 0]
    assert len(heads) > 5
    assert len(acknowledged(recorded)) == 1 + 6 * 25


@pytest.mark.parametrize(
    "cuts", [40, pytest.param(2_000, marks=[pytest.mark.soak, pytest.mark.timeout(900)])]
)
def test_nothing_acknowledged_is_lost_wherever_the_power_is_cut(record, tmp_path, cuts):
    seed = random.randrange(10**9)
    assert losses(record(), tmp_path, cuts, seed) == [], f"seed {seed}"


def test_the_play_would_notice_a_store_that_does_not_sync(record, tmp_path):
    assert losses(record("OFF"), tmp_path, cuts=50, seed=1)
