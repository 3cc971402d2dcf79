"""`pacc config view`: the settings, and where they come from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from pacc.cli._options import Output
from pacc.cli._terminal import terminal
from pacc.presentation.settings import settings_table
from pacc.settings import SETTINGS, read_settings
from pacc.settings.values import DEFAULT

if TYPE_CHECKING:
    from pacc.settings import Setting, Settings


def command(
    *,
    show_defaults: Annotated[
        bool, typer.Option("--show-defaults/--hide-defaults", help="Settings nobody set as well.")
    ] = False,
    show_sources: Annotated[
        bool, typer.Option("--show-sources/--hide-sources", help="Where each value comes from.")
    ] = True,
    show_secrets: Annotated[
        bool, typer.Option("--show-secrets/--hide-secrets", help="Secrets in the clear.")
    ] = False,
    output: Output = "table",
) -> None:
    """Show the settings and where they come from."""
    settings = read_settings()
    for error in settings.errors:
        terminal.remark(f"Warning: {error} Its default is shown.")
    shown = chosen_values(settings, show_defaults=show_defaults, show_secrets=show_secrets)
    if output == "json":
        terminal.json(as_object(settings, shown, show_sources=show_sources))
    else:
        terminal.table(settings_table(settings, shown, show_sources=show_sources), output)


def chosen_values(
    settings: Settings, *, show_defaults: bool = False, show_secrets: bool = False
) -> dict[Setting, Any]:
    """Return the values that are shown, by their settings.

    Args:
        settings: where they are.
        show_defaults: those nobody set as well.
        show_secrets: secrets in the clear.
    """
    chosen = [each for each in SETTINGS.values() if show_defaults or settings.source(each) != DEFAULT]
    return {each: _value(each, settings, show_secrets=show_secrets) for each in chosen}


def _value(setting: Setting, settings: Settings, *, show_secrets: bool) -> Any:
    value = settings.value(setting)
    return value if show_secrets else setting.masked(value)


def as_object(settings: Settings, shown: dict[Setting, Any], *, show_sources: bool) -> dict[str, Any]:
    """Return settings as `config view -o json` writes them."""
    told = {
        setting.name: {"value": value} | ({"source": settings.source(setting)} if show_sources else {})
        for setting, value in shown.items()
    }
    return {"profile": settings.profile_name, "settings": told}
