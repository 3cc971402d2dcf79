"""Links that are followed out of the terminal, in the person's own browser."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual.app import SuspendNotSupported

from pacc._internal.visible import visible

if TYPE_CHECKING:
    from textual.screen import Screen


def follow(screen: Screen[Any], address: str) -> None:
    """Open an address of the web in a browser, which may take the terminal for so long; where there is none, copy the address.

    Args:
        screen: where that is said. One in a browser itself opens nothing on this machine.
        address: beginning with http:// or https://.
    """
    import webbrowser  # start-up: only to open one

    try:
        with screen.app.suspend():
            is_open = webbrowser.open(address)
    except (SuspendNotSupported, OSError):
        is_open = False
    if not is_open:
        screen.app.copy_to_clipboard(address)
        screen.notify(f"No browser can be opened from here. Copied: {visible(address)}", markup=False)
