"""Many trivial tasks handed to the task runner, and many async ones awaited at once: how fast, and whether all are in the store."""

from __future__ import annotations

from measuring import PACC, Subject, empty_home, numbers, options, run_script, show
from tasks_10k import verified

SCRIPT = """
import asyncio, json, sys, time
from @subject@ import flow, task

@task
def trivial(number):
    return number

@task
async def atrivial(number):
    return number

@flow
def submitted(count):
    futures = [trivial.submit(number) for number in range(count)]
    return sum(future.result() for future in futures)

@flow
def mapped(count):
    return sum(trivial.map(range(count)).result())

@flow
async def gathered(count):
    return sum(await asyncio.gather(*[atrivial(number) for number in range(count)]))

how, count = sys.argv[1], int(sys.argv[2])
began = time.perf_counter()
answer = asyncio.run(gathered(count)) if how == "gathered" else globals()[how](count)
assert answer == sum(range(count)), answer
print(json.dumps({"seconds": time.perf_counter() - began}))
"""


def seconds(subject: Subject, how: str, count: int) -> float:
    """Return how long one flow of so many tasks takes, from its call to its answer; everything is in the store afterwards."""
    with empty_home() as home:
        ended = run_script(subject, SCRIPT, home, how, str(count), LOGGING_LEVEL="WARNING")
        if subject is PACC:
            verified(home, count)
        return numbers(ended)["seconds"]


def main() -> None:
    """Print the figures."""
    asked = options(__doc__ or "", tasks=10_000, gathered=500, peer_tasks=200)
    for how, words in (("submitted", "submit"), ("mapped", "map")):
        rounds = sorted(seconds(PACC, how, asked.tasks) for _ in range(asked.rounds))
        other = asked.peer_tasks / seconds(asked.peer, how, asked.peer_tasks) if asked.peer else None
        rate = asked.tasks / rounds[len(rounds) // 2]
        show(f"{asked.tasks:,} tasks through {words}", rate, "/s", target="> 5,000", peer_value=other)
    rounds = sorted(seconds(PACC, "gathered", asked.gathered) for _ in range(asked.rounds))
    other = seconds(asked.peer, "gathered", asked.gathered) if asked.peer else None
    middle = rounds[len(rounds) // 2]
    show(f"{asked.gathered:,} async tasks gathered", middle, "s", target="< 0.2", peer_value=other)


if __name__ == "__main__":
    main()
