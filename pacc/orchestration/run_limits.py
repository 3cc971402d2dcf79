"""What a run's processes may use: memory and CPU time, as the job variables of its deployment say."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from pacc._internal.sizes import size

if TYPE_CHECKING:
    from collections.abc import Mapping

_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*([kmgt]?)(i?)b?", re.IGNORECASE)
_POWERS = {"": 0, "k": 1, "m": 2, "g": 3, "t": 4}


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The limits of one run.

    >>> Limits.of({"memory": "2GiB", "cpu_seconds": 600})
    Limits(memory=2147483648, cpu_seconds=600.0)
    """

    memory: int | None = None
    """Bytes that all processes of the run may have resident at once."""
    cpu_seconds: float | None = None
    """Seconds of CPU that they may use in all."""

    @classmethod
    def of(cls, job_variables: Mapping[str, Any]) -> Self:
        """Return the limits that job variables hold.

        Raises:
            ValueError: one of them is no size or no number.
        """
        memory, seconds = job_variables.get("memory"), job_variables.get("cpu_seconds")
        return cls(
            memory=None if memory is None else parsed_size(memory),
            cpu_seconds=None if seconds is None else _seconds(seconds),
        )

    def exceeded_by(self, memory: int, cpu_seconds: float) -> str | None:
        """Return a sentence on the limit that is passed, `None` where none is."""
        if self.memory is not None and memory > self.memory:
            return f"Its processes used {size(memory)} of memory, and job variable 'memory' allows {size(self.memory)}."
        if self.cpu_seconds is not None and cpu_seconds > self.cpu_seconds:
            return (
                f"Its processes used {cpu_seconds:.1f} s of CPU time, "
                f"and job variable 'cpu_seconds' allows {self.cpu_seconds:g} s."
            )
        return None

    def __bool__(self) -> bool:
        return self.memory is not None or self.cpu_seconds is not None


def parsed_size(value: object) -> int:
    """Return a size in bytes: a number, or text like `2GiB` or `500MB`.

    Raises:
        ValueError: it is neither.

    >>> parsed_size("1.5 KiB"), parsed_size("2GB"), parsed_size(4096)
    (1536, 2000000000, 4096)
    """
    found = _SIZE.fullmatch(str(value).strip())
    if found is None or isinstance(value, bool):
        raise ValueError(f"job variable 'memory' is {value!r}; write a size such as '2GiB' or '500MB'")
    number, unit, binary = found.groups()
    return int(float(number) * (1024 if binary else 1000) ** _POWERS[unit.lower()])


def _seconds(value: object) -> float:
    try:
        seconds = float(str(value))
    except ValueError:
        seconds = 0.0
    if not 0 < seconds < float("inf") or isinstance(value, bool):
        raise ValueError(f"job variable 'cpu_seconds' is {value!r}; write a number of seconds")
    return seconds
