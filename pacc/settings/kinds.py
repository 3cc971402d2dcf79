"""What a setting's value may be, and how it is read from the text or TOML people write.

Settings are read before anything else, in every process, so this is by hand: pydantic alone would cost more than all of it.
"""

from __future__ import annotations

import os
import re
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

_YES = frozenset({"1", "true", "t", "yes", "y", "on"})
_NO = frozenset({"0", "false", "f", "no", "n", "off"})
_ISO_DURATION = (
    r"P(?:(?P<weeks>\d+)W)?(?:(?P<days>\d+)D)?"
    r"(?:T(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>\d+(?:\.\d+)?)S)?)?"
)
_CLOCK_DURATION = (
    r"(?:(?P<days>\d+) days?(?:, )?)?(?:(?P<hours>\d+):(?P<minutes>\d\d):(?P<seconds>\d\d(?:\.\d+)?))?"
)
_NOTHING = frozenset({"", "none", "null"})
_UNITS = {
    "d": timedelta(days=1),
    "h": timedelta(hours=1),
    "m": timedelta(minutes=1),
    "s": timedelta(seconds=1),
}
_SHORT_DURATION = (
    r"(?:(?P<days>\d+)d)?(?:(?P<hours>\d+)h)?(?:(?P<minutes>\d+)m)?(?:(?P<seconds>\d+(?:\.\d+)?)s)?"
)


class Kind(Generic[T]):
    """One sort of value: `read` turns what was written into it or raises ValueError or TypeError.

    `expected` goes on after the setting's name when it does: "must be true or false". `choices` are all words there are for it,
    where they can be counted.
    """

    __slots__ = ("choices", "expected", "read")

    def __init__(self, expected: str, read: Callable[[Any], T], choices: tuple[str, ...] = ()) -> None:
        self.expected = expected
        self.read = read
        self.choices = choices


def _read_boolean(raw: object) -> bool:
    word = str(raw).strip().lower()
    if word in _YES:
        return True
    if word in _NO:
        return False
    raise ValueError(word)


def _read_path(raw: object) -> Path:
    if not isinstance(raw, str | os.PathLike) or not str(raw).strip():
        raise TypeError(raw)
    return Path(os.path.expanduser(raw))


def _read_word(raw: object) -> str:
    if not isinstance(raw, str) or not raw.strip():
        raise TypeError(raw)
    return raw.strip()


def _read_number(raw: object) -> int | float:
    if isinstance(raw, bool):
        raise TypeError(raw)
    number = raw if isinstance(raw, int | float) else _number_in(str(raw))
    if not 0 <= number < float("inf"):
        raise ValueError(raw)
    return number


def _number_in(text: str) -> int | float:
    try:
        return int(text)
    except ValueError:
        return float(text)


def _read_delays(raw: object) -> int | float | list[float]:
    if isinstance(raw, list | tuple):
        return [float(_read_number(each)) for each in raw]
    text = str(raw).strip()
    if text.startswith("[") or "," in text:
        return [float(_read_number(each)) for each in _parts(text)]
    return _read_number(raw)


def _read_seconds(raw: object) -> float:
    return float(_read_number(raw))


def _read_duration(raw: object) -> timedelta:
    if isinstance(raw, timedelta):
        return raw
    text = str(raw).strip()
    iso = re.fullmatch(_ISO_DURATION, text.upper())
    clock = re.fullmatch(_CLOCK_DURATION, text.lower())
    short = re.fullmatch(_SHORT_DURATION, text.lower())
    if (found := iso or clock or short) and any(found.groups()):
        return timedelta(**{name: float(value) for name, value in found.groupdict().items() if value})
    return timedelta(seconds=_read_number(raw))


def _read_texts(raw: object) -> tuple[str, ...]:
    if isinstance(raw, list | tuple):
        return tuple(str(each) for each in raw)
    return tuple(part.strip("\"'") for part in _parts(str(raw)))


def _parts(text: str) -> list[str]:
    inside = text.strip().removeprefix("[").removesuffix("]")
    return [part.strip() for part in inside.split(",") if part.strip()]


boolean = Kind("must be true or false", _read_boolean, ("true", "false"))
path = Kind("must be a path", _read_path)
word = Kind("must be a name", _read_word)
delays = Kind("must be a number of seconds, or a list of them", _read_delays)
seconds = Kind("must be a number of seconds", _read_seconds)
duration = Kind("must be a number of seconds, or a time such as 90d, 1h30m, 1:30:00 or PT90M", _read_duration)
texts = Kind("must be a list of names, with commas between them", _read_texts)


def whole(minimum: int = 0) -> Kind[int]:
    """Return the kind of whole numbers from `minimum` on."""

    def read(raw: object) -> int:
        if isinstance(raw, bool | float):
            raise TypeError(raw)
        number = raw if isinstance(raw, int) else int(str(raw))
        if number < minimum:
            raise ValueError(raw)
        return number

    return Kind(f"must be a whole number, {minimum} or more", read)


def one_of(*choices: str) -> Kind[str]:
    """Return the kind that is one of `choices`, in upper or lower case."""
    by_word = {choice.lower(): choice for choice in choices}

    def read(raw: object) -> str:
        word = str(raw).strip().lower()
        if word not in by_word:
            raise ValueError(raw)
        return by_word[word]

    return Kind(f"must be one of {', '.join(choices)}", read, choices)


def optional(kind: Kind[T]) -> Kind[T | None]:
    """Return the kind that is either nothing (`none`, or empty) or as `kind` says."""

    def read(raw: object) -> T | None:
        if raw is None or (isinstance(raw, str) and raw.strip().lower() in _NOTHING):
            return None
        return kind.read(raw)

    return Kind(f"{kind.expected}, or none", read, (*kind.choices, "none") if kind.choices else ())


def as_text(value: object) -> str:
    """Return a value as it would be written in the environment, so that reading it gives the value again.

    >>> as_text([1.0, 2.5]), as_text(True), as_text(None)
    ('1.0,2.5', 'true', 'none')
    """
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, timedelta):
        return _duration_text(value)
    if isinstance(value, list | tuple):
        # A list of one keeps its brackets, or it would come back as a single value.
        inside = ",".join(str(each) for each in value)
        return inside if len(value) > 1 else f"[{inside}]"
    return str(value)


def _duration_text(value: timedelta) -> str:
    """Return a duration in the largest unit that needs no fraction, e.g. `90d`; `duration` reads it."""
    for unit, size in _UNITS.items():
        if value and value % size == timedelta(0):
            return f"{value // size}{unit}"
    return f"{value.total_seconds():.6f}".rstrip("0").rstrip(".") + "s"


def as_toml(value: object) -> Any:
    """Return a value as TOML can hold it: paths become text, nothing becomes `none`.

    >>> as_toml(Path("/srv/pacc")), as_toml(3)
    ('/srv/pacc', 3)
    """
    if isinstance(value, tuple):
        return list(value)
    return value if isinstance(value, bool | int | float | list) else as_text(value)
