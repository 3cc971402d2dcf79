"""Where one can go on the dashboard: its first screens, each loaded when it is first shown."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pacc.tui.screens.page import Page


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One of the first screens."""

    name: str
    """What `:` and `--screen` call it, and the action that goes there."""
    called: str
    """What a sentence calls it."""
    module: str
    """Where its class is."""
    screen: str
    """The class."""
    key: str = ""
    """The digit that goes there; most places have none."""

    def load(self) -> Page:
        """Import the screen and return a new one."""
        page: Page = getattr(import_module(self.module), self.screen)()
        return page


def _place(name: str, called: str, module: str, screen: str, *, key: str = "") -> Place:
    return Place(name=name, called=called, module=f"pacc.tui.{module}", screen=screen, key=key)


PLACES = (
    _place("home", "Home", "screens.home", "Home", key="1"),
    _place("runs", "the runs", "screens.runs", "Runs", key="2"),
    _place("task runs", "the task runs", "screens.task_runs", "TaskRuns"),
    _place("deployments", "the deployments", "screens.deployments", "Deployments", key="3"),
    _place("pools", "the work pools", "nouns.pools", "Pools", key="4"),
    _place("blocks", "the blocks", "nouns.blocks", "Blocks", key="5"),
    _place("variables", "the variables", "nouns.variables", "Variables", key="6"),
    _place("automations", "the automations", "nouns.automations", "Automations", key="7"),
    _place("events", "the events", "nouns.events", "Events", key="8"),
    _place("artifacts", "the artifacts", "nouns.artifacts", "Artifacts", key="9"),
    _place("settings", "the settings", "nouns.settings", "Settings", key="0"),
    _place("flows", "the flows", "nouns.flows", "Flows"),
    _place("queue", "the queue of shell commands", "nouns.queue", "Queue"),
    _place("limits", "the concurrency limits", "nouns.limits", "Limits"),
    _place("backfills", "the backfills", "nouns.backfills", "Backfills"),
    _place("doctor", "the care of the store", "nouns.doctor", "Doctor"),
)
"""In the order in which a word that fits several means the first."""


def meant(word: str) -> Place | None:
    """Return the place whose name begins with a word, the first of several; nothing where there is none.

    Example:
        >>> meant("dep").name
        'deployments'
    """
    return next((place for place in PLACES if word and place.name.startswith(word.casefold())), None)


def meant_with(typed: str) -> tuple[Place | None, str]:
    """Return the place that what was typed begins with, and the words behind it; a run is none.

    Example:
        >>> place, words = meant_with("dep nightly")
        >>> place.name, words
        ('deployments', 'nightly')
        >>> meant_with("run @last")
        (None, '')
    """
    if (place := meant(typed)) is not None:
        return place, ""
    for place in PLACES:
        if typed.casefold().startswith(f"{place.name} "):
            return place, typed[len(place.name) :].strip()
    word, _, rest = typed.partition(" ")
    place = None if word == "run" or not rest else meant(word)
    return place, "" if place is None else rest.strip()
