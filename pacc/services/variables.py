"""Variables: set, read, listed, removed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from pacc._internal import clock
from pacc._internal.ids import new_id
from pacc._internal.tagtext import tags_text
from pacc.exceptions import ObjectAlreadyExists, ObjectNotFound
from pacc.schemas.variables import UNCHANGED, checked_name, value_text
from pacc.store.variables import from_row

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pacc.schemas.variables import Variable
    from pacc.store import Store


def put(
    store: Store, name: str, value: Any, *, tags: Iterable[str] | None = None, overwrite: bool = False
) -> Variable:
    """Set a variable and return it.

    Args:
        store: where it is kept.
        name: its name.
        value: anything JSON can say.
        tags: the tags it has from now on; none otherwise.
        overwrite: whether one that is there already is set anew.

    Raises:
        ObjectAlreadyExists: the name is taken, and nothing was overwritten.
        InvalidNameError: it can have no such name.
        InvalidValueError: the value cannot be kept.
    """
    row = {
        "id": new_id(), "name": checked_name(name), "value": value_text(value), "tags": tags_text(tags or ()),
        "now": clock.now(), "overwrite": int(overwrite),
    }  # fmt: skip
    rows = store.write("variables.set", row)
    if not rows:
        raise ObjectAlreadyExists(
            f'the variable "{name}" exists already', hint="Overwrite it: `overwrite=True`, or `--overwrite`."
        )
    return from_row(rows[0])


def update(store: Store, name: str, *, value: Any = UNCHANGED, tags: Iterable[str] | None = None) -> Variable:
    """Change what is given about a variable and return it.

    Raises:
        ObjectNotFound: there is none of that name.
        InvalidValueError: the value cannot be kept.
    """
    changed = {
        "name": name, "value": None if value is UNCHANGED else value_text(value),
        "tags": None if tags is None else tags_text(tags), "now": clock.now(),
    }  # fmt: skip
    rows = store.write("variables.update", changed)
    if not rows:
        raise _nothing(store, name)
    return from_row(rows[0])


def value_of(store: Store, name: str, default: Any = None) -> Any:
    """Return the value under a name, or else the default."""
    rows = store.read("variables.value", {"name": name})
    return json.loads(rows[0]["value"]) if rows else default


def find(store: Store, name: str) -> Variable | None:
    """Return the variable of that name, `None` where there is none."""
    rows = store.read("variables.read", {"name": name})
    return from_row(rows[0]) if rows else None


def read(store: Store, name: str) -> Variable:
    """Return the variable of that name.

    Raises:
        ObjectNotFound: there is none; the message says what was perhaps meant.
    """
    found = find(store, name)
    if found is None:
        raise _nothing(store, name)
    return found


def select(store: Store, *, limit: int | None = None) -> list[Variable]:
    """Return the variables by name, so many at most."""
    return [
        from_row(row) for row in store.read("variables.select", {"limit": -1 if limit is None else limit})
    ]


def delete(store: Store, name: str) -> bool:
    """Remove a variable and say whether there was one."""
    return bool(store.write("variables.delete", {"name": name}))


def remove(store: Store, name: str) -> None:
    """Remove a variable that must be there.

    Raises:
        ObjectNotFound: there is none.
    """
    if not delete(store, name):
        raise _nothing(store, name)


def _nothing(store: Store, name: str) -> ObjectNotFound:
    from difflib import get_close_matches  # start-up: only for what was not found

    names = [row["name"] for row in store.read("variables.names")]
    near = get_close_matches(name, names, n=1)
    guess = f'. Did you mean "{near[0]}"?' if near else ""
    return ObjectNotFound(f'no variable "{name}"{guess}', hint="pacc variable ls")
