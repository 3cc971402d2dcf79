"""What tasks of integrations have in common."""

from __future__ import annotations

from typing import Any

from pacc._internal.steps import in_a_thread
from pacc.context import either_colour
from pacc.tasks import Task


class EitherColourTask(Task[..., Any]):
    """A task that is called in flows of both colours: it returns its value, and in async code something to await."""

    __call__ = either_colour(Task.__call__, in_a_thread)
