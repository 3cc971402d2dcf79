"""Options and arguments that mean the same in every command that has them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from pacc._internal.spoken_times import moment
from pacc.cli._exits import CommandError
from pacc.cli._terminal import OutputFormat, terminal
from pacc.schemas.choices import StateType

ROWS = 15
"""How many rows a listing shows unless told otherwise."""


def state_name(word: str) -> str:
    """Return a state's name as it is stored; a name of someone's own is taken as it stands.

    Example:
        >>> state_name("timedout"), state_name("Half done")
        ('TimedOut', 'Half done')
    """
    from pacc.orchestration.transitions import NAMES  # start-up: only for --state

    known = (name for names in NAMES.values() for name in names)
    return next((name for name in known if name.casefold() == word.casefold()), word)


def past_moment(word: str) -> datetime:
    """Return the moment a word like "2h" or "09:30" stands for, counted back from now."""
    return moment(word, datetime.now(UTC), past=True)


def not_here(*flags: str, why: str, hint: str) -> Any:
    """Return an option of Prefect's that means nothing on one machine: whoever gives it is told so, and what to do instead.

    Args:
        flags: how it is written.
        why: one sentence that begins in lower case.
        hint: the next step.
    """

    def refuse(given: Any) -> Any:
        if given:
            raise CommandError(why, hint=hint, code="not_here")
        return given

    return typer.Option(*flags, hidden=True, callback=refuse, help=f"Not here: {why}.")


def _data_form(output: OutputFormat) -> OutputFormat:
    """YAML is JSON in another dress, which the terminal puts on: commands need to know of one of them."""
    terminal.yaml = output == "yaml"
    return "json" if terminal.yaml else output


Output = Annotated[
    OutputFormat,
    typer.Option(
        "--output",
        "-o",
        case_sensitive=False,
        callback=_data_form,
        help="A table for people, json or yaml with every field, or plain tab-separated lines.",
        show_default=False,
    ),
]

Limit = Annotated[int, typer.Option("--limit", min=1, help="Show at most this many.")]

Yes = Annotated[bool, typer.Option("--yes", "-y", help="Don't ask.")]

Names = Annotated[
    list[str] | None,
    typer.Option("--state", metavar="NAME", parser=state_name, help="Only runs in a state of this name."),
]

Types = Annotated[
    list[StateType] | None,
    typer.Option(
        "--state-type",
        metavar="TYPE",
        case_sensitive=False,
        help="Only runs in a state of this type: completed, failed, crashed, running, ...",
    ),
]

Tags = Annotated[
    list[str] | None, typer.Option("--tag", metavar="TAG", help="Only runs with this tag; repeat for more.")
]

Since = Annotated[
    datetime | None,
    typer.Option(
        "--since",
        metavar="TIME",
        parser=past_moment,
        help='Only runs expected to start since then: "2h", "yesterday", "09:30", 2026-11-20.',
    ),
]

InBrowser = Annotated[
    bool,
    not_here("--web", why="there are no pages of runs to open in a browser", hint="pacc dashboard"),
]

FlowRunReference = Annotated[
    str,
    typer.Argument(
        metavar="RUN", help="A name, an id or the beginning of one, @last or @failed.", show_default=False
    ),
]

TaskRunReference = FlowRunReference

Head = Annotated[bool, typer.Option("--head", "-h", help="Only the first lines, 20 unless -n says.")]

Tail = Annotated[bool, typer.Option("--tail", "-t", help="Only the last lines, 20 unless -n says.")]

Reverse = Annotated[bool, typer.Option("--reverse", "-r", help="The newest line first.")]

Lines = Annotated[
    int | None, typer.Option("--num-logs", "-n", min=1, metavar="COUNT", help="How many lines to show.")
]
