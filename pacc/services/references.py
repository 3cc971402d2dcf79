"""What people type for a run or a flow: a name, an id or the beginning of one, `@last`, `@failed`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

from pacc.exceptions import ObjectNotFound

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable

    from pacc.store import Store

_BEGINNING_OF_ID = re.compile(r"[0-9a-f]{1,8}(-[0-9a-f]{0,4}){0,3}(-[0-9a-f]{0,12})?", re.ASCII)
_SHORTCUTS = {"@last": "last", "@failed": "last_failed"}


class Noun(NamedTuple):
    """A kind of object that people refer to."""

    statements: str
    """The family of its statements: `by_name`, `by_prefix`, `read`, `recent_names`."""
    label: str
    """What it is called in sentences."""
    listing: str
    """The command that lists them."""
    shortcuts: bool = True
    """Whether `@last` and `@failed` stand for one."""


FLOW = Noun("flows", "flow", "pacc flow ls", shortcuts=False)
ARTIFACT = Noun("artifacts", "artifact", "pacc artifact ls", shortcuts=False)
ASSET = Noun("assets", "asset", "pacc asset ls", shortcuts=False)
LIMIT = Noun("concurrency", "concurrency limit", "pacc gcl ls", shortcuts=False)
LIMIT_OF_TAG = Noun(
    "concurrency", "concurrency limit for the tag", "pacc concurrency-limit ls", shortcuts=False
)
FLOW_RUN = Noun("flow_runs", "flow run", "pacc flow-run ls")
STATE = Noun("flow_runs", "state", "pacc flow-run ls", shortcuts=False)
TASK_RUN = Noun("task_runs", "task run", "pacc task-run ls")
DEPLOYMENT = Noun("deployments", "deployment", "pacc deployment ls", shortcuts=False)
WORK_POOL = Noun("work_pools", "work pool", "pacc work-pool ls", shortcuts=False)
WORK_QUEUE = Noun("work_queues", "work queue", "pacc work-queue ls", shortcuts=False)


def read_row(store: Store, noun: Noun, identity: UUID | str) -> sqlite3.Row:
    """Return the row of an object by its id.

    Raises:
        ObjectNotFound: there is none, or the id is not one.
    """
    rows = store.read(f"{noun.statements}.read", {"id": canonical(noun, identity)})
    if not rows:
        raise ObjectNotFound(f'no {noun.label} "{identity}"', hint=noun.listing)
    return rows[0]


def find_row(store: Store, noun: Noun, reference: UUID | str) -> sqlite3.Row:
    """Return the row of the object a person means; of several with the same name, the newest.

    Raises:
        ObjectNotFound: there is none; the message says what was perhaps meant.
    """
    if isinstance(reference, UUID) or (noun.shortcuts and reference in _SHORTCUTS):
        return _shortcut(store, noun, reference)
    alike = beginning_with(store, noun, reference)
    if len(alike) == 1:
        return alike[0]
    named = store.read(f"{noun.statements}.by_name", {"reference": reference})
    if named:
        return named[0]
    raise ObjectNotFound(_nothing(store, noun, reference, alike), hint=noun.listing)


def canonical(noun: Noun, identity: UUID | str) -> str:
    """Return an id as the store writes it.

    Raises:
        ObjectNotFound: it is no id.
    """
    try:
        return str(identity if isinstance(identity, UUID) else UUID(identity))
    except ValueError:
        raise ObjectNotFound(f'no {noun.label} "{identity}": an id is a UUID', hint=noun.listing) from None


def _shortcut(store: Store, noun: Noun, reference: UUID | str) -> sqlite3.Row:
    if isinstance(reference, UUID):
        return read_row(store, noun, reference)
    rows = store.read(f"{noun.statements}.{_SHORTCUTS[reference]}")
    if rows:
        return rows[0]
    raise ObjectNotFound(
        f"there is no {noun.label} yet" if reference == "@last" else f"no {noun.label} has failed",
        hint=noun.listing,
    )


def beginning_with(store: Store, noun: Noun, reference: str) -> list[sqlite3.Row]:
    """Return at most two rows whose id begins with the reference, however the id was written."""
    beginning = reference.lower()
    if len(beginning) == 32 and "-" not in beginning and _is_id(beginning):
        beginning = str(UUID(beginning))
    if not _BEGINNING_OF_ID.fullmatch(beginning):
        return []
    return store.read(f"{noun.statements}.by_prefix", {"reference": beginning})


def _is_id(text: str) -> bool:
    return all(character in "0123456789abcdef" for character in text)


def _nothing(store: Store, noun: Noun, reference: str, alike: list[sqlite3.Row]) -> str:
    if alike:
        among = " and ".join(_called(row) for row in alike)
        return f'several {noun.label}s have an id that begins with "{reference}", among them {among}; give more of it'
    return did_you_mean(
        noun, reference, {row["name"] for row in store.read(f"{noun.statements}.recent_names")}
    )


def _called(row: sqlite3.Row) -> str:
    return f'{row["id"]} ("{row["name"]}")' if "name" in row.keys() else str(row["id"])  # noqa: SIM118 - a row has values in it


def did_you_mean(noun: Noun, reference: str, names: Iterable[str]) -> str:
    """Return the sentence that nothing of that name is there, with the most alike of the names that are."""
    from difflib import get_close_matches  # start-up: only for what was not found

    guess = next(iter(get_close_matches(reference, sorted(names), n=1)), None)
    return f'no {noun.label} "{reference}"' + (f'. Did you mean "{guess}"?' if guess else "")
