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


_SCREENS, _NOUNS = "pacc.tui.screens", "pacc.tui.nouns"

PLACES = (
    Place(name="home", called="Home", module=f"{_SCREENS}.home", screen="Home", key="1"),
    Place(name="runs", called="the runs", module=f"{_SCREENS}.runs", screen="Runs", key="2"),
    Place(
        name="deployments",
        called="the deployments",
        module=f"{_SCREENS}.deployments",
        screen="Deployments",
        key="3",
    ),
    Place(name="pools", called="the work pools", module=f"{_NOUNS}.pools", screen="Pools", key="4"),
    Place(
        name="automations",
        called="the automations",
        module=f"{_NOUNS}.automations",
        screen="Automations",
        key="7",
    ),
    Place(name="events", called="the events", module=f"{_NOUNS}.events", screen="Events", key="8"),
    Place(
        name="artifacts", called="the artifacts", module=f"{_NOUNS}.artifacts", screen="Artifacts", key="9"
    ),
    Place(name="settings", called="the settings", module=f"{_NOUNS}.settings", screen="Settings", key="0"),
    Place(name="doctor", called="the care of the store", module=f"{_NOUNS}.doctor", screen="Doctor"),
    Place(name="flows", called="the flows", module=f"{_NOUNS}.flows", screen="Flows"),
    Place(
        name="variables", called="the variables", module=f"{_NOUNS}.variables", screen="Variables", key="6"
    ),
    Place(name="limits", called="the concurrency limits", module=f"{_NOUNS}.limits", screen="Limits"),
    Place(name="backfills", called="the backfills", module=f"{_NOUNS}.backfills", screen="Backfills"),
)
"""In the order in which a word that fits several means the first."""


def meant(word: str) -> Place | None:
    """Return the place whose name begins with a word, the first of several; nothing where there is none.

    Example:
        >>> meant("dep").name
        'deployments'
    """
    return next((place for place in PLACES if word and place.name.startswith(word.casefold())), None)
