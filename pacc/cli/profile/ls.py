"""`pacc profile ls`: the profiles there are."""

from __future__ import annotations

from typing import Any

from pacc.cli._options import Output
from pacc.cli._terminal import terminal
from pacc.presentation.settings import profiles_table
from pacc.settings import DEFAULT_PROFILES_PATH, Profile, load_profiles, read_settings


def command(*, output: Output = "table") -> None:
    """List the profiles."""
    active = read_settings().profile_name
    profiles = list(load_profiles().profiles_by_name.values())
    if output == "json":
        terminal.json([_as_object(each, active=each.name == active) for each in profiles])
    else:
        terminal.table(profiles_table(profiles, active), output)


def _as_object(profile: Profile, *, active: bool) -> dict[str, Any]:
    return {"name": profile.name, "active": active, "built_in": profile.source == DEFAULT_PROFILES_PATH}
