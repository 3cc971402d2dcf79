"""What the commands that make deployments or schedules have in common."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from pacc.cli._exits import UsageError
from pacc.schemas.choices import ConcurrencyLimitStrategy

Several = list[str] | None

Description = Annotated[
    str | None, typer.Option("--description", "-d", metavar="TEXT", help="What it is for.")
]

Tags = Annotated[
    Several,
    typer.Option("--tag", "-t", metavar="TAG", help="A tag of it and of its runs; repeat for more."),
]

Limit = Annotated[
    int | None,
    typer.Option("--concurrency-limit", min=0, metavar="COUNT", help="So many of its runs at once."),
]
CollisionStrategy = Annotated[
    ConcurrencyLimitStrategy | None,
    typer.Option(
        "--collision-strategy",
        metavar="ENQUEUE|CANCEL_NEW",
        case_sensitive=False,
        help="What the others do meanwhile.",
    ),
]
WorkQueue = Annotated[
    str | None, typer.Option("--work-queue", "-q", metavar="NAME", help="The queue of that pool.")
]
JobVariables = Annotated[
    Several,
    typer.Option(
        "--job-variable",
        "-jv",
        metavar="NAME=VALUE",
        help="Something the infrastructure of its runs is told: env.CITY=Ulm. Repeat for more.",
    ),
]
_CRON: dict[str, Any] = {"metavar": "EXPRESSION", "help": 'Run it by cron: "0 9 * * MON-FRI".'}
_INTERVAL: dict[str, Any] = {"metavar": "SECONDS", "help": "Run it every so many seconds."}
_RRULE: dict[str, Any] = {"metavar": "RULE", "help": 'Run it by a recurrence rule: "FREQ=DAILY".'}

Cron = Annotated[str | None, typer.Option("--cron", **_CRON)]
OlderCron = Annotated[str | None, typer.Option("--cron", "--schedule", **_CRON)]
Crons = Annotated[Several, typer.Option("--cron", **_CRON)]
Interval = Annotated[float | None, typer.Option("--interval", **_INTERVAL)]
WholeInterval = Annotated[int | None, typer.Option("--interval", **_INTERVAL)]
Intervals = Annotated[list[int] | None, typer.Option("--interval", **_INTERVAL)]
Rrule = Annotated[str | None, typer.Option("--rrule", **_RRULE)]
Rrules = Annotated[Several, typer.Option("--rrule", **_RRULE)]

AnchorDate = Annotated[
    str | None,
    typer.Option("--anchor-date", metavar="TIME", help="Where the interval counts from, as ISO 8601."),
]

Timezone = Annotated[
    str | None,
    typer.Option("--timezone", metavar="ZONE", help="The zone whose clock is meant; UTC otherwise."),
]


def check_together(times: dict[str, Any], anchor_date: Any, timezone: str | None) -> None:
    """Refuse options of a schedule that go with one that is not there.

    Args:
        times: what `--cron`, `--interval` and `--rrule` say, by their names without dashes.
        anchor_date: what `--anchor-date` says.
        timezone: what `--timezone` says.

    Raises:
        UsageError: an anchor without an interval, or a zone without any of them.

    >>> check_together({"cron": "@daily", "interval": None, "rrule": None}, None, "Europe/Kyiv")
    """
    if anchor_date is not None and not times["interval"]:
        raise UsageError("--anchor-date goes with --interval")
    if timezone is not None and not any(times.values()):
        raise UsageError("--timezone goes with --cron, --interval or --rrule")


def one_of(times: dict[str, Any]) -> str | None:
    """Return the name of the only one of these options that is there, `None` where there is none.

    Raises:
        UsageError: there are several.

    >>> one_of({"cron": "@daily", "interval": None, "rrule": None})
    'cron'
    """
    given = [name for name, said in times.items() if said is not None]
    if len(given) > 1:
        raise UsageError(f"--{' and --'.join(given)} exclude each other")
    return given[0] if given else None
