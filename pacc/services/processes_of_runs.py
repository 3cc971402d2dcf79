"""The process that answers for a flow run, and a word to it when someone wants the run to end.

The row names that process by pid, start, boot and host, so that a signal never reaches another one that got the pid later.
"""

from __future__ import annotations

import json
import os
import signal
from contextlib import suppress
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from pacc._internal import processes

if TYPE_CHECKING:
    from collections.abc import Mapping


class Role(StrEnum):
    """What the process is to the run that names it."""

    CLAIMS = "claims"
    """It will have the run executed by another one."""
    SUPERVISES = "supervises"
    """It stands by while another one executes the run; SIGUSR1 has it look at the store."""
    EXECUTES = "executes"
    """It executes the run itself, as a script does; SIGTERM ends it."""


def with_role(process: Mapping[str, Any], role: Role) -> dict[str, Any]:
    """Return what names a process, with what it is to a run.

    >>> with_role({"pid": 4711}, Role.CLAIMS)
    {'pid': 4711, 'role': 'claims'}
    """
    return {**process, "role": role.value}


def role_of(process: str | None) -> Role | None:
    """Return what the process is that a row names, `None` where it names none.

    >>> role_of('{"pid": 4711}')
    <Role.EXECUTES: 'executes'>
    """
    return None if process is None else Role(json.loads(process).get("role", Role.EXECUTES))


def tell_to_look(process: str | None) -> bool:
    """Tell the process of a run that someone wants the run to end; say whether it could be told.

    Args:
        process: what the run's row says of it.
    """
    role = role_of(process)
    if process is None or role in (None, Role.CLAIMS):
        return False
    told = json.loads(process)
    if not _is_still_there(told):
        return False
    with suppress(ProcessLookupError, PermissionError):
        os.kill(told["pid"], signal.SIGUSR1 if role is Role.SUPERVISES else signal.SIGTERM)
        return True
    return False


def is_this(process: str | None) -> bool:
    """Say whether the process of a run is the one that asks."""
    return (
        process is not None
        and json.loads(process)["pid"] == os.getpid()
        and _is_still_there(json.loads(process))
    )


def kill(process: str | None) -> bool:
    """Kill the process that executes a run itself, with all below it; say whether it was there.

    Args:
        process: what the run's row says of it.
    """
    if process is None or role_of(process) is not Role.EXECUTES:
        return False
    told = json.loads(process)
    if not _is_still_there(told):
        return False
    from pacc._internal.process_tree import kill_all  # start-up: hardly any process kills others

    kill_all(told["pid"])
    return True


def _is_still_there(told: dict[str, Any]) -> bool:
    here = (os.uname().nodename, processes.boot_id())
    return (told.get("host"), told.get("boot")) == here and processes.start_time(told["pid"]) == told[
        "started"
    ]
