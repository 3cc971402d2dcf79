"""A person's first minute: `python hello.py` on an empty home, then again, and whether anything listens meanwhile."""

from __future__ import annotations

from measuring import PACC, Subject, empty_home, middle, numbers, options, run_script, show

HELLO = """
from @subject@ import flow, task

@task
def greet(name):
    return f"Hello, {name}"

@flow
def hello():
    return greet("world")

hello()
"""

LISTENERS = (
    HELLO
    + """
import json, os
listening = {line.split()[9] for kind in ("tcp", "tcp6") for line in list(open(f"/proc/net/{kind}"))[1:]
             if line.split()[3] == "0A"}
own = 0
for name in os.listdir("/proc/self/fd"):
    try:
        target = os.readlink(f"/proc/self/fd/{name}")
    except OSError:
        continue
    own += target.startswith("socket:[") and target[8:-1] in listening
children = open(f"/proc/self/task/{os.getpid()}/children").read().split()
print(json.dumps({"listening": own, "children": len(children)}))
"""
)


def first_ms(subject: Subject) -> float:
    """Return the milliseconds of the script where nothing exists yet."""
    with empty_home() as home:
        return run_script(subject, HELLO, home).seconds * 1000


def second_ms(subject: Subject, rounds: int) -> float:
    """Return the milliseconds of the script when the home is there."""
    with empty_home() as home:
        run_script(subject, HELLO, home)
        return middle(lambda: run_script(subject, HELLO, home).seconds * 1000, rounds)


def main() -> None:
    """Print the figures."""
    asked = options(__doc__ or "")
    first_ms(PACC)
    other = (
        (middle(lambda: first_ms(asked.peer), 1), second_ms(asked.peer, 1)) if asked.peer else (None, None)
    )
    mine = middle(lambda: first_ms(PACC), asked.rounds)
    show("hello.py on an empty home", mine, "ms", target="< 400", peer_value=other[0])
    again = second_ms(PACC, asked.rounds)
    show("hello.py, second time", again, "ms", target="< 250", peer_value=other[1])
    with empty_home() as home:
        found = numbers(run_script(PACC, LISTENERS, home))
    show("listening sockets", found["listening"], "", target="0")
    show("processes left beside it", found["children"], "", target="0")


if __name__ == "__main__":
    main()
