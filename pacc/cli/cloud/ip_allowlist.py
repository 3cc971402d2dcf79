"""`pacc cloud ip-allowlist`: commands that have nothing to do on one machine."""

from __future__ import annotations

from pacc.cli._commands import Elsewhere, LazyGroup

_WHY = "nothing here is reached from the internet, so there is no list of addresses that may reach it"
_INSTEAD = "who may read the home may read the store: pacc doctor"

group = LazyGroup(
    name="ip-allowlist",
    help="Say why there is no list of addresses.",
    entries=tuple(
        Elsewhere(name=name, why=_WHY, hint=_INSTEAD)
        for name in ("add", "disable", "enable", "ls", "remove", "toggle")
    ),
)
