"""Whether the system killed a process because memory ran out: it counts such kills, for the machine and for control groups."""

from __future__ import annotations

from pathlib import Path

_COUNTER = "oom_kill"


class MemoryKills:
    """The system's counts as they were when a run began.

    Args:
        places: the files that hold a line `oom_kill N`; those of this process by default.
    """

    def __init__(self, places: tuple[Path, ...] | None = None) -> None:
        self._places = _places() if places is None else places
        self._before = self._counts()

    def happened(self) -> bool:
        """Say whether any process was killed for memory since then."""
        return any(now > before for now, before in zip(self._counts(), self._before, strict=True))

    def _counts(self) -> list[int]:
        return [_count(place) for place in self._places]


def _count(place: Path) -> int:
    try:
        lines = place.read_text(encoding="ascii").splitlines()
        return next((int(line.split()[1]) for line in lines if line.split()[:1] == [_COUNTER]), 0)
    except (OSError, ValueError):
        return 0


def _places() -> tuple[Path, ...]:
    return (Path("/proc/vmstat"), *_of_control_groups())


def _of_control_groups() -> list[Path]:
    """Return the counters of this process's control groups, in both of the layouts there are."""
    try:
        lines = Path("/proc/self/cgroup").read_text(encoding="utf-8").splitlines()
    except OSError:
        return []
    root = Path("/sys/fs/cgroup")
    found = []
    for line in lines:
        number, controllers, path = (*line.split(":", 2), "", "")[:3]
        if number == "0" and path.strip("/"):
            found.append(root / path.lstrip("/") / "memory.events")
        elif "memory" in controllers.split(","):
            found.append(root / "memory" / path.lstrip("/") / "memory.oom_control")
    return found
