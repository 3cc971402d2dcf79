"""Pausing and resuming: one schedule, all of a deployment, or all there are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pacc.cli._exits import UsageError
from pacc.cli._terminal import terminal
from pacc.presentation.schedules import in_words
from pacc.services import deployment_schedules, deployments

if TYPE_CHECKING:
    from pacc.schemas.deployments import Deployment, DeploymentSchedule
    from pacc.store import Store


def set_active(
    store: Store, deployment: str | None, schedule: str | None, *, all_of_them: bool, active: bool
) -> None:
    """Let schedules go on or rest, and say which.

    Raises:
        UsageError: it is not clear which are meant.
        ObjectNotFound: there is no such deployment, or it has no such schedule, or several and none is named.
    """
    for owner, each in _meant(store, deployment, schedule, all_of_them=all_of_them):
        deployment_schedules.set_active(store, owner.id, each.id, active)
        done = "Resumed" if active else "Paused"
        terminal.remark(f'{done} schedule "{each.slug or in_words(each.schedule)}" of "{owner.full_name}".')


def _meant(
    store: Store, deployment: str | None, schedule: str | None, *, all_of_them: bool
) -> list[tuple[Deployment, DeploymentSchedule]]:
    if all_of_them and schedule is not None:
        raise UsageError("name a schedule, or give --all, and not both")
    if deployment is None:
        if not all_of_them:
            raise UsageError("name a deployment, and a schedule of it where it has several, or give --all")
        return [(owner, each) for owner in deployments.select(store) for each in owner.schedules]
    owner = deployments.find(store, deployment)
    if all_of_them:
        return [(owner, each) for each in owner.schedules]
    return [(owner, deployment_schedules.find(store, owner.id, schedule))]
