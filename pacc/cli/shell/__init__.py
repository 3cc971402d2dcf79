"""`pacc shell`: shell commands as flows."""

from __future__ import annotations

from pacc.cli._commands import Entry, LazyGroup

group = LazyGroup(
    name="shell",
    help="Run, schedule and queue shell commands as flows.",
    entries=(
        Entry(name="add", module="pacc.cli.shell.add", help="Put a command into the queue."),
        Entry(name="ls", module="pacc.cli.shell.ls", help="List the queue."),
        Entry(
            name="follow", module="pacc.cli.shell.follow", help="Follow a command of the queue to its end."
        ),
        Entry(name="wait", module="pacc.cli.shell.wait", help="Wait until commands of the queue have ended."),
        Entry(
            name="edit",
            module="pacc.cli.shell.edit",
            help="Give a command that waits another text or priority.",
        ),
        Entry(
            name="move", module="pacc.cli.shell.move", help="Have a command that waits run earlier or later."
        ),
        Entry(name="restart", module="pacc.cli.shell.restart", help="Run commands again that have ended."),
        Entry(name="stash", module="pacc.cli.shell.stash", help="Put commands aside that wait."),
        Entry(name="enqueue", module="pacc.cli.shell.enqueue", help="Put back commands that were put aside."),
        Entry(name="kill", module="pacc.cli.shell.kill", help="End commands, or take them out of the queue."),
        Entry(
            name="group",
            module="pacc.cli.shell.groups",
            help="See, make and change groups: how many commands run at once.",
            aliases=("groups",),
        ),
        Entry(name="serve", module="pacc.cli.shell.serve", help="Run a command on a schedule, until Ctrl-C."),
        Entry(name="watch", module="pacc.cli.shell.watch", help="Run a command now, and record it."),
    ),
)
