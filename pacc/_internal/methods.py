"""What tasks and flows have in common as objects that stand where functions stood: in classes and in copies."""

from __future__ import annotations

from typing import Any, ClassVar, Self

from pacc._internal.annotations import NotSet
from pacc._internal.functions import unwrapped


class Method:
    """A decorated function that also works as an instance, class or static method."""

    fn: Any
    may_be_none: ClassVar[frozenset[str]]
    """The options for which `None` is a choice of its own when a copy is made."""

    def __init__(self, fn: Any) -> None:
        self.isclassmethod = isinstance(fn, classmethod)
        self.isstaticmethod = isinstance(fn, staticmethod)
        self.owner: Any = fn.__self__ if hasattr(fn, "__func__") and hasattr(fn, "__self__") else None
        """What a method is bound to, `None` for a plain function."""
        self._declared = fn
        self.__wrapped__ = unwrapped(fn)
        self.__module__ = getattr(fn, "__module__", __name__)
        self.__doc__ = getattr(fn, "__doc__", None)
        self.__name__ = getattr(fn, "__name__", type(fn).__name__)
        self.__qualname__ = getattr(fn, "__qualname__", self.__name__)

    @property
    def ismethod(self) -> bool:
        """Whether the function is bound to an instance or a class."""
        return self.owner is not None

    def __get__(self, instance: object, owner: type) -> Self:
        """Return the same thing bound to the instance or class it is looked up on."""
        if self.isstaticmethod or (instance is None and not self.isclassmethod):
            return self
        bound = object.__new__(type(self))
        bound.__dict__.update(self.__dict__)
        bound.owner = owner if self.isclassmethod else instance
        return bound

    def bound_args(self, args: tuple[Any, ...]) -> tuple[Any, ...]:
        """Return the positional arguments of a call, with `self` or `cls` in front where there is one."""
        return args if self.owner is None else (self.owner, *args)

    def copied(self, options: dict[str, Any], changes: dict[str, Any]) -> Self:
        """Return a copy with some options changed; `NotSet` means: as it was, and so does `None` unless it can be chosen."""
        unknown = sorted(set(changes) - set(options))
        if unknown:
            known = ", ".join(sorted(options))
            raise TypeError(f"{type(self).__name__.lower()} has no option {unknown[0]!r}; it has: {known}")
        kept = {
            name: value
            for name, value in changes.items()
            if value is not NotSet and (value is not None or name in self.may_be_none)
        }
        copy = type(self)(self._declared, **{**options, **kept})
        copy.owner = self.owner
        return copy
