"""What `ctrl+p` finds: every action of the screen, the names of what is in the store, ids by their beginnings, and settings."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING, Any

from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.content import Content

from pacc._internal.visible import visible
from pacc.presentation.tables import Cell
from pacc.tui import actions
from pacc.tui.messages import Done, Reported
from pacc.tui.screens import dialogs
from pacc.tui.screens.page import Page

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.fuzzy import Matcher
    from textual.message import Message

    from pacc.schemas.overview import Named
    from pacc.store import Store
    from pacc.tui.app import Dashboard


_NAMES_FIRST, _SETTINGS_LAST = 1000.0, 0.01
"""Scores above and below those that Textual gives to what fits by its letters."""


def _lit(matcher: Matcher, text: str) -> Content:
    """Return a text, of which no part is markup, with the letters lit that were typed."""
    content = Content(text)
    for at in matcher.fuzzy_search.match(matcher.query, text)[1]:
        content = content.stylize("bold underline", at, at + 1)
    return content


class ActionPalette(Provider):
    """Finds actions of the screen by their words."""

    async def discover(self) -> Hits:
        """Yield everything that can be done here."""
        for text, act in self._acts():
            yield DiscoveryHit(Content(text), act, text=text)

    async def search(self, query: str) -> Hits:
        """Yield what fits what was typed, the best first."""
        matcher = self.matcher(query)
        for text, act in self._acts():
            score = matcher.match(text)
            if score > 0:
                yield Hit(score, _lit(matcher, text), act, text=text)

    def _acts(self) -> list[tuple[str, Callable[[], Any]]]:
        page = self.screen
        if not isinstance(page, Page):
            return []
        found: list[tuple[str, Callable[[], Any]]] = []
        for each in actions.of_screen(page.name_of_screen):
            shown = page.dashboard.key_of(each)
            said = each.help.removesuffix(".")
            found.append((f"{said}  ({shown})" if shown else said, partial(page.action_do, each.name)))
        return found


class _Answer:
    """Waits on the event loop for what the thread that looks at the store says."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self.future: asyncio.Future[Any] = self._loop.create_future()

    def post_message(self, message: Message) -> bool:
        """Take the answer, from any thread."""
        report = message.report if isinstance(message, Reported) else None
        value = report.value if isinstance(report, Done) else None
        self._loop.call_soon_threadsafe(self._take, value)
        return True

    def _take(self, value: Any) -> None:
        if not self.future.done():
            self.future.set_result(value)


class NamePalette(Provider):
    """Finds runs, deployments, flows and variables by their names, and runs by the beginning of their ids."""

    async def search(self, query: str) -> Hits:
        """Yield what bears such a name, the newest first."""
        page = self.screen
        text = query.strip()
        if not isinstance(page, Page) or not text:
            return
        answer = _Answer()
        page.dashboard.following.do(answer, "named", lambda store: _named(store, text))
        for place, each in enumerate(await answer.future or ()):
            said = f"{each.kind:<11} {visible(each.name)}"
            about = f"   {visible(each.about)}" if each.about else ""
            yield Hit(
                _NAMES_FIRST - place, Content(said + about), partial(go, page.dashboard, each), text=said
            )


def _named(store: Store, text: str) -> list[Named]:
    from pacc.services import overview  # start-up: only where something is looked for

    return overview.named(store, text)


def go(dashboard: Dashboard, named: Named) -> None:
    """Go to what bears a name."""
    if named.kind == "flow run":
        dashboard.open_run(named.id)
    elif named.kind == "task run":
        dashboard.open_task_run(named.id)
    elif named.kind == "flow":
        dashboard.open_matrix(named.id, named.name)
    else:
        dashboard.show_page(f"{named.kind}s", named.id)


class SettingPalette(Provider):
    """Finds settings by their names and what they do."""

    async def search(self, query: str) -> Hits:
        """Yield settings that fit what was typed."""
        from pacc.settings import get_current_settings  # start-up: only where something is looked for
        from pacc.settings.declared import Settings
        from pacc.settings.declaring import declared_in

        words, settings = query.casefold().split(), get_current_settings()
        for each in declared_in(Settings):
            text = f"{'setting':<11} {each.name}  {each.meaning}"
            if all(word in text.casefold() for word in words):
                value = each.shown(settings.value(each))
                told = dialogs.Told(
                    title=each.name,
                    lines=(each.meaning,),
                    facts=(("Value", Cell(visible(value))), ("From", Cell(visible(settings.source(each))))),
                    next_step=f"pacc config set {each.name}=VALUE",
                )
                yield Hit(_SETTINGS_LAST, Content(text), partial(self._show, told), text=text)

    def _show(self, told: dialogs.Told) -> None:
        self.app.push_screen(dialogs.Reading(told))
