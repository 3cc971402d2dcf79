"""`pacc work-pool create`."""

from __future__ import annotations

from typing import Annotated

import typer

from pacc.cli._store import open_for_command
from pacc.cli._terminal import terminal
from pacc.cli.work_pool._options import Provision, Template, read_template
from pacc.schemas.choices import PROCESS
from pacc.schemas.work_pools import WorkPoolCreate
from pacc.services import work_pools
from pacc.settings import PACC_DEPLOYMENTS_DEFAULT_WORK_POOL_NAME, update_current_profile
from pacc.workers.types import worker_class


def command(
    name: Annotated[str, typer.Argument(metavar="NAME", help="What it is to be called.", show_default=False)],
    *,
    base_job_template: Template = None,
    paused: Annotated[bool, typer.Option("--paused/--no-paused", help="Let its runs wait.")] = False,
    type: Annotated[
        str, typer.Option("--type", "-t", metavar="TYPE", help="What kind of worker takes its runs.")
    ] = PROCESS,
    set_as_default: Annotated[
        bool,
        typer.Option(
            "--set-as-default/--no-set-as-default",
            help="Let it be the pool of deployments that name none, in the active profile.",
        ),
    ] = False,
    provision_infrastructure: Provision = False,
    overwrite: Annotated[
        bool, typer.Option("--overwrite/--no-overwrite", help="Change it if it is there already.")
    ] = False,
) -> None:
    """Make a work pool. Its runs are executed by `pacc worker start --pool NAME`."""
    del provision_infrastructure
    template = read_template(base_job_template)
    if template is None:
        template = worker_class(type).get_default_base_job_template()
    wanted = WorkPoolCreate(name=name, type=type, base_job_template=template, is_paused=paused)
    made = work_pools.create(open_for_command(reap=False), wanted, overwrite=overwrite)
    terminal.remark(f'Made the work pool "{made.name}" of type "{made.type}".')
    if set_as_default:
        profile = update_current_profile({PACC_DEPLOYMENTS_DEFAULT_WORK_POOL_NAME: made.name})
        terminal.remark(f'It is the default work pool of the profile "{profile.name}" now.')
    terminal.remark(f"See: pacc worker start --pool {made.name}")
