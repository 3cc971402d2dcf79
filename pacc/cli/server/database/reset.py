"""`pacc server database reset`."""

from __future__ import annotations

from pacc.cli._options import Yes
from pacc.cli._terminal import terminal
from pacc.cli.server.database._sure import must_be_sure
from pacc.services import health, store_schema
from pacc.settings import get_current_settings


def command(*, yes: Yes = False) -> None:
    """Begin with an empty store: no runs, deployments, blocks, variables or limits. The former one is set aside.

    Logs and results stay where they are.
    """
    home = get_current_settings().home
    must_be_sure(f'Begin with an empty store in "{home}"? The one there is set aside.', yes=yes)
    aside = health.clear(home)
    store_schema.upgrade(home)
    terminal.remark(f'The store in "{home}" is empty.')
    if aside is not None:
        terminal.remark(f'What was there before is now "{aside}". To have it back: pacc db restore "{aside}"')
