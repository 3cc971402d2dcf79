"""Who makes a run that no schedule, automation or flow makes."""

from __future__ import annotations

import getpass

from pacc.schemas.flow_runs import CreatedBy


def this_person() -> CreatedBy:
    """Return the person at this process, as a run names who made it.

    Returns:
        A maker of type `USER`, with the name the system has for the account.

    Example:
        >>> this_person().type
        'USER'
    """
    return CreatedBy(type="USER", display_value=getpass.getuser())
