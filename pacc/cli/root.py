"""The root of the command tree: which groups there are, and what may be said before a command."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.main import get_command

from pacc.cli._commands import Entry, LazyGroup
from pacc.cli._exits import ExitCode, Outcome, outcome_of
from pacc.cli._help import is_all_that_is_asked, is_loaded_alone, load_nothing_else
from pacc.cli._terminal import terminal

if TYPE_CHECKING:
    from collections.abc import Sequence

ENTRIES = (
    Entry(
        name="dashboard",
        module="pacc.cli.dashboard",
        help="Watch runs and deployments on a screen, and act on them.",
    ),
    Entry(name="run", module="pacc.cli.run", help="Run a flow here and now, its parameters as options."),
    Entry(
        name="flow",
        module="pacc.cli.flow",
        help="See the flows that have been run, and serve one.",
        aliases=("flows",),
    ),
    Entry(name="shell", module="pacc.cli.shell", help="Run, schedule and queue shell commands as flows."),
    Entry(
        name="flow-run",
        module="pacc.cli.flow_run",
        help="See flow runs, their logs and how they ended.",
        aliases=("flow-runs",),
    ),
    Entry(name="init", module="pacc.cli.init", help="Write a pacc.yaml for a folder of flows."),
    Entry(name="deploy", module="pacc.cli.deploy", help="Deploy flows for the workers of a work pool."),
    Entry(
        name="deployment",
        module="pacc.cli.deployment",
        help="See, run, pause and delete deployments, and their schedules.",
        aliases=("deployments",),
    ),
    Entry(
        name="backfill",
        module="pacc.cli.backfill",
        help="See and cancel backfills, runs for times that lie in the past.",
        aliases=("backfills",),
    ),
    Entry(name="task", module="pacc.cli.task", help="Execute background tasks."),
    Entry(
        name="task-run",
        module="pacc.cli.task_run",
        help="See task runs, their logs and how they ended.",
        aliases=("task-runs",),
    ),
    Entry(
        name="why",
        module="pacc.cli.why",
        help="Say why a run or a deployment is as it is.",
    ),
    Entry(name="cache", module="pacc.cli.cache", help="See why the results of tasks were reused, or not."),
    Entry(
        name="result",
        module="pacc.cli.result",
        help="See and delete the results that were kept.",
        aliases=("results",),
    ),
    Entry(
        name="block",
        module="pacc.cli.block",
        help="Configure blocks: credentials, storage and the like, saved under names.",
        aliases=("blocks",),
    ),
    Entry(
        name="variable",
        module="pacc.cli.variable",
        help="See and set variables, small values that flows share.",
        aliases=("variables",),
    ),
    Entry(
        name="artifact",
        module="pacc.cli.artifact",
        help="See and delete artifacts, what runs made for people to look at.",
        aliases=("artifacts",),
    ),
    Entry(
        name="asset",
        module="pacc.cli.asset",
        help="See assets, what tasks made outside of pacc, and how fresh they are.",
        aliases=("assets",),
    ),
    Entry(
        name="events",
        module="pacc.cli.events",
        help="See and follow what happens, and say what did.",
        aliases=("event",),
    ),
    Entry(
        name="automation",
        module="pacc.cli.automation",
        help="See, make, try, pause and delete automations: if this happens, do that.",
        aliases=("automations",),
    ),
    Entry(
        name="webhook",
        module="pacc.cli.webhook",
        help="See, make and change webhooks: addresses whose calls become events.",
        aliases=("webhooks",),
    ),
    Entry(
        name="concurrency-limit",
        module="pacc.cli.concurrency_limit",
        help="See and set how many task runs with a tag run at once.",
        aliases=("concurrency-limits",),
    ),
    Entry(
        name="global-concurrency-limit",
        module="pacc.cli.global_concurrency_limit",
        help="See and set limits on how much goes on at once.",
        aliases=("global-concurrency-limits", "gcl"),
    ),
    Entry(name="notify", module="pacc.cli.notify", help="Have somebody told what became of flow runs."),
    Entry(
        name="work-pool",
        module="pacc.cli.work_pool",
        help="See, make, limit and pause work pools.",
        aliases=("work-pools",),
    ),
    Entry(
        name="work-queue",
        module="pacc.cli.work_queue",
        help="See, make, order, limit and pause work queues.",
        aliases=("work-queues",),
    ),
    Entry(
        name="worker",
        module="pacc.cli.worker",
        help="Take the runs of a work pool.",
    ),
    Entry(
        name="agent",
        module="pacc.cli.agent",
        help="Take the runs of work queues, in the older spelling of `pacc worker`.",
    ),
    Entry(
        name="server",
        module="pacc.cli.server",
        help="Keep house in a process of its own; nothing else needs it.",
    ),
    Entry(
        name="service",
        module="pacc.cli.service",
        help="Have a script that serves, or the housekeeping, start with the machine.",
        aliases=("services",),
    ),
    Entry(
        name="sdk",
        module="pacc.cli.sdk",
        help="Write Python that starts deployments, with the types of their parameters.",
    ),
    Entry(
        name="plugins",
        module="pacc.cli.plugins",
        help="See what installed packages bring, and what keeps them from it.",
    ),
    Entry(
        name="transfer",
        module="pacc.cli.transfer",
        help="Copy what is configured to another profile's store.",
    ),
    Entry(name="api", module="pacc.cli.api", help="Ask the store as Prefect's REST interface is asked."),
    Entry(
        name="cloud",
        module="pacc.cli.cloud",
        help="What Prefect has accounts for, as far as one machine has it.",
    ),
    Entry(name="config", module="pacc.cli.config", help="View and change settings."),
    Entry(
        name="profile", module="pacc.cli.profile", help="Choose and change profiles.", aliases=("profiles",)
    ),
    Entry(
        name="db", module="pacc.cli.db", help="Look after the store: how big it is, copies, room, old runs."
    ),
    Entry(name="doctor", module="pacc.cli.doctor", help="Look over the store and the home."),
    Entry(name="export", module="pacc.cli.export", help="Put all that is known of a flow run into one file."),
    Entry(
        name="completion",
        module="pacc.cli.completion",
        help="Print the script by which a shell completes commands and names.",
    ),
    Entry(
        name="version", module="pacc.cli.version", help="Show the version and where pacc keeps its things."
    ),
)


class Root(LazyGroup):
    """All of pacc's commands."""

    entries = ENTRIES


def _show_version(asked: bool) -> None:
    if asked:
        from pacc import __version__  # start-up: most commands don't need it

        terminal.line(__version__)
        raise typer.Exit


def _without_color(asked: bool) -> None:
    terminal.no_color = asked


def pacc(
    *,
    profile: Annotated[
        str | None, typer.Option("--profile", "-p", help="Use the settings of this profile.", metavar="NAME")
    ] = None,
    prompt: Annotated[
        bool | None,
        typer.Option("--prompt/--no-prompt", help="Ask before something is deleted, or never ask."),
    ] = None,
    no_color: Annotated[
        bool, typer.Option("--no-color", is_eager=True, callback=_without_color, help="Write no colours.")
    ] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")] = False,
    version: Annotated[
        bool,
        typer.Option("--version", "-v", is_eager=True, callback=_show_version, help="Show the version."),
    ] = False,
) -> None:
    """Run, record, schedule and explain workflows, all in one file and without a server."""
    del no_color, version
    terminal.tracebacks = debug
    if not is_loaded_alone():
        _apply_settings(profile)
    if prompt is not None:
        terminal.prompts = prompt


def _apply_settings(profile: str | None) -> None:
    from pacc.settings import choose_profile, read_settings  # start-up: help needs no settings

    if profile is not None:
        choose_profile(profile)
    settings = read_settings()  # a command that needs a setting says what is wrong with it
    terminal.no_color |= not settings.cli.colors
    terminal.tracebacks |= settings.debug_mode
    terminal.prompts = settings.cli.prompt
    terminal.wraps = settings.cli.wrap_lines
    for problem in settings.problems:
        terminal.remark(f"Warning: {problem}")


def root_command() -> Any:
    """Return the whole command tree as one command object, for running, completing and documenting it."""
    app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)
    app.callback(cls=Root)(pacc)
    return get_command(app)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command.

    Args:
        arguments: the words after `pacc`, those of this process unless given.

    Returns:
        The exit code.
    """
    words = list(sys.argv[1:] if arguments is None else arguments)
    terminal.prepare()
    if arguments is None and is_all_that_is_asked(words):
        load_nothing_else()
    try:
        code = root_command().main(
            words, prog_name="pacc", standalone_mode=False, color=terminal.colored(terminal.out)
        )
        terminal.out.flush()
    except BrokenPipeError:
        return _reader_left()
    except SystemExit as ended:  # typer's answer to a closed pipe that it came upon itself
        if isinstance(ended.__context__, BrokenPipeError):
            return _reader_left()
        raise
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 - the border to the user; it always tells
        outcome = _with_next_step(outcome_of(error), words)
        if terminal.tracebacks and outcome.code != "usage":
            terminal.traceback()
        terminal.error(outcome, as_json=_wants_json(words))
        return outcome.exit_code
    return code or ExitCode.OK


def _with_next_step(outcome: Outcome, words: Sequence[str]) -> Outcome:
    """Point from what was typed wrongly to the help of the command, where nothing else is to be done."""
    if outcome.hint is not None or outcome.exit_code != ExitCode.USAGE:
        return outcome
    command, path = root_command(), ["pacc"]
    for word in words:
        below = command.get_command(None, word) if hasattr(command, "get_command") else None
        if below is not None:
            command, path = below, [*path, word]
    return outcome._replace(hint=f"{' '.join(path)} --help")


def _reader_left() -> int:
    """End quietly when whoever read our output has seen enough, as after `| head`."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return ExitCode.FAILED


def _wants_json(words: Sequence[str]) -> bool:
    text = " ".join(words).lower()
    return any(form in f"{text} " for form in ("-o json ", "-ojson ", "--output json ", "--output=json "))
