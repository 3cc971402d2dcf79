"""What `pacc deploy` asks whoever sits at the terminal and named neither a file's deployment nor a flow."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from pacc.cli._exits import CommandError
from pacc.cli._form import ask_until
from pacc.cli._terminal import terminal
from pacc.exceptions import PaccException
from pacc.schemas.choices import PROCESS
from pacc.services import work_pools
from pacc.settings import get_current_settings

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pacc.deployments.project import Project
    from pacc.store import Store


_WHEN = 'When does it run by itself? "0 9 * * *", a number of seconds, "FREQ=DAILY", or nothing: '


def which_of(project: Project) -> list[dict[str, Any]]:
    """Ask which of a file's deployments are meant."""
    declared = project.deployments
    names = [str(each.get("name") or "one without a name") for each in declared]
    _list([*names, "all of them"])
    number = ask_until(f"Which one of {project.name}? [1] ", lambda text: _number(text, len(names) + 1))
    return declared if number == len(names) else [declared[number]]


def completed(store: Store, deployment: Mapping[str, Any]) -> dict[str, Any]:
    """Ask for what a deployment needs and nobody said: its flow, its name, when it runs and the pool it waits in.

    Args:
        store: where the pools are; one is made where there is none.
        deployment: what the file and the command line say.

    Returns:
        The deployment, as a file would have it; the same where nothing was missing.
    """
    wanted = {**deployment}
    if not wanted.get("entrypoint"):
        wanted["entrypoint"] = _entrypoint()
        if not wanted.get("schedules") and not wanted.get("schedule"):
            schedule = ask_until(_WHEN, _schedule)
            wanted |= {"schedules": [schedule]} if schedule else {}
    if not wanted.get("name"):
        wanted["name"] = terminal.ask("What is the deployment called? [default] ").strip() or "default"
    pool = dict(wanted.get("work_pool") or {})
    if not pool.get("name") and get_current_settings().deployments.default_work_pool_name is None:
        wanted["work_pool"] = {**pool, "name": _pool(store)}
    return wanted


def offer_to_write(project: Project, wanted: Mapping[str, Any]) -> None:
    """Ask whether what was asked for goes to the folder's file, so that it need not be asked again."""
    from pacc.deployments.writing import write_deployment  # start-up: pydantic

    file = project.path or Path("pacc.yaml")
    asked = f"Write that to {file.name}, so that `pacc deploy` need not ask again?"
    if not project.deployments and terminal.confirm(asked) and write_deployment(file, wanted):
        terminal.remark(f"Wrote {file.name}.")


def _entrypoint() -> str:
    from pacc.deployments.finding import flows_in  # start-up: ast

    found = flows_in(Path.cwd())
    if not found:
        raise CommandError(
            "there is no flow in this folder, no function under @flow", hint="pacc deploy FILE.py:FUNCTION"
        )
    _list(found)

    def read(text: str) -> str:
        return text if ":" in text else found[_number(text, len(found))]

    return str(ask_until("Which flow? A number, or file.py:function [1] ", read))


def _pool(store: Store) -> str:
    pools = [each.name for each in work_pools.select(store)]
    if not pools:
        name = terminal.ask("There is no work pool. What is the new one called? [default] ").strip()
        made = work_pools.ensure(store, name or "default", PROCESS)
        terminal.remark(f'Made the work pool "{made.name}".')
        return made.name
    _list(pools)
    asked = "Which work pool do its runs wait in? [1] "
    number: int = ask_until(asked, lambda text: _number(text, len(pools)))
    return pools[number]


def _schedule(text: str) -> dict[str, Any] | None:
    """What an answer means as a schedule.

    >>> _schedule("3600"), _schedule("")
    ({'interval': 3600}, None)
    """
    from pacc.schemas.schedules import construct_schedule  # start-up: croniter

    word = text.strip()
    if not word:
        return None
    key = "interval" if word.isdigit() else "rrule" if "FREQ=" in word.upper() else "cron"
    schedule: dict[str, Any] = {key: int(word) if key == "interval" else word}
    try:
        construct_schedule(**schedule)
    except PaccException as error:
        raise ValueError(str(error)) from None
    return schedule


def _number(text: str, most: int) -> int:
    """Which of so many things an answer means, counted from 0; the first where it is empty."""
    word = text.strip() or "1"
    if not word.isdigit() or not 1 <= int(word) <= most:
        raise ValueError(f"a number from 1 to {most}")
    return int(word) - 1


def _list(names: Sequence[str]) -> None:
    for number, name in enumerate(names, 1):
        terminal.remark(f"  {number}  {name}")
