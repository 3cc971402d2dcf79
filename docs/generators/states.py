"""The page about states, read off the transition table."""

from __future__ import annotations

from pacc.orchestration.transitions import MOVES, NAMES, RETRY_MOVES
from pacc.schemas.states import TERMINAL_STATES, StateType

MEANINGS = {
    "Scheduled": "The run will begin at a time that is set.",
    "Late": "That time has passed and nothing has picked the run up.",
    "AwaitingRetry": "The code failed; the run waits before it tries again.",
    "AwaitingConcurrencySlot": "A limit is reached; the run waits for a free slot.",
    "Resuming": "A suspended run was told to go on and waits to be started.",
    "Pending": "The run is about to begin: inputs are gathered, parameters checked.",
    "Submitting": "A worker has taken the run and is starting it.",
    "InfrastructurePending": "What the run will execute in is being prepared.",
    "NotReady": "A task did not begin, because something it waits for did not complete.",
    "Running": "The code is executing.",
    "Retrying": "The code is executing again after it failed.",
    "Paused": "The code waits, in its process, until it is told to go on.",
    "Suspended": "The run waits, its process gone, until it is told to go on.",
    "Cancelling": "The run was told to stop and its processes are being ended.",
    "Killing": "The run was told to stop, and its processes are killed without being given time.",
    "Cancelled": "The run did not complete because somebody decided so.",
    "Skipped": "It was due while nobody was there, or an earlier run of its schedule ran, and never starts.",
    "Completed": "The run ended well.",
    "Cached": "The result of an earlier run was used instead of running.",
    "RolledBack": "The run ended well, but its transaction was undone.",
    "Failed": "The code failed and no retry is left.",
    "TimedOut": "The code took longer than it may.",
    "Crashed": "Something outside of the code ended the run: a signal, a lost process.",
}
"""A line about each name; one without is an error when the page is made."""


def page() -> str:
    """Return the diagram and the two tables."""
    return f"## Allowed moves\n\n{diagram()}\n\n{moves()}\n\n## Names\n\n{names()}"


def diagram() -> str:
    """Return the moves within one attempt as a Mermaid diagram."""
    lines = ["stateDiagram-v2"]
    lines += [f"    [*] --> {new}" for new in _ordered(MOVES[None]) if new not in TERMINAL_STATES]
    for old, following in MOVES.items():
        if old is not None:
            lines += [f"    {old} --> {new}" for new in _ordered(following)]
    lines += [f"    {old} --> [*]" for old in _ordered(TERMINAL_STATES)]
    return "\n".join(["```mermaid", *lines, "```"])


def moves() -> str:
    """Return the moves as a table, with where a retry may lead."""
    rows = ["| from | to | by an explicit retry |", "| --- | --- | --- |"]
    for old, following in MOVES.items():
        retry = _listed(RETRY_MOVES) if old in TERMINAL_STATES else ""
        rows.append(f"| {f'`{old}`' if old else 'nothing yet'} | {_listed(following) or 'none'} | {retry} |")
    return "\n".join(rows)


def names() -> str:
    """Return what pacc calls the states of each type, and what each name means."""
    rows = ["| name | type | ended | meaning |", "| --- | --- | --- | --- |"]
    for kind, called in NAMES.items():
        ended = "yes" if kind in TERMINAL_STATES else "no"
        rows += [f"| `{name}` | `{kind}` | {ended} | {MEANINGS[name]} |" for name in called]
    return "\n".join(rows)


def _ordered(types: frozenset[StateType]) -> list[StateType]:
    return [kind for kind in NAMES if kind in types]


def _listed(types: frozenset[StateType]) -> str:
    return ", ".join(f"`{kind}`" for kind in _ordered(types))
