"""Which names may stand for an argument or an option: what completion scripts ask `pacc _complete` for."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from generators.tree import Command, Option

EVERYWHERE = {
    "BACKFILL": "backfill",
    "DEPLOYMENT": "deployment",
    "FLOW": "flow",
    "FLOW/DEPLOYMENT": "deployment",
    "POOL": "work-pool",
    "QUEUE": "work-queue",
    "RUN": "flow-run",
    "GROUP": "work-queue",
    "RUN|DEPLOYMENT": "flow-run,deployment",
    "SCHEDULE": "schedule",
    "TYPE/NAME": "block",
    "WEBHOOK": "webhook",
}
"""By the word that stands for an argument, or for the value of an option."""

OF_GROUP = {
    "artifact KEY": "artifact",
    "asset KEY": "asset",
    "automation NAME": "automation",
    "block TYPE": "block-type",
    "cloud KEY": "asset",
    "cache RUN": "task-run",
    "concurrency-limit TAG": "tag-limit",
    "config NAME": "setting",
    "config NAME=VALUE": "assignment",
    "global-concurrency-limit NAME": "limit",
    "notify NAME": "notification",
    "profile NAME": "profile",
    "result KEY": "result",
    "task-run RUN": "task-run",
    "variable NAME": "variable",
}
"""By the group and that word, for arguments."""

OPTIONS = {
    "--flow-name": "flow",
    "--flow-run": "flow-run",
    "--pool": "work-pool",
    "--profile": "profile",
    "--work-queue": "work-queue",
    "--workspace": "profile",
    "block --type": "block-type",
    "notify --flow": "flow",
    "profile --from": "profile",
    "sdk --deployment": "deployment",
    "sdk --flow": "flow",
    "transfer --from": "profile",
    "transfer --to": "profile",
}
"""By an option's name, after its group where it means something else elsewhere."""

NEW = {"NAME", "TAG"}
"""What a command that makes something calls it, which is no name there is."""


def kinds(command: Command, parameter: Option) -> str:
    """Return whose names may stand there, with commas between, nothing where it is for the person alone to know."""
    group = command.path[1] if len(command.path) > 1 else ""
    word = parameter.value.strip("[].")
    if not parameter.is_argument:
        named = (OPTIONS.get(f"{group} {name}") or OPTIONS.get(name) for name in parameter.names)
        return next(filter(None, named), "") or EVERYWHERE.get(word, "")
    if command.path[-1] == "create" and word in NEW:
        return ""
    return OF_GROUP.get(f"{group} {word}") or EVERYWHERE.get(word, "")
