"""`pacc work-pool get-default-base-job-template`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from pacc.cli._terminal import terminal
from pacc.schemas.choices import PROCESS
from pacc.workers.types import worker_class


def command(
    *,
    type: Annotated[
        str, typer.Option("--type", "-t", metavar="TYPE", help="What kind of worker takes the runs.")
    ] = PROCESS,
    file: Annotated[
        Path | None, typer.Option("--file", "-f", metavar="FILE", help="Write it to this file.")
    ] = None,
) -> None:
    """Show what runs of a type of work pool are made of, as JSON to change and give to `create` or `update`."""
    template = worker_class(type).get_default_base_job_template()
    if file is None:
        terminal.json(template)
        return
    file.write_text(json.dumps(template, indent=2) + "\n", "utf-8")
    terminal.remark(f'Wrote the base job template of type "{type}" to "{file}".')
