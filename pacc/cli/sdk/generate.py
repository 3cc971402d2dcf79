"""`pacc sdk generate`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pacc._internal.counting import counted
from pacc.cli._exits import CommandError
from pacc.cli._options import Yes
from pacc.cli._store import open_for_command
from pacc.cli._terminal import terminal
from pacc.presentation.typed_deployments import MARK, source
from pacc.services import deployments, flows, work_pools

if TYPE_CHECKING:
    from pacc.schemas.deployments import Deployment
    from pacc.store import Store

Target = Annotated[Path, typer.Option("--output", "-o", metavar="FILE", help="The file to write.")]
Flows = Annotated[
    list[str] | None,
    typer.Option("--flow", "-f", metavar="NAME", help="Only deployments of this flow; repeat for more."),
]
Deployments = Annotated[
    list[str] | None,
    typer.Option("--deployment", "-d", metavar="NAME", help="Only this deployment; repeat for more."),
]


def command(*, output: Target, flow: Flows = None, deployment: Deployments = None, yes: Yes = False) -> None:
    """Write Python that starts deployments by methods with their parameters, which editors and type checkers know."""
    store = open_for_command(reap=False)
    chosen = _chosen(store, flow or [], deployment or [])
    if not chosen:
        raise CommandError("there are no deployments to write of", hint="pacc deployment ls")
    if output.exists() and not _is_ours(output) and not yes and not terminal.confirm(f'Replace "{output}"?'):
        raise CommandError("nothing was written", code="declined")
    templates = {each.name: each.base_job_template for each in work_pools.select(store)}
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_text(source(chosen, templates), encoding="utf-8")
    terminal.remark(f'Wrote {counted(len(chosen), "deployment")} to "{output}".')


def _chosen(store: Store, of_flows: list[str], named: list[str]) -> list[Deployment]:
    every = deployments.select(store)
    if not of_flows and not named:
        return every
    names = {flows.read_by_name(store, name).name for name in of_flows}
    ids = {deployments.find(store, name).id for name in named}
    return [each for each in every if each.flow_name in names or each.id in ids]


def _is_ours(file: Path) -> bool:
    return file.is_file() and file.read_text(encoding="utf-8", errors="replace").startswith(MARK)
