"""`pacc transfer`: from the store of one profile to that of another."""

from __future__ import annotations

from collections import Counter
from typing import Annotated

import typer

from pacc.cli._exits import CommandError
from pacc.cli._options import Output
from pacc.cli._progress import progress
from pacc.cli._terminal import terminal
from pacc.presentation.transfers import transfer_table
from pacc.schemas.transfers import Fate
from pacc.services import transferring
from pacc.settings import use_profile
from pacc.store import open_store

Source = Annotated[
    str, typer.Option("--from", metavar="PROFILE", help="The profile whose store it is taken from.")
]
Target = Annotated[
    str, typer.Option("--to", metavar="PROFILE", help="The profile whose store it is put into.")
]


def command(*, from_name: Source, to_name: Target, output: Output = "table") -> None:
    """Copy blocks, variables, work pools, limits, deployments and automations to the store of another profile.

    What is there already under its name stays as it is, so the same can be said again. Runs stay where they are.
    """
    with use_profile(from_name, override_environment_variables=True) as source:
        with use_profile(to_name, override_environment_variables=True) as target:
            _must_differ(from_name, to_name, same=source.home == target.home)
        packed = transferring.pack(open_store(source.home))
    with (
        use_profile(to_name, override_environment_variables=True) as target,
        progress("Transferring") as shown,
    ):
        told = transferring.unpack(open_store(target.home), packed, shown, profiles=(from_name, to_name))
    if output == "json":
        terminal.json(told)
    else:
        terminal.table(
            transfer_table(told), output, empty=f'there is nothing to transfer in profile "{from_name}"'
        )
    counts = Counter(each.fate for each in told)
    terminal.remark(", ".join(f"{counts[fate]} {fate}" for fate in Fate) + ".")
    if counts[Fate.FAILED]:
        raise CommandError("not everything could be transferred; the table says why", code="incomplete")


def _must_differ(from_name: str, to_name: str, *, same: bool) -> None:
    if same:
        raise CommandError(
            f'profiles "{from_name}" and "{to_name}" have one store between them',
            hint=f"pacc --profile {to_name} config set PACC_HOME=FOLDER",
        )
