"""Whether the system killed a process because memory ran out: it counts such kills, for the machine and for control groups."""

from __future__ import annotations

from pacc._internal.processes import told_in

_COUNTER = b"oom_kill "


class MemoryKills:
    """The system's counts as they were when a run began.

    Args:
        places: the files that hold a line `oom_kill N`; those of this process by default.
    """

    def __init__(self, places: tuple[str, ...] | None = None) -> None:
        self._places = _places() if places is None else places
        self._before = self._counts()

    def happened(self) -> bool:
        """Say whether any process was killed for memory since then."""
        return any(now > before for now, before in zip(self._counts(), self._before, strict=True))

    def _counts(self) -> list[int]:
        return [_count(place) for place in self._places]


def _count(place: str) -> int:
    _, found, rest = told_in(place).partition(_COUNTER)
    return int(rest.split(b"\n", 1)[0]) if found else 0


def _places() -> tuple[str, ...]:
    return ("/proc/vmstat", *_of_control_groups())


def _of_control_groups() -> list[str]:
    """Return the counters of this process's control groups, in both of the layouts there are."""
    found = []
    for line in told_in("/proc/self/cgroup").decode(errors="surrogateescape").splitlines():
        number, controllers, path = (*line.split(":", 2), "", "")[:3]
        if number == "0" and path.strip("/"):
            found.append(f"/sys/fs/cgroup{path}/memory.events")
        elif "memory" in controllers.split(","):
            found.append(f"/sys/fs/cgroup/memory{path}/memory.oom_control")
    return found
