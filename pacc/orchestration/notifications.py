"""Notifications, decided: which states a word means, what is said of one, and when it is tried again."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from pacc._internal.durations import took
from pacc._internal.visible import visible
from pacc.exceptions import InvalidValueError
from pacc.orchestration.transitions import NAMES
from pacc.schemas.failures import reason
from pacc.schemas.states import StateType

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from pacc.schemas.notifications import Notification

PAUSES = (5, 30, 120, 600, 1800, 7200, 21600, 43200)
"""Seconds from each failed try to the next; after the last of them it is given up."""

KNOWN = frozenset(name.lower() for kind in StateType for name in (kind.value, *NAMES[kind]))
"""What states can be called in a subscription."""

_LONGEST = 500
_LONGEST_MESSAGE = 4000
_STALE = timedelta(minutes=5)
_SAYABLE = re.compile(r"[\w.-]+", re.ASCII)
_KINDS = {
    StateType.COMPLETED: "success",
    StateType.FAILED: "failure",
    StateType.CRASHED: "failure",
    StateType.CANCELLED: "warning",
    StateType.CANCELLING: "warning",
}
_VERBS = {
    "Completed": "completed",
    "Failed": "failed",
    "Crashed": "crashed",
    "Cancelled": "was cancelled",
    "TimedOut": "timed out",
    "Running": "is running",
    "Paused": "is paused",
    "Late": "is late",
}
_WITHOUT_TIME = frozenset({StateType.SCHEDULED, StateType.PENDING, StateType.RUNNING})


def states_of(words: Iterable[str]) -> list[str]:
    """Return the states that words mean, which may hold several each, with commas between them.

    Args:
        words: types or names of states, in any letters: `failed,crashed`, `TimedOut`.

    Raises:
        InvalidValueError: no state is called so, or there is no word.

    >>> states_of(["failed,crashed", "TimedOut"])
    ['failed', 'crashed', 'timedout']
    """
    found = [word.strip().lower() for each in words for word in each.split(",") if word.strip()]
    for word in found:
        if word not in KNOWN:
            raise InvalidValueError(
                f'no state is called "{word}"{_guess(word)}', hint="pacc notify add --help"
            )
    if not found:
        raise InvalidValueError("name at least one state, as in --on failed,crashed")
    return list(dict.fromkeys(found))


def _guess(word: str) -> str:
    from difflib import get_close_matches  # start-up: only for what is no state

    near = get_close_matches(word, KNOWN, n=1)
    return f'. Did you mean "{near[0]}"?' if near else ""


def next_try(tries: int, now: int) -> int | None:
    """Return when a notification is tried again that has been tried so often in vain, `None` where it is given up.

    Args:
        tries: how often, once at least.
        now: the present moment in microseconds since the epoch.

    >>> next_try(1, 0), next_try(len(PAUSES) + 1, 0)
    (5000000, None)
    """
    return now + PAUSES[tries - 1] * 1_000_000 if tries <= len(PAUSES) else None


def kind_of(notification: Notification) -> str:
    """Return how services mark a notification: `info`, `success`, `warning` or `failure`."""
    return _KINDS.get(notification.state_type, "info")


def subject_of(notification: Notification) -> str:
    """Return a notification's subject, one line."""
    return visible(
        f"{_cut(notification.flow_name, 80)}/{_cut(notification.run_name, 80)} {_verb(notification)}"
    )


def sentence_of(notification: Notification, now: datetime) -> str:
    """Return what a notification says: flow, run, state, why, how long it took, and the command to look at it.

    Args:
        notification: what to tell; names and messages in it are shown, whatever they hold.
        now: the present moment: a state of long ago is told with its time.
    """
    said = f'Flow run "{_cut(notification.run_name, 80)}" of flow "{_cut(notification.flow_name, 80)}"'
    if notification.deployment_name is not None:
        said += f' (deployment "{_cut(notification.deployment_name, 160)}")'
    said += f" {_verb(notification)}"
    if notification.state_type not in _WITHOUT_TIME:
        said += f" after {took(notification.total_run_time.total_seconds())}"
    if now - notification.state_time > _STALE:
        said += f" on {notification.state_time.astimezone():%Y-%m-%d %H:%M %Z}"
    said += _cut(_why(notification), _LONGEST)
    return f"{visible(said).rstrip('. ')}. See: pacc flow-run inspect {_reference(notification)}"


def facts_of(notification: Notification) -> dict[str, Any]:
    """Return a notification as values of JSON, for programs that listen at an address."""
    return {
        "flow_run_id": str(notification.flow_run_id),
        "flow_run_name": notification.run_name,
        "flow_name": notification.flow_name,
        "deployment_name": notification.deployment_name,
        "state_type": notification.state_type.value,
        "state_name": notification.state_name,
        "state_message": (notification.state_message or "")[:_LONGEST_MESSAGE] or None,
        "state_time": notification.state_time.isoformat(),
        "total_run_time": notification.total_run_time.total_seconds(),
        "version": notification.version,
    }


def _verb(notification: Notification) -> str:
    verb = _VERBS.get(notification.state_name)
    return verb or f'is in state "{_cut(notification.state_name, 80)}"'


def _reference(notification: Notification) -> str:
    """Return what a command finds the run by: its name, or its id where a shell would trip over the name."""
    name = notification.run_name
    return name if _SAYABLE.fullmatch(name) and not name.startswith("-") else str(notification.flow_run_id)


def _why(notification: Notification) -> str:
    if notification.state_type in {StateType.FAILED, StateType.CRASHED}:
        return reason(notification.state_message, notification.failed_in, notification.failed_at)
    return f": {notification.state_message}" if notification.state_message else ""


def _cut(text: str, longest: int) -> str:
    text = " ".join(text.split())
    return text if len(text) <= longest else f"{text[: longest - 1]}…"
