"""What `-o json` and `-o yaml` answer, command by command, and the fields of each record with their meanings, read off the code."""

from __future__ import annotations

import ast
import dataclasses
import inspect
from importlib import import_module
from typing import NamedTuple


class Shape(NamedTuple):
    """What one command answers."""

    command: str
    record: str = ""
    """The record it answers with, as `module:Class` below `pacc.schemas`; nothing where it has fields of its own."""
    many: bool = False
    """Whether it is a list of them."""
    extra: tuple[tuple[str, str], ...] = ()
    """Fields besides those of the record, with their meanings."""


_NODE = "graphs:GraphNode"
_ADDRESS = (("url", "Where it is called."),)
_EVENT = (
    ("id", "The event's id."),
    ("occurred", "When it happened."),
    ("event", "What happened: `pacc.flow-run.Completed`."),
    ("resource", "What it happened to: `pacc.resource.id` and other labels."),
    ("related", "What else it is about, each with its role."),
    ("payload", "What else is told."),
    ("follows", "The id of the event it follows."),
    ("received", "When it was written down."),
)
_AUTOMATION = tuple(
    (name, "")
    for name in (
        "id", "name", "description", "enabled", "tags", "trigger", "actions", "actions_on_trigger",
        "actions_on_resolve", "owner_resource",
    )
)  # fmt: skip

SHAPES = (
    Shape("flow ls", "flows:Flow", many=True),
    Shape("flow-run ls", "flow_runs:FlowRun", many=True),
    Shape("flow-run inspect", "flow_runs:FlowRun"),
    Shape("flow-run logs", "logs:Log", many=True),
    Shape("flow-run graph", "graphs:FlowRunGraph"),
    Shape("flow-run timeline", _NODE, many=True),
    Shape("task-run ls", "task_runs:TaskRun", many=True),
    Shape("task-run inspect", "task_runs:TaskRun"),
    Shape("task-run logs", "logs:Log", many=True),
    Shape("deployment ls", "deployments:Deployment", many=True),
    Shape("deployment inspect", "deployments:Deployment"),
    Shape("deployment stats", "deployment_stats:DeploymentStats"),
    Shape("deployment schedule ls", "deployments:DeploymentSchedule", many=True),
    Shape(
        "deployment schedule next",
        many=True,
        extra=(("time", "When."), ("schedule_id", "The schedule."), ("slug", "Its slug.")),
    ),
    Shape("backfill ls", "backfills:Backfill", many=True),
    Shape("backfill inspect", "backfills:Backfill"),
    Shape("why", "explanations:Explanation"),
    Shape("cache explain", "explanations:Explanation"),
    Shape("result ls", "results:KeptResult", many=True),
    Shape("result inspect", "results:KeptResult"),
    Shape(
        "block ls",
        many=True,
        extra=(
            ("id", "The block's id."),
            ("block_type_name", "Its type's name."),
            ("block_type_slug", "Its type's slug."),
            ("name", "Its name."),
            ("slug", "Its type and name, as commands take them."),
            ("updated", "When it was last saved."),
        ),
    ),
    Shape("block inspect", "blocks:BlockDocument"),
    Shape("block type ls", "blocks:BlockType", many=True),
    Shape(
        "block type inspect",
        "blocks:BlockType",
        extra=(
            ("capabilities", "What such a block can do."),
            ("version", "The version its class names."),
            ("checksum", "`sha256:` and a digest of the fields."),
            ("fields", "Its fields as a JSON schema."),
        ),
    ),
    Shape("variable ls", "variables:Variable", many=True),
    Shape("variable inspect", "variables:Variable"),
    Shape("artifact ls", "artifacts:ArtifactCollection", many=True),
    Shape("artifact inspect", "artifacts:Artifact", many=True),
    Shape(
        "artifact diff",
        extra=(
            ("version", "Which version it is; the first one is 1."),
            ("before", "The artifact of the version before."),
            ("after", "The artifact."),
            ("changes", "What changed, a line each."),
        ),
    ),
    Shape("asset ls", "assets:StoredAsset", many=True),
    Shape(
        "asset inspect",
        "assets:StoredAsset",
        extra=(
            ("materializations", "When it was made anew, the latest first."),
            ("downstream", "Keys of what is made of it."),
        ),
    ),
    Shape("cloud asset ls", "assets:StoredAsset", many=True),
    Shape("events ls", many=True, extra=_EVENT),
    Shape("automation ls", "firings:KeptAutomation", many=True),
    Shape("automation inspect", extra=(*_AUTOMATION, ("firings", "When it fired, and what became of that."))),
    Shape("webhook ls", "webhooks:Webhook", many=True, extra=_ADDRESS),
    Shape("webhook get", "webhooks:Webhook", extra=_ADDRESS),
    Shape("cloud webhook ls", "webhooks:Webhook", many=True, extra=_ADDRESS),
    Shape("cloud webhook get", "webhooks:Webhook", extra=_ADDRESS),
    Shape("concurrency-limit ls", "concurrency:GlobalConcurrencyLimit", many=True),
    Shape(
        "concurrency-limit inspect",
        "concurrency:GlobalConcurrencyLimit",
        extra=(("slots", "Who holds what of it."),),
    ),
    Shape("global-concurrency-limit ls", "concurrency:GlobalConcurrencyLimit", many=True),
    Shape(
        "global-concurrency-limit inspect",
        "concurrency:GlobalConcurrencyLimit",
        extra=(("slots", "Who holds what of it."),),
    ),
    Shape("notify ls", "notifications:Subscription", many=True),
    Shape("work-pool ls", "work_pools:WorkPool", many=True),
    Shape("work-pool inspect", "work_pools:WorkPool"),
    Shape("work-pool slots", "work_pools:WorkPoolConcurrencyStatus"),
    Shape("work-pool preview", "flow_runs:FlowRun", many=True),
    Shape("shell ls", "flow_runs:FlowRun", many=True),
    Shape("shell group ls", "work_pools:WorkQueue", many=True),
    Shape("work-queue ls", "work_pools:WorkQueue", many=True),
    Shape("work-queue inspect", "work_pools:WorkQueue"),
    Shape("work-queue slots", "work_pools:WorkQueueConcurrencyStatus"),
    Shape("work-queue preview", "flow_runs:FlowRun", many=True),
    Shape("work-queue read-runs", "flow_runs:FlowRun", many=True),
    Shape("server services ls", "leases:Service", many=True),
    Shape("plugins diagnose", "plugins:Plugin", many=True),
    Shape("transfer", "transfers:Transferred", many=True),
    Shape("db check", "findings:Finding", many=True),
    Shape("db stats", "store_stats:StoreStats"),
    Shape("doctor", "findings:Finding", many=True),
    Shape(
        "cloud workspace ls",
        many=True,
        extra=(
            ("name", "The profile."),
            ("active", "Whether it is the active one."),
            ("home", "Where its store is."),
        ),
    ),
    Shape(
        "config view",
        extra=(("profile", "The active profile."), ("settings", "Each setting's `value` and `source`.")),
    ),
    Shape(
        "profile ls",
        many=True,
        extra=(
            ("name", "The profile."),
            ("active", "Whether it is the active one."),
            ("built_in", "Whether it comes with pacc."),
        ),
    ),
    Shape(
        "version",
        extra=tuple(
            (name, "")
            for name in (
                "version",
                "python_version",
                "git_commit",
                "built",
                "os_arch",
                "profile",
                "store",
                "sqlite_version",
            )
        ),
    ),
)


CHANGING = {
    "automation create", "automation test", "block register", "cloud webhook create", "deployment backfill",
    "deployment build", "deployment run", "deployment schedule create", "events emit", "flow-run create",
    "flow-run retry", "shell add", "transfer", "webhook create",
}  # fmt: skip
"""Commands that do something and say what; their own tests look at it."""
STREAMS = {"events stream", "flow-run watch", "shell follow"}
"""One object a line, for as long as somebody looks."""
APART = {
    "profile inspect": "an object of settings, whichever the profile has",
    "sdk generate": "-o is the file it writes",
    "server status": "where no server runs there is nothing to answer",
    "service status": "what the machine starts is not the store's",
    "variable get": "the value, whatever it is",
}


def page() -> str:
    """Return the table of commands and a section for each record."""
    rows = [f"| `pacc {shape.command}` | {_told(shape)} |" for shape in SHAPES]
    records = sorted(
        {shape.record for shape in SHAPES if shape.record}, key=lambda each: each.partition(":")[2]
    )
    return "\n\n".join(["\n".join(["| command | answer |", "| --- | --- |", *rows]), *map(_section, records)])


def fields_of(shape: Shape) -> dict[str, str]:
    """Return the fields a command answers with, and what each means."""
    return {**(record_fields(shape.record) if shape.record else {}), **dict(shape.extra)}


def record_fields(record: str) -> dict[str, str]:
    """Return the fields of a record, and the sentence below each in the code."""
    module, _, name = record.partition(":")
    kind = getattr(import_module(f"pacc.schemas.{module}"), name)
    meanings = _meanings(inspect.getsource(kind))
    names = getattr(kind, "_fields", None) or [each.name for each in dataclasses.fields(kind)]
    return {name: meanings.get(name, "") for name in names if name[0] != "_"}


def _meanings(source: str) -> dict[str, str]:
    (kind,) = ast.parse(source).body
    found, before = {}, None
    for node in kind.body if isinstance(kind, ast.ClassDef) else ():
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            before = node.target.id
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and before:
            found[before] = " ".join(str(node.value.value).split())
    return found


def _told(shape: Shape) -> str:
    name = shape.record.partition(":")[2]
    named = f"[{name}](#{name.lower()})" if name else "an object"
    told = f"a list of {named if name else 'objects'}" if shape.many else named
    extra = ", ".join(f"`{field}`" for field, _ in shape.extra)
    return told + (f"{' and' if name else ' of'} {extra}" if extra else "")


def _section(record: str) -> str:
    rows = [
        f"| `{name}` | {meaning.replace('|', chr(92) + '|')} |"
        for name, meaning in record_fields(record).items()
    ]
    return "\n".join([f"## {record.partition(':')[2]}", "", "| field | |", "| --- | --- |", *rows])
