"""How long it takes until something happens: the commands people type most, and the import every script begins with."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from statistics import median

from measuring import PACC, Subject, empty_home, middle, options, run, run_script, show
from seeding import seed_flow_runs

IMPORT = "from @subject@ import flow, task\n"


def command_ms(subject: Subject, home: Path, rounds: int, *words: str) -> float:
    """Return the milliseconds of one command, measured warm."""
    command, environment = subject.command(*words), subject.environment(home, {})
    run(command, environment)
    return middle(lambda: run(command, environment).seconds * 1000, rounds)


def import_figures(subject: Subject, home: Path, rounds: int) -> tuple[float, float]:
    """Return milliseconds and MiB of a process that imports `flow` and `task` and touches both."""
    run_script(subject, IMPORT, home)
    ended = [run_script(subject, IMPORT, home) for _ in range(rounds)]
    return median(each.seconds * 1000 for each in ended), median(each.peak_mib for each in ended)


def main() -> None:
    """Print the figures."""
    asked = options(__doc__ or "", runs=100_000)
    with tempfile.TemporaryDirectory() as folder, empty_home() as home:
        empty = Path(folder, "empty.py")
        empty.write_text("")
        bare = PACC.environment(home, {})
        show(
            "python empty.py",
            middle(lambda: run([sys.executable, str(empty)], bare).seconds * 1000, asked.rounds),
            "ms",
        )

        time, memory = import_figures(PACC, home, asked.rounds)
        other = import_figures(asked.peer, home, asked.rounds) if asked.peer else (None, None)
        show("from pacc import flow, task: whole process", time, "ms", target="< 70", peer_value=other[0])
        show("from pacc import flow, task: memory", memory, "MiB", target="< 30", peer_value=other[1])

        for words, target in (
            (("--version",), "< 30"),
            (("--help",), "< 100"),
            (("deploy", "--help"), "< 100"),
        ):
            there = command_ms(asked.peer, home, asked.rounds, *words) if asked.peer else None
            mine = command_ms(PACC, home, asked.rounds, *words)
            show(f"pacc {' '.join(words)}", mine, "ms", target=target, peer_value=there)

        seed_flow_runs(home, asked.runs)
        for line in ("flow-run ls", "flow-run ls -o json", "flow ls"):
            mine = command_ms(PACC, home, asked.rounds, *line.split())
            show(f"pacc {line}, {asked.runs:,} runs", mine, "ms", target="< 150")


if __name__ == "__main__":
    main()
