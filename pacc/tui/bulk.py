"""Acts on many runs at once: what is asked before, in proportion, and what is said after."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pacc._internal.visible import visible
from pacc.exceptions import PaccException
from pacc.presentation.block_fields import NO_DEFAULT, Field
from pacc.services import cancelling, flow_runs
from pacc.tui.screens import dialogs
from pacc.tui.screens.asking import Asked

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from pacc.store import Store


def _retry(store: Store, run_id: str) -> str:
    return dialogs.retried(store, flow_runs.read(store, run_id))


def _kill(store: Store, run_id: str) -> Any:
    from pacc.services import killing  # start-up: hardly any run is killed

    return killing.kill(store, run_id)


_VERBS: dict[str, tuple[str, Callable[[Store, str], Any], str]] = {
    "cancel": ("Cancel", cancelling.cancel, "cancelled or told to end"),
    "kill": ("Kill all processes of", _kill, "cancelled or being killed"),
    "retry": ("Retry", _retry, "begun again, or waiting for a runner"),
    "delete": ("Delete", flow_runs.delete, "deleted"),
}


def asked(verb: str, run_ids: Sequence[str]) -> Asked:
    """Return what is asked before something is done with many flow runs: how many they are.

    Args:
        verb: `cancel`, `kill`, `retry` or `delete`.
        run_ids: the runs.

    Example:
        >>> asked("cancel", ["a", "b"]).wrong({"number": 3})
        {'number': 'that is not 2'}
    """
    count = len(run_ids)
    word, _, _ = _VERBS[verb]
    command = "pacc flow-run cancel {} --kill" if verb == "kill" else f"pacc flow-run {verb} {{}}"
    return Asked(
        question=f"{word} {count:,} flow runs? Type their number.",
        command="\n".join(command.format(each) for each in run_ids),
        yes=f"{verb} them",
        act=lambda store, _: do(store, verb, run_ids),
        fields=(Field("number", "whole number", "", NO_DEFAULT, required=True, secret=False),),
        wrong=lambda values: _wrong(values, count),
    )


def _wrong(values: Mapping[str, Any], count: int) -> dict[str, str]:
    return {} if values["number"] == count else {"number": f"that is not {count}"}


def do(store: Store, verb: str, run_ids: Sequence[str]) -> str:
    """Do something with many flow runs, one after the other, and return what came of it; those that refuse hold up no other.

    Args:
        store: where they are kept.
        verb: `cancel`, `kill`, `retry` or `delete`.
        run_ids: the runs.
    """
    _, act, done = _VERBS[verb]
    refused: list[str] = []
    for each in run_ids:
        try:
            act(store, each)
        except PaccException as error:
            refused.append(str(error))
    said = f"{len(run_ids) - len(refused):,} of {len(run_ids):,} {done}."
    return f"{said} {visible(refused[0])}{'; ...' if len(refused) > 1 else '.'}" if refused else said
