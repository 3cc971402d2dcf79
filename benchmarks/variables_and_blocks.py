"""Variables and blocks: how long reading a variable takes, loading a block with a secret, and listing many blocks."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from measuring import PACC, empty_home, middle, numbers, options, run, run_script, show

if TYPE_CHECKING:
    from pathlib import Path

READS = """
import json, sys, time
from pacc.blocks.system import Secret
from pacc.variables import Variable

count = int(sys.argv[1])
Variable.set("answer", {"to": 42}, overwrite=True)
Secret(value="sk-1234567890").save("key", overwrite=True)

def milliseconds(read):
    read()
    began = time.perf_counter()
    for _ in range(count):
        read()
    return (time.perf_counter() - began) / count * 1000

print(json.dumps({
    "variable": milliseconds(lambda: Variable.get("answer")),
    "block": milliseconds(lambda: Secret.load("key").get()),
}))
"""

MANY = """
import sys
from pacc.blocks.system import String
from pacc.services import block_types, blocks
from pacc.settings import get_current_settings
from pacc.store import open_store

store = open_store(get_current_settings().home)
schema = block_types.register(store, String.registration())
for number in range(int(sys.argv[1])):
    blocks.create(store, schema, f"block-{number}", {"value": "text"})
"""


def milliseconds_to_list(home: Path, expected: int) -> float:
    """List all blocks by the command and return how long it took.

    Raises:
        SystemExit: not all of them were listed.
    """
    command = PACC.command("block", "ls", "-o", "json", "--limit", str(expected))
    ended = run(command, PACC.environment(home, {}))
    if len(json.loads(ended.stdout)) != expected:
        raise SystemExit(f"{expected} blocks were saved, {len(json.loads(ended.stdout))} are listed")
    return ended.seconds * 1000


def main() -> None:
    """Print the figures."""
    asked = options(__doc__ or "", reads=5_000, blocks=10_000)
    with empty_home() as home:
        found = numbers(run_script(PACC, READS, home, str(asked.reads)))
        show("Variable.get", found["variable"], "ms", target="< 0.2")
        show("Secret.load", found["block"], "ms")
    with empty_home() as home:
        run_script(PACC, MANY, home, str(asked.blocks), STORE_SYNCHRONOUS="normal")
        value = middle(lambda: milliseconds_to_list(home, asked.blocks), asked.rounds)
        show(f"pacc block ls, all of {asked.blocks:,} blocks as JSON", value, "ms")
        environment = PACC.environment(home, {})
        value = middle(lambda: run(PACC.command("block", "ls"), environment).seconds * 1000, asked.rounds)
        show(f"pacc block ls, {asked.blocks:,} blocks", value, "ms", target="< 150")


if __name__ == "__main__":
    main()
