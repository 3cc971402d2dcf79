"""What is typed behind `/` to narrow a list of events."""

from __future__ import annotations

import re
from datetime import timedelta
from shlex import quote
from typing import TYPE_CHECKING, NamedTuple

from pacc.exceptions import InvalidValueError
from pacc.schemas.event_filters import EventFilter, wanted_events

if TYPE_CHECKING:
    from datetime import datetime

_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_SINCE = re.compile(r"(\d{1,4})([mhdw])")
_OF_PACC = (
    "flow-run", "task-run", "flow.", "deployment", "work-", "worker", "block", "automation", "artifact", "variable",
    "concurrency-limit", "asset",
)  # fmt: skip
_TERMS = "event:flow-run.* resource:ID related:ID 2h words"


class EventSearch(NamedTuple):
    """A list of events, narrowed."""

    wanted: EventFilter | None = None
    options: str = ""
    """The options of `pacc events ls` that ask for the same."""


def parse(text: str, now: datetime) -> EventSearch:
    """Return what a search asks for; several terms must all hold.

    Args:
        text: terms such as `event:flow-run.* 2h`; words are looked for anywhere in an event.
        now: the moment that ages like `2h` are counted from.

    Raises:
        InvalidValueError: a term says nothing that can be asked.

    Example:
        >>> from datetime import UTC, datetime
        >>> parse("event:flow-run.* 2h", datetime.now(UTC)).options
        "--event 'pacc.flow-run.*' --since 2h"
    """
    asked: dict[str, list[str]] = {"event": [], "resource": [], "related": []}
    words: list[str] = []
    ages: list[str] = []
    for term in text.split():
        kind, colon, rest = term.partition(":")
        if colon and kind in asked and rest:
            asked[kind].append(whole_name(rest))
        elif colon:
            raise InvalidValueError(f'"{term}" is nothing to look for', hint=_TERMS)
        else:
            (ages if _SINCE.fullmatch(term) else words).append(term)
    if not text.split():
        return EventSearch()
    wanted = wanted_events(
        names=asked["event"] or None,
        resources=asked["resource"] or None,
        related=asked["related"] or None,
        since=_since(ages, now),
        search=" ".join(words) or None,
    )
    options = [f"--{kind} {quote(each)}" for kind, values in asked.items() for each in values]
    options += [f"--since {ages[-1]}"] if ages else []
    options += [f"--search {quote(' '.join(words))}"] if words else []
    return EventSearch(wanted, " ".join(options))


def whole_name(name: str) -> str:
    """Return the name or id that people mean who leave out the beginning that all of pacc's have.

    Example:
        >>> whole_name("flow-run.Failed"), whole_name("table.loaded")
        ('pacc.flow-run.Failed', 'table.loaded')
    """
    return f"pacc.{name}" if name.startswith(_OF_PACC) else name


def _since(ages: list[str], now: datetime) -> datetime | None:
    found = _SINCE.fullmatch(ages[-1]) if ages else None
    return None if found is None else now - timedelta(**{_UNITS[found[2]]: int(found[1])})
