"""`pacc work-pool`: where runs wait for workers."""

from __future__ import annotations

from pacc.cli._commands import Elsewhere, Entry, LazyGroup
from pacc.cli.work_pool._options import NOTHING_TO_PROVISION

_FOLDER = "pacc.cli.work_pool"

group = LazyGroup(
    name="work-pool",
    help="See, make, limit and pause work pools.",
    entries=(
        Entry(name="create", module=f"{_FOLDER}.create", help="Make a work pool."),
        Entry(name="ls", module=f"{_FOLDER}.ls", help="List work pools by name."),
        Entry(
            name="inspect", module=f"{_FOLDER}.inspect", help="Show a work pool, its queues and its workers."
        ),
        Entry(
            name="slots", module=f"{_FOLDER}.slots", help="Show which runs take the places of a work pool."
        ),
        Entry(name="pause", module=f"{_FOLDER}.pause", help="Let the runs of a work pool wait."),
        Entry(name="resume", module=f"{_FOLDER}.resume", help="Let the runs of a work pool go on."),
        Entry(name="update", module=f"{_FOLDER}.update", help="Change a work pool."),
        Entry(name="delete", module=f"{_FOLDER}.delete", help="Delete a work pool and its queues."),
        Entry(
            name="set-concurrency-limit",
            module=f"{_FOLDER}.set_concurrency_limit",
            help="Limit how many runs of a work pool are open at once.",
        ),
        Entry(
            name="clear-concurrency-limit",
            module=f"{_FOLDER}.clear_concurrency_limit",
            help="Take the limit of a work pool away.",
        ),
        Entry(
            name="get-default-base-job-template",
            module=f"{_FOLDER}.get_default_base_job_template",
            help="Show what runs of a type of work pool are made of.",
        ),
        Entry(
            name="preview", module=f"{_FOLDER}.preview", help="List the runs that come next in a work pool."
        ),
        Elsewhere(
            name="provision-infrastructure",
            why=NOTHING_TO_PROVISION,
            hint="pacc worker start --help",
            aliases=("provision-infra",),
        ),
        Entry(
            name="storage",
            module=f"{_FOLDER}.storage",
            help="Say where the code of runs is, which no pool has to store.",
        ),
    ),
)
