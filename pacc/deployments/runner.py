"""`RunnerDeployment`: a deployment as a program declares it, before it is in the store."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass, field, replace
from pathlib import Path
from shlex import quote
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Self, TypedDict, Unpack

from pacc._internal.functions import called
from pacc._internal.steps import awaitable, run_in_own_loop
from pacc.context import either_colour
from pacc.deployments.arguments import as_json
from pacc.deployments.schedules import declared_schedules, normalize_to_deployment_schedule
from pacc.deployments.versions import version_info_of
from pacc.engine.entrypoints import load_object
from pacc.engine.signatures import parameter_schema
from pacc.exceptions import InvalidDeploymentError, MissingFlowError
from pacc.schemas.deployments import ConcurrencyLimitConfig, ConcurrencyOptions, DeploymentCreate
from pacc.services import deployments
from pacc.settings import get_current_settings
from pacc.store import open_store
from pacc.types.entrypoint import EntrypointType

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import timedelta
    from uuid import UUID

    from pacc.docker import DockerImage
    from pacc.runner.storage import RunnerStorage
    from pacc.schedules import Schedule
    from pacc.schemas.deployments import DeploymentScheduleCreate
    from pacc.schemas.schedules import AnySchedule, Catchup, Overlap

__all__ = ["DeploymentOptions", "EntrypointType", "RunnerDeployment", "deploy"]


class DeploymentOptions(TypedDict, total=False):
    """What may be said of a deployment besides its flow and its name, wherever one is declared."""

    interval: Iterable[float | timedelta] | float | timedelta | None
    """Run it at even distances: seconds, or a timedelta; a list makes several schedules."""
    cron: Iterable[str] | str | None
    """Run it by a cron expression, or by several."""
    rrule: Iterable[str] | str | None
    """Run it by a recurrence rule, or by several."""
    schedule: Schedule | AnySchedule | None
    """Run it by one schedule of `pacc.schedules`, or of `pacc.schemas.schedules`."""
    schedules: Sequence[Any] | None
    """Run it by several schedules."""
    catchup: Catchup | str | None
    """What becomes of times its schedules missed: `none`, `latest` or `all`."""
    overlap: Overlap | str | None
    """What becomes of a run due while an earlier one is open: `allow`, `skip` or `cancel_previous`."""
    paused: bool | None
    """Let its schedules rest."""
    concurrency_limit: int | ConcurrencyLimitConfig | None
    """How many of its runs may be open at once."""
    parameters: Mapping[str, Any] | None
    """Arguments of its runs, unless they have their own."""
    triggers: Sequence[Any] | None
    """Events that start it."""
    description: str | None
    """What it is for; the flow's own description by default."""
    tags: Sequence[str] | None
    """Tags of it and of its runs."""
    version: str | None
    """The version of its code; the flow's own by default."""
    version_type: str | None
    """Where the version comes from: `pacc:simple`, or `vcs:git` for the commit that is checked out."""
    enforce_parameter_schema: bool
    """Refuse runs whose parameters do not fit the flow's type hints."""
    work_queue_name: str | None
    """The queue of its work pool its runs wait in."""
    job_variables: Mapping[str, Any] | None
    """What the infrastructure of its runs is told."""


@dataclass(kw_only=True, slots=True)
class RunnerDeployment:
    """A deployment as a program declares it. `apply` writes it to the store; `flow.to_deployment` makes one.

    Raises:
        InvalidDeploymentError: it says something of a work pool and names none.
    """

    name: str
    """Its name; without `.py` where a file's name was given."""
    flow_name: str
    """The name of its flow."""
    description: str | None = None
    """What it is for."""
    version: str | None = None
    """The version of its code."""
    version_type: str | None = None
    """Where the version comes from."""
    tags: list[str] = field(default_factory=list)
    """Tags of it and of its runs."""
    schedules: list[DeploymentScheduleCreate] = field(default_factory=list)
    """When it runs by itself."""
    concurrency_limit: int | None = None
    """How many of its runs may be open at once."""
    concurrency_options: ConcurrencyOptions | None = None
    """What the others do meanwhile."""
    paused: bool = False
    """Whether its schedules rest."""
    parameters: dict[str, Any] = field(default_factory=dict)
    """Arguments of its runs, as JSON says them."""
    entrypoint: str | None = None
    """Where its flow is found."""
    path: str | None = None
    """The folder that the entrypoint is relative to; unset where its code is fetched for each run."""
    triggers: list[dict[str, Any]] = field(default_factory=list)
    """Events that start it."""
    enforce_parameter_schema: bool = True
    """Whether runs whose parameters do not fit are refused."""
    parameter_openapi_schema: dict[str, Any] | None = None
    """What its parameters may be."""
    storage: RunnerStorage | None = None
    """Where its code is fetched from for each run."""
    work_pool_name: str | None = None
    """The work pool its runs wait in."""
    work_queue_name: str | None = None
    """The queue of that pool."""
    job_variables: dict[str, Any] = field(default_factory=dict)
    """What the infrastructure of its runs is told."""

    @property
    def full_name(self) -> str:
        """The names of its flow and its own."""
        return f"{self.flow_name}/{self.name}"

    @property
    def entrypoint_type(self) -> EntrypointType:
        """Whether the entrypoint names a file or a module."""
        by_file = ":" in (self.entrypoint or "") and (self.entrypoint or "").partition(":")[0].endswith(".py")
        return EntrypointType.FILE_PATH if by_file else EntrypointType.MODULE_PATH

    @classmethod
    def from_flow(
        cls,
        flow: Any,
        name: str,
        *,
        work_pool_name: str | None = None,
        entrypoint_type: EntrypointType | None = None,
        **options: Unpack[DeploymentOptions],
    ) -> Self:
        """Return the deployment of a flow of this program, or of one that was loaded by `from_source`.

        Args:
            flow: the flow.
            name: the deployment's name.
            work_pool_name: the work pool its runs wait in; none where a process serves it.
            entrypoint_type: whether the flow is found again by its file, the default, or by its module.
            **options: see `DeploymentOptions`.

        Raises:
            InvalidDeploymentError: the flow is in no file, or something about the deployment cannot work.
            InvalidSchedule: a schedule is wrong. ParameterTypeError: an argument does not fit, or cannot be kept as JSON.

        >>> RunnerDeployment.from_flow(fetch_weather, "deploy-1", cron="0 * * * *").full_name  # doctest: +SKIP
        'fetch-weather/deploy-1'
        """
        storage, entrypoint = flow.storage, flow.entrypoint
        if entrypoint is None:
            entrypoint = entrypoint_of(flow, entrypoint_type)
        path = None if storage else os.getcwd()
        return cls.declared(
            flow, name, entrypoint, storage=storage, path=path, work_pool_name=work_pool_name, **options
        )

    @classmethod
    def from_entrypoint(
        cls,
        entrypoint: str,
        name: str,
        *,
        flow_name: str | None = None,
        work_pool_name: str | None = None,
        **options: Unpack[DeploymentOptions],
    ) -> Self:
        """Return the deployment of a flow that an entrypoint names; the flow is loaded for its name and its parameters.

        Args:
            entrypoint: `file.py:function`, or a module's dotted name and a function.
            name: the deployment's name.
            flow_name: the name of its flow; the flow's own by default.
            work_pool_name: the work pool its runs wait in; none where a process serves it.
            **options: see `DeploymentOptions`.

        Raises:
            MissingFlowError: there is no flow. ScriptError: its file raised an error while it was loaded.
            InvalidDeploymentError, InvalidSchedule, ParameterTypeError: as for `from_flow`.

        >>> RunnerDeployment.from_entrypoint("weather.py:fetch_weather", "deploy-1").entrypoint  # doctest: +SKIP
        'weather.py:fetch_weather'
        """
        flow = loaded_flow(entrypoint)
        return cls.declared(
            flow,
            name,
            entrypoint,
            flow_name=flow_name,
            path=os.getcwd(),
            work_pool_name=work_pool_name,
            **options,
        )

    @classmethod
    def from_storage(
        cls,
        storage: RunnerStorage,
        entrypoint: str,
        name: str,
        *,
        flow_name: str | None = None,
        work_pool_name: str | None = None,
        **options: Unpack[DeploymentOptions],
    ) -> Self:
        """Return the deployment of a flow whose code is fetched for each run, and once now, to learn its parameters.

        Args:
            storage: where the code is: of `pacc.runner.storage`.
            entrypoint: the flow in it.
            name: the deployment's name.
            flow_name: the name of its flow; the flow's own by default.
            work_pool_name: the work pool its runs wait in; none where a process serves it.
            **options: see `DeploymentOptions`.

        Raises:
            PullFailed: the code cannot be fetched.
            MissingFlowError, ScriptError, InvalidDeploymentError, InvalidSchedule, ParameterTypeError: as for `from_entrypoint`.

        >>> RunnerDeployment.from_storage(GitRepository(url), "flows.py:etl", "nightly").storage  # doctest: +SKIP
        GitRepository('https://example.com/flows.git')
        """
        flow = fetched_flow(storage, entrypoint)
        return cls.declared(
            flow,
            name,
            entrypoint,
            flow_name=flow_name,
            storage=storage,
            work_pool_name=work_pool_name,
            **options,
        )

    afrom_storage = classmethod(awaitable(from_storage.__func__))  # type: ignore[attr-defined]

    @classmethod
    def declared(
        cls,
        flow: Any,
        name: str,
        entrypoint: str,
        *,
        flow_name: str | None = None,
        storage: RunnerStorage | None = None,
        path: str | None = None,
        interval: Any = None,
        cron: Any = None,
        rrule: Any = None,
        schedule: Any = None,
        schedules: Sequence[Any] | None = None,
        catchup: Catchup | str | None = None,
        overlap: Overlap | str | None = None,
        paused: bool | None = None,
        concurrency_limit: int | ConcurrencyLimitConfig | None = None,
        parameters: Mapping[str, Any] | None = None,
        triggers: Sequence[Any] | None = None,
        description: str | None = None,
        tags: Sequence[str] | None = None,
        version: str | None = None,
        version_type: str | None = None,
        enforce_parameter_schema: bool = True,
        work_pool_name: str | None = None,
        work_queue_name: str | None = None,
        job_variables: Mapping[str, Any] | None = None,
    ) -> Self:
        """Return a deployment of a flow that is loaded, wherever it was found; the names above are for people."""
        name = name.removesuffix(".py")
        flow_name = flow_name or flow.name
        times = (interval, cron, rrule, schedule, schedules)
        if all(each is None for each in times):
            schedule = flow.schedule  # said in the decorator, as older programs do
        return cls(
            name=name,
            flow_name=flow_name,
            description=description or flow.description,
            version=version or flow.version,
            version_type=version_type,
            tags=[tags] if isinstance(tags, str) else list(tags or ()),
            schedules=declared_schedules(
                interval=interval, cron=cron, rrule=rrule, schedule=schedule, schedules=schedules,
                catchup=catchup, overlap=overlap,
            ),
            **_limit(concurrency_limit),
            paused=bool(paused),
            parameters=as_json(parameters or {}, f'the deployment "{flow_name}/{name}"'),
            entrypoint=entrypoint,
            path=path,
            triggers=[_plain(each) for each in triggers or ()],
            enforce_parameter_schema=enforce_parameter_schema,
            parameter_openapi_schema=parameter_schema(flow.fn),
            storage=storage,
            work_pool_name=work_pool_name,
            work_queue_name=work_queue_name,
            job_variables=dict(job_variables or {}),
        )  # fmt: skip

    def with_schedules(self, schedules: Iterable[Any]) -> Self:
        """Return a copy that has these schedules, of whichever form."""
        return replace(self, schedules=normalize_to_deployment_schedule(schedules))

    def wanted(self) -> DeploymentCreate:
        """Return the deployment as the store is asked for it.

        Raises:
            InvalidDeploymentError: it says something of a work pool and names none.
        """
        if self.work_pool_name is None and self.work_queue_name is not None:
            raise InvalidDeploymentError(
                f'the deployment "{self.full_name}" names a work queue and no work pool; give work_pool_name too'
            )
        version, info = version_info_of(self.version, self.version_type)
        return DeploymentCreate(
            name=self.name,
            flow_name=self.flow_name,
            paused=self.paused,
            schedules=self.schedules,
            concurrency_limit=self.concurrency_limit,
            concurrency_options=self.concurrency_options,
            enforce_parameter_schema=self.enforce_parameter_schema,
            parameter_openapi_schema=self.parameter_openapi_schema,
            parameters=self.parameters,
            tags=self.tags,
            pull_steps=None if self.storage is None else [self.storage.to_pull_step()],
            work_queue_name=self.work_queue_name,
            work_pool_name=self.work_pool_name,
            description=self.description,
            path=self.path,
            entrypoint=self.entrypoint,
            job_variables=self.job_variables,
            version=version,
            version_info=info,
            triggers=self.triggers,
        )

    def write(
        self,
        schedules: Sequence[Any] | None = None,
        work_pool_name: str | None = None,
        image: DockerImage | str | None = None,
    ) -> UUID:
        """Write the deployment to the store and return its id. Its name in Prefect is `apply`, which async code awaits.

        Args:
            schedules: schedules instead of its own.
            work_pool_name: a work pool instead of its own.
            image: the image its work pool starts its runs in.

        Raises:
            InvalidDeploymentError: it says something of a work pool and names none.
            ObjectNotFound: there is no such work pool.
            ParameterTypeError: its parameters do not fit the flow's type hints.

        >>> RunnerDeployment.from_flow(fetch_weather, "deploy-1").apply()  # doctest: +SKIP
        UUID('0192f0c4-7d1e-7000-8000-000000000000')
        """
        changed = replace(self)
        if schedules is not None:
            changed = changed.with_schedules(schedules)
        if work_pool_name is not None:
            changed.work_pool_name = work_pool_name
        if image is not None:
            if changed.work_pool_name is None:
                raise InvalidDeploymentError("an image goes with a work pool only; give work_pool_name too")
            changed.job_variables = {
                **self.job_variables,
                "image": image if isinstance(image, str) else image.reference,
            }
        store = open_store(get_current_settings().home)
        return deployments.upsert(store, changed.wanted()).id

    apply = either_colour(write)
    aapply = awaitable(write)


def entrypoint_of(flow: Any, kind: EntrypointType | None = None) -> str:
    """Return where a flow of this program is found again, its file relative to the current folder.

    Raises:
        InvalidDeploymentError: it is in no file, or in no module that could be imported.
    """
    function = called(flow.fn)
    if kind is EntrypointType.MODULE_PATH:
        if function.__module__ == "__main__":
            raise InvalidDeploymentError(
                f'the flow "{flow.name}" is in the program itself, which is no module; let it be found by its file'
            )
        return f"{function.__module__}:{function.__qualname__}"
    code = getattr(function, "__code__", None)
    if code is None or not os.path.isfile(code.co_filename):
        raise InvalidDeploymentError(
            f'the flow "{flow.name}" is in no file, so no other process could find it; write it into one'
        )
    file = Path(code.co_filename).resolve()
    here = Path.cwd()
    return f"{file.relative_to(here) if file.is_relative_to(here) else file}:{function.__qualname__}"


def fetched_flow(storage: RunnerStorage, entrypoint: str) -> Any:
    """Fetch code into a folder that goes away again, and return the flow that an entrypoint names in it.

    Raises:
        PullFailed: it cannot be fetched. MissingFlowError: there is no such flow. ScriptError: loading it raised an error.
    """
    with TemporaryDirectory(prefix="pacc-") as folder:
        storage.set_base_path(Path(folder))
        run_in_own_loop(storage.pull_code())
        place, _, name = entrypoint.rpartition(":")
        if place.endswith(".py"):
            return loaded_flow(f"{storage.destination / place}:{name}")
        sys.path.insert(0, str(storage.destination))
        return loaded_flow(entrypoint)


def loaded_flow(entrypoint: str) -> Any:
    """Return the flow an entrypoint names.

    Raises:
        MissingFlowError: there is no such flow. ScriptError: its file raised an error while it was loaded.
    """
    found = load_object(entrypoint)
    if not hasattr(found, "binder"):  # what `@flow` makes is on a floor above
        raise MissingFlowError(
            f"{entrypoint!r} is of type {type(found).__name__}, not a flow; decorate it with @flow, or name another function"
        )
    return found


def _limit(limit: int | ConcurrencyLimitConfig | None) -> dict[str, Any]:
    if not isinstance(limit, ConcurrencyLimitConfig):
        return {"concurrency_limit": limit}
    options = ConcurrencyOptions(
        collision_strategy=limit.collision_strategy, grace_period_seconds=limit.grace_period_seconds
    )
    return {"concurrency_limit": limit.limit, "concurrency_options": options}


def _plain(trigger: Any) -> dict[str, Any]:
    """Return a trigger as JSON says it, whether it is a mapping or a model."""
    return dict(trigger.model_dump(mode="json") if hasattr(trigger, "model_dump") else trigger)


@either_colour
def deploy(
    *deployed: RunnerDeployment,
    work_pool_name: str | None = None,
    image: DockerImage | str | None = None,
    build: bool = True,
    push: bool = True,
    print_next_steps_message: bool = True,
) -> list[UUID]:
    """Write deployments to the store, for the workers of a work pool to run them, and return their ids. In async code, await it.

    Args:
        *deployed: the deployments, of `flow.to_deployment`.
        work_pool_name: the pool; that of the settings by default.
        image: the image the pool starts their runs in; it must be there already.
        build: whether to make the image, which pacc does not: with `image` it must be false.
        push: whether to send it away, likewise.
        print_next_steps_message: say what to do next.

    Raises:
        InvalidDeploymentError: there is no pool to deploy to, or an image was to be made.
        ObjectNotFound: there is no such work pool.

    >>> deploy(fetch_weather.to_deployment("deploy-1"), work_pool_name="local")  # doctest: +SKIP
    [UUID('0192f0c4-7d1e-7000-8000-000000000000')]
    """
    return deploy_all(
        deployed, work_pool_name=work_pool_name, image=image, build=build, push=push,
        print_next_steps=print_next_steps_message,
    )  # fmt: skip


def deploy_all(
    deployed: Sequence[RunnerDeployment],
    *,
    work_pool_name: str | None,
    image: DockerImage | str | None,
    build: bool,
    push: bool,
    print_next_steps: bool,
) -> list[UUID]:
    """Write deployments to the store; see `deploy`."""
    pool = work_pool_name or get_current_settings().deployments.default_work_pool_name
    if image is not None and (build or push):
        raise InvalidDeploymentError(
            "pacc makes no images; say build=False and push=False for one that is there"
        )
    check_deployments(deployed, "deploy")
    placed = [replace(each, work_pool_name=each.work_pool_name or pool) for each in deployed]
    if any(each.work_pool_name is None for each in placed):
        raise InvalidDeploymentError(
            "a deployment needs a work pool; give work_pool_name, or call `.serve()`"
        )
    made = [each.write(image=image) for each in placed]
    if print_next_steps and made:
        _print_next_steps(placed)
    return made


def check_deployments(deployed: Sequence[Any], asked: str) -> None:
    """Refuse what is no deployment, and deployments of flows that no other process can find.

    Args:
        deployed: what is to be deployed.
        asked: the function that was given it.

    Raises:
        InvalidDeploymentError: one of them will not do.
    """
    for each in deployed:
        if not isinstance(each, RunnerDeployment):
            raise InvalidDeploymentError(
                f"`{asked}` takes deployments, not {each!r}",
                hint="give it what `flow.to_deployment(...)` returns",
            )
        if "<" in (each.entrypoint or "").rpartition(":")[2]:
            raise InvalidDeploymentError(
                f'the flow of "{each.full_name}" is defined inside a function, where no other process finds it; '
                "define it at the top of its file"
            )


def _print_next_steps(deployed: Sequence[RunnerDeployment]) -> None:
    lines = [f'Deployed "{each.full_name}".' for each in deployed]
    lines += [
        f"Start a worker: pacc worker start --pool {quote(pool or '')}"
        for pool in dict.fromkeys(each.work_pool_name for each in deployed)
    ]
    lines += [f"Start a run:    pacc deployment run {quote(deployed[0].full_name)}"]
    sys.stdout.write("\n".join(lines) + "\n")
