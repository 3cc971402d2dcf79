"""How soon a triggered run is in the flow's own code: `pacc deployment run` returning, to the first line of the flow."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from contextlib import contextmanager
from statistics import median
from typing import TYPE_CHECKING

from measuring import PACC, empty_home, options, run, show

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from measuring import Subject

FLOW = """
import time
from pathlib import Path
from @subject@ import flow

@flow
def began(file: str):
    moment = time.time()
    Path(file).write_text(str(moment))

if __name__ == "__main__":
    began.serve(name="bench"{options})
"""

QUIET = {"LOGGING_LEVEL": "WARNING"}


@contextmanager
def served(subject: Subject, home: Path, *, warm: bool) -> Iterator[None]:
    """Serve the flow from a process of its own."""
    script = home.parent / "latency.py"
    script.write_text(FLOW.replace("@subject@", subject.name).replace("{options}", ""))
    settings = {**QUIET, "RUNNER_WARM": str(warm).lower()} if subject is PACC else QUIET
    process = subprocess.Popen(
        [subject.python, str(script)], cwd=home.parent, env=subject.environment(home, settings),
        stdout=subprocess.PIPE,
    )  # fmt: skip
    try:
        process.stdout.readline()  # type: ignore[union-attr]  # it is a pipe; the greeting comes once it serves
        time.sleep(0.5 if subject is PACC else 12)
        yield
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)


def latency(subject: Subject, home: Path) -> float:
    """Trigger one run by the command, and return the milliseconds from its return to the flow's first line."""
    file = home.parent / "moment"
    file.unlink(missing_ok=True)
    run(
        subject.command("deployment", "run", "began/bench", "--param", f"file={file}"),
        subject.environment(home, QUIET),
    )
    returned = time.time()
    while not file.exists() or not file.read_text():
        time.sleep(0.002)
    return 1000 * (float(file.read_text()) - returned)


def middle_of(subject: Subject, rounds: int, *, warm: bool) -> float:
    """Return the median latency of so many runs, one after the other."""
    with empty_home() as home, served(subject, home, warm=warm):
        latency(subject, home)
        return median(latency(subject, home) for _ in range(rounds))


def main() -> None:
    """Measure and print."""
    asked = options(str(__doc__), runs=15)
    peer_value = None if asked.peer is None else middle_of(asked.peer, 5, warm=True)
    show(
        "deployment run -> flow's code, warm", middle_of(PACC, asked.runs, warm=True), "ms",
        target="< 100", peer_value=peer_value,
    )  # fmt: skip
    show("the same, fresh interpreters", middle_of(PACC, asked.runs, warm=False), "ms", target="< 400")


if __name__ == "__main__":
    os.environ.setdefault("PYTHONPATH", "")
    main()
