"""A bundle for a bug report: what is known of a flow run, as files of a zip."""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING, Any

from pacc.presentation.as_json import json_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from typing import IO

    from pacc.schemas.bundles import Bundle

README = """What pacc knows of the flow run "{name}" ({id}), made by `pacc export`.

run.json          the flow run, its flow and its deployment
states.json       every state it and the runs below it had
nested_runs.jsonl the flow runs it called
task_runs.jsonl   the task runs
logs/             one file for each flow run, a line each line
events.jsonl      what was told of them
artifacts.jsonl   what they made
settings.json     the settings that are not as they come, and where they are from
versions.json     pacc, Python, SQLite, the system, and packages

Secrets are masked as ********: values that pacc keeps encrypted, what is called a password, token or the like, and what looks
like one. Data that flows were given or logged otherwise is as it was: read it before you pass it on.
"""


def write_bundle(
    target: IO[bytes],
    bundle: Bundle,
    *,
    logs: Mapping[str, Iterable[object]],
    settings: Any,
    versions: Any,
    redacted: Callable[[str], str],
    advance: Callable[[int, int], None],
) -> None:
    """Write a zip with everything in it.

    Args:
        target: where to.
        bundle: what is known of the run.
        logs: the lines of each run's log, by the run's id, read as they are written.
        settings: what is set.
        versions: what runs here.
        redacted: returns a text without secrets.
        advance: told how many files of how many are done.
    """
    run = bundle.run
    whole = {
        "run.json": {"flow_run": run, "flow": bundle.flow, "deployment": bundle.deployment},
        "states.json": bundle.states,
        "settings.json": settings,
        "versions.json": versions,
    }
    lines: dict[str, Iterable[object]] = {
        "nested_runs.jsonl": bundle.nested_runs,
        "task_runs.jsonl": bundle.task_runs,
        "events.jsonl": bundle.events,
        "artifacts.jsonl": bundle.artifacts,
        **{f"logs/{each}.jsonl": said for each, said in logs.items()},
    }
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("README.txt", README.format(name=redacted(run.name), id=run.id))
        for name, value in whole.items():
            file.writestr(name, redacted(json_text(value, indent=2)) + "\n")
        for done, (name, values) in enumerate(lines.items()):
            advance(done, len(lines))
            with file.open(name, "w", force_zip64=True) as entry:
                for value in values:
                    entry.write(f"{redacted(json_text(value))}\n".encode())
