"""Acts on many things of a list at once: what is asked before, in proportion, and what is said after."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from pacc._internal.visible import visible
from pacc.exceptions import PaccException
from pacc.presentation.block_fields import NO_DEFAULT, Field
from pacc.services import cancelling, deployments, flow_runs
from pacc.services.makers import this_person
from pacc.tui.screens import dialogs
from pacc.tui.screens.asking import Asked

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from pacc.store import Store


class Verb(NamedTuple):
    """What can be done with many of a kind."""

    asks: str
    """What is to be done, as a question begins."""
    noun: str
    """What they are."""
    yes: str
    """What enter does."""
    command: str
    """What does the same with one, given its id."""
    act: Callable[[Store, str], Any]
    """Does it with one, given its id, in the thread."""
    done: str
    """What became of those that did not refuse."""


def _retry(store: Store, run_id: str) -> str:
    return dialogs.retried(store, flow_runs.read(store, run_id))


def _kill(store: Store, run_id: str) -> Any:
    from pacc.services import killing  # start-up: hardly any run is killed

    return killing.kill(store, run_id)


def _run(store: Store, deployment_id: str) -> Any:
    return deployments.create_run(store, deployment_id, created_by=this_person())


RUNS = {
    "cancel": Verb(
        "Cancel",
        "flow runs",
        "cancel them",
        "pacc flow-run cancel {}",
        cancelling.cancel,
        "cancelled or told to end",
    ),
    "kill": Verb(
        "Kill all processes of",
        "flow runs",
        "kill them",
        "pacc flow-run cancel {} --kill",
        _kill,
        "cancelled or being killed",
    ),
    "retry": Verb(
        "Retry",
        "flow runs",
        "retry them",
        "pacc flow-run retry {}",
        _retry,
        "begun again, or waiting for a runner",
    ),
    "delete": Verb(
        "Delete", "flow runs", "delete them", "pacc flow-run delete {}", flow_runs.delete, "deleted"
    ),
}
"""What can be done with marked flow runs."""
DEPLOYMENTS = {
    "pause": Verb(
        "Pause the schedules of",
        "deployments",
        "pause them",
        "pacc deployment pause {}",
        deployments.pause,
        "paused",
    ),
    "resume": Verb(
        "Resume the schedules of",
        "deployments",
        "resume them",
        "pacc deployment resume {}",
        deployments.resume,
        "resumed",
    ),
    "run": Verb(
        "Start a run of each of", "deployments", "start them", "pacc deployment run {}", _run, "started"
    ),
    "delete": Verb(
        "Delete",
        "deployments",
        "delete them",
        "pacc deployment delete {} --yes",
        deployments.delete,
        "deleted",
    ),
}
"""What can be done with marked deployments."""


def asked(verb: Verb, ids: Sequence[str]) -> Asked:
    """Return what is asked before something is done with many: how many they are.

    Args:
        verb: what.
        ids: of each.

    Example:
        >>> asked(RUNS["cancel"], ["a", "b"]).wrong({"number": 3})
        {'number': 'that is not 2'}
    """
    count = len(ids)
    return Asked(
        question=f"{verb.asks} {count:,} {verb.noun if count > 1 else verb.noun[:-1]}? Type their number.",
        command="\n".join(verb.command.format(each) for each in ids),
        yes=verb.yes,
        act=lambda store, _: do(store, verb, ids),
        fields=(Field("number", "whole number", "", NO_DEFAULT, required=True, secret=False),),
        wrong=lambda values: _wrong(values, count),
    )


def _wrong(values: Mapping[str, Any], count: int) -> dict[str, str]:
    return {} if values["number"] == count else {"number": f"that is not {count}"}


def do(store: Store, verb: Verb, ids: Sequence[str]) -> str:
    """Do something with many, one after the other, and return what came of it; those that refuse hold up no other.

    Args:
        store: where they are kept.
        verb: what.
        ids: of each.
    """
    refused: list[str] = []
    for each in ids:
        try:
            verb.act(store, each)
        except PaccException as error:
            refused.append(str(error))
    said = f"{len(ids) - len(refused):,} of {len(ids):,} {verb.done}."
    return f"{said} {visible(refused[0])}{'; ...' if len(refused) > 1 else '.'}" if refused else said
