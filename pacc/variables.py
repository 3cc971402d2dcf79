"""Variables from code: small values that flows share, kept in the store under names.

>>> Variable.set("answer", 42, overwrite=True).value
42
>>> Variable.get("answer")
42

In async code the plain names give something to await, so `await Variable.get("answer")` works there; `aget`, `aset` and `aunset`
do everywhere.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pacc._internal.steps import awaitable
from pacc.context import either_colour
from pacc.schemas.variables import MAX_VARIABLE_NAME_LENGTH
from pacc.schemas.variables import Variable as StoredVariable
from pacc.services import variables
from pacc.settings import get_current_settings
from pacc.store import open_store

if TYPE_CHECKING:
    from typing import Self

    from pacc.store import Store

__all__ = ["MAX_VARIABLE_NAME_LENGTH", "Variable"]


def _set(
    cls: type[Variable], name: str, value: Any, tags: list[str] | None = None, overwrite: bool = False
) -> Variable:
    """Set a variable and return it.

    Args:
        cls: what is returned.
        name: lower-case letters, digits, `_` and `-`, 255 characters at most.
        value: anything JSON can say, 5,000 characters of it at most.
        tags: the tags it has from now on; none otherwise.
        overwrite: whether one that is there already is set anew.

    Raises:
        ValueError: the name is taken and nothing was overwritten; or the name or the value cannot be kept.

    >>> Variable.set("animal", {"make": {"model": "ford"}}, tags=["cars"]).tags
    ['cars']
    """
    return cls._made_of(variables.put(_store(), name, value, tags=tags, overwrite=overwrite))


def _get(cls: type[Variable], name: str, default: Any = None) -> Any:
    """Return the value under a name, or else the default.

    Args:
        cls: unused; variables of every class are in one store.
        name: the variable.
        default: what to return where there is none.

    Raises:
        StoreError: the store cannot be read.

    >>> Variable.get("nobody-set-this", default="so")
    'so'
    """
    del cls
    return variables.value_of(_store(), name, default)


def _unset(cls: type[Variable], name: str) -> bool:
    """Remove a variable and say whether there was one.

    Args:
        cls: unused; variables of every class are in one store.
        name: the variable.

    Raises:
        StoreError: the store cannot be written.

    >>> Variable.unset("nobody-set-this")
    False
    """
    del cls
    return variables.delete(_store(), name)


class Variable(StoredVariable):
    """A value under a name.

    >>> Variable.set("city", "Ulm", overwrite=True)
    Variable(name='city', value='Ulm', tags=[], ...)
    """

    __slots__ = ()

    set = classmethod(either_colour(_set))
    get = classmethod(either_colour(_get))
    unset = classmethod(either_colour(_unset))
    aset = classmethod(awaitable(_set))
    aget = classmethod(awaitable(_get))
    aunset = classmethod(awaitable(_unset))

    @classmethod
    def _made_of(cls, found: StoredVariable) -> Self:
        return cls(
            id=found.id, name=found.name, value=found.value, tags=found.tags,
            created=found.created, updated=found.updated,
        )  # fmt: skip


def _store() -> Store:
    return open_store(get_current_settings().home)
