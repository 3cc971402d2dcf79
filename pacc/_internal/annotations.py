"""Marks a person puts on an argument to say how pacc should treat it."""

from __future__ import annotations

from typing import Any, Generic, TypeVar

T = TypeVar("T")


class NotSet:
    """Stands for an option nobody gave, where `None` means something of its own."""


class BaseAnnotation(Generic[T]):
    """A value with a mark on it."""

    __slots__ = ("value",)

    def __init__(self, value: T) -> None:
        self.value = value

    def unwrap(self) -> T:
        """Return the value without its mark."""
        return self.value

    def rewrap(self, value: Any) -> BaseAnnotation[Any]:
        """Return another value with the same mark."""
        return type(self)(value)

    def __eq__(self, other: object) -> bool:
        if type(self) is not type(other):
            return NotImplemented
        return bool(self.value == other.value)

    def __hash__(self) -> int:
        return hash((type(self), self.value))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.value!r})"


class unmapped(BaseAnnotation[T]):  # noqa: N801 - Prefect's spelling
    """In `task.map`, the same value for every call: `add.map([1, 2], unmapped([10, 20]))`."""

    __slots__ = ()


class allow_failure(BaseAnnotation[T]):  # noqa: N801 - Prefect's spelling
    """Run although the run this value comes from failed; the argument is then the error: `tidy(allow_failure(state))`."""

    __slots__ = ()


class quote(BaseAnnotation[T]):  # noqa: N801 - Prefect's spelling
    """Pass the value as it is: pacc does not look inside for runs it came from. Good for very large values."""

    __slots__ = ()

    def unquote(self) -> T:
        """Return the value."""
        return self.value


class opaque(BaseAnnotation[T]):  # noqa: N801 - Prefect's spelling
    """Resolve the value if it is a run's state itself, but do not look inside it."""

    __slots__ = ()


class freeze(BaseAnnotation[T]):  # noqa: N801 - Prefect's spelling
    """Fix one parameter's value when a call is prepared in parts."""

    __slots__ = ()

    def unfreeze(self) -> T:
        """Return the value."""
        return self.value
