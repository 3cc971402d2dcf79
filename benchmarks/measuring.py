"""What every benchmark does alike: an empty home, a real process, its time and memory, medians, and a peer beside it.

A figure is measured by running a script in a process of its own and reading the clock and the kernel's account
of it; nothing of what is measured runs in this process.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

ROUNDS = 5
MEBIBYTE = 1024 * 1024


@dataclass(frozen=True)
class Ended:
    """One process: how long it took, how much memory it had at most, and what it said."""

    seconds: float
    peak_mib: float
    code: int
    stdout: str
    stderr: str


@dataclass(frozen=True)
class Subject:
    """What is measured: pacc itself, or the peer it is compared with."""

    name: str
    python: str
    quiet: Mapping[str, str] = field(default_factory=dict)

    def home_variable(self) -> str:
        """Return the variable that says where it keeps its things."""
        return f"{self.name.upper()}_HOME"

    def environment(self, home: Path, extra: Mapping[str, str]) -> dict[str, str]:
        """Return an environment without anybody's settings but ours, in which modules are compiled once, as they are for most."""
        ours = ("PACC_", "PREFECT_", "PYTHONDONTWRITEBYTECODE")
        kept = {key: value for key, value in os.environ.items() if not key.startswith(ours)}
        level = {f"{self.name.upper()}_{key}": value for key, value in extra.items()}
        return kept | {self.home_variable(): str(home)} | dict(self.quiet) | level

    def command(self, *words: str) -> list[str]:
        """Return the command line of its own command."""
        installed = Path(self.python).with_name(self.name)
        return [str(installed), *words] if installed.exists() else [self.python, "-m", self.name, *words]


PACC = Subject("pacc", sys.executable)


def peer(python: str | None) -> Subject | None:
    """Return Prefect, where it is installed beside pacc or in the interpreter given."""
    if python is None and find_spec("prefect") is None:
        return None
    quiet = {"PREFECT_SERVER_ANALYTICS_ENABLED": "false", "DO_NOT_TRACK": "1"}
    return Subject("prefect", python or sys.executable, quiet)


# ------------------------------------------------------------------------------------------ processes


@contextmanager
def empty_home() -> Iterator[Path]:
    """Yield a folder that is removed afterwards."""
    folder = tempfile.mkdtemp(prefix="pacc-benchmark-")
    try:
        yield Path(folder, "home")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def run(command: Sequence[str], environment: Mapping[str, str], *, check: bool = True) -> Ended:
    """Run a command to its end and account for it; a failure ends the benchmark, unless `check` is off."""
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
        began = time.perf_counter()
        process = subprocess.Popen(
            command, env=dict(environment), stdin=subprocess.DEVNULL, stdout=out, stderr=err
        )
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - began
        process.returncode = code = os.waitstatus_to_exitcode(status)
        out.seek(0)
        err.seek(0)
        ended = Ended(seconds, usage.ru_maxrss * _RSS_UNIT / MEBIBYTE, code, out.read(), err.read())
    if check and code != 0:
        raise SystemExit(f"{' '.join(command)} ended with {code}\n{ended.stdout}\n{ended.stderr}")
    return ended


def processor_ms(command: Sequence[str], environment: Mapping[str, str]) -> float:
    """Return the milliseconds of processor time of one command."""
    before = children_ms()
    run(command, environment)
    return children_ms() - before


def children_ms() -> float:
    """Return the milliseconds of processor time of all children that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (used.ru_utime + used.ru_stime) * 1000


_RSS_UNIT = 1 if sys.platform == "darwin" else 1024


def run_script(subject: Subject, source: str, home: Path, *arguments: str, **settings: str) -> Ended:
    """Run Python source for a subject; `@subject@` in it becomes the subject's own name."""
    with tempfile.TemporaryDirectory(prefix="pacc-benchmark-") as folder:
        path = Path(folder, "script.py")
        path.write_text(source.replace("@subject@", subject.name))
        return run([subject.python, str(path), *arguments], subject.environment(home, settings))


# -------------------------------------------------------------------------------------------- figures


def middle(measure: Callable[[], float], rounds: int) -> float:
    """Return the median of so many measurements."""
    return median(measure() for _ in range(rounds))


def least(measure: Callable[[], float], rounds: int) -> float:
    """Return the least of so many measurements: other work on the machine only ever adds."""
    return min(measure() for _ in range(rounds))


def show(name: str, value: float, unit: str, *, target: str = "", peer_value: float | None = None) -> None:
    """Print one figure, and how it compares with the peer's in the same run."""
    goal = f"   target {target}" if target else ""
    ratio = "" if peer_value is None else f"   prefect {peer_value:,.1f} {unit}, {_ratio(value, peer_value)}"
    print(f"{name:<58} {value:>12,.1f} {unit:<8}{goal}{ratio}", flush=True)


def _ratio(value: float, other: float) -> str:
    larger, smaller = max(value, other), min(value, other)
    return f"{larger / smaller:,.0f} times" if smaller else "no ratio"


def numbers(ended: Ended) -> dict[str, float]:
    """Return what a measured script printed as JSON on its last line."""
    found: dict[str, float] = json.loads(ended.stdout.splitlines()[-1])
    return found


def options(description: str, **counts: int) -> argparse.Namespace:
    """Read the options all benchmarks share, and one for each count."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="measurements a median is taken of")
    parser.add_argument("--peer-python", help="an interpreter that has Prefect installed")
    for name, default in counts.items():
        parser.add_argument(f"--{name.replace('_', '-')}", type=int, default=default)
    found = parser.parse_args()
    found.peer = peer(found.peer_python)
    return found
