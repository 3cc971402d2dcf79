"""What a worker makes a run's infrastructure of: a template of its pool, filled with variables of the deployment and the run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from pacc._internal import sessions
from pacc.exceptions import InvalidValueError
from pacc.orchestration.job_variables import merged
from pacc.runner import spawning
from pacc.services.templates import resolve
from pacc.settings import get_current_settings
from pacc.store import open_store

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from pacc.schemas.deployments import Deployment
    from pacc.schemas.flow_runs import FlowRun
    from pacc.schemas.flows import Flow
    from pacc.schemas.work_pools import WorkPool
    from pacc.store import Store


COMMAND = "pacc flow-run execute"
"""What executes a run where nothing else is said, in infrastructure that has what `env` says in its environment."""


class BaseVariables(BaseModel):
    """What deployments and runs may say of their infrastructure; a type of worker adds to it.

    Example:
        >>> sorted(BaseVariables.model_fields)
        ['command', 'env', 'labels', 'name']
    """

    name: str | None = Field(default=None, description="Name given to the infrastructure of a run.")
    env: dict[str, str | None] = Field(
        default_factory=dict,
        title="Environment Variables",
        description="Environment variables of the run; one without a value is taken away.",
    )
    labels: dict[str, str] = Field(
        default_factory=dict, description="Labels put on the infrastructure of a run."
    )
    command: str | None = Field(
        default=None,
        description="The command that executes the run; the one of the worker's type in nearly all cases.",
    )

    @classmethod
    def model_json_schema(  # type: ignore[override]  # Prefect's defaults; what takes more is passed on
        cls, by_alias: bool = True, ref_template: str = "#/definitions/{model}", **more: Any
    ) -> dict[str, Any]:
        """Return the schema of the variables, what it refers to under `definitions`."""
        schema = super().model_json_schema(by_alias, ref_template, **more)
        if "$defs" in schema:
            schema["definitions"] = schema.pop("$defs")
        return {key: value for key, value in schema.items() if key not in ("title", "description")}


class BaseJobConfiguration(BaseModel):
    """The infrastructure of one run, all told; a type of worker adds to it.

    Example:
        >>> BaseJobConfiguration(env={"STAGE": "test"}).env
        {'STAGE': 'test'}
    """

    model_config = ConfigDict(extra="ignore")

    command: str | None = Field(default=None, description="The command that executes the run.")
    env: dict[str, str | None] = Field(
        default_factory=dict, title="Environment Variables", description="Environment variables of the run."
    )
    labels: dict[str, str] = Field(default_factory=dict, description="Labels of the infrastructure.")
    name: str | None = Field(default=None, description="Name of the infrastructure.")

    @classmethod
    def json_template(cls) -> dict[str, Any]:
        """Return the configuration with a place for a variable in each field, or the template the field has for itself.

        >>> BaseJobConfiguration.json_template()["env"]
        '{{ env }}'
        """
        return {name: _template(name, field.json_schema_extra) for name, field in cls.model_fields.items()}

    @classmethod
    async def from_template_and_values(
        cls, base_job_template: Mapping[str, Any], values: Mapping[str, Any], client: Any = None
    ) -> Self:
        """Fill the template of a pool.

        Variables and blocks that it speaks of are looked up in the store. A place for which there is no value goes.

        Args:
            base_job_template: a `job_configuration` with places such as `{{ working_dir }}`, and the schema of its `variables`.
            values: what deployment and run say; the schema's defaults stand in for the rest.
            client: a client of the store that is meant; the one of the settings in force by default.

        Raises:
            InvalidValueError: what comes out of it is no such configuration.
        """
        store = open_store(get_current_settings().home) if client is None else client.store
        return cls.filled(store, base_job_template, values)

    @classmethod
    def filled(cls, store: Store, base_job_template: Mapping[str, Any], values: Mapping[str, Any]) -> Self:
        """Fill the template of a pool; see `from_template_and_values`."""
        known = merged(_defaults(base_job_template), values)
        resolved = resolve(store, base_job_template.get("job_configuration") or {}, known)
        try:
            return cls(**resolve(store, resolved))
        except ValidationError as error:
            raise InvalidValueError(f"the job variables do not fit: {_said(error)}") from None

    @classmethod
    async def resolve_for_flow_run(
        cls,
        flow_run: FlowRun,
        *,
        client: Any,
        work_pool: WorkPool,
        worker_name: str,
        worker_id: UUID | None = None,
        deployment: Deployment | None = None,
    ) -> Self:
        """Return the configuration of one run, ready to be used.

        Args:
            flow_run: the run.
            client: a client of its store.
            work_pool: the pool it waits in.
            worker_name: the worker that takes it.
            worker_id: that worker's id.
            deployment: the deployment it was made from.

        Raises:
            InvalidValueError: the job variables do not fit.
        """
        given = {} if deployment is None else deployment.job_variables
        values = merged(given, flow_run.job_variables or {})
        configuration = await cls.from_template_and_values(work_pool.base_job_template, values, client)
        configuration.prepare_for_flow_run(
            flow_run, deployment, work_pool=work_pool, worker_name=worker_name, worker_id=worker_id
        )
        return configuration

    def prepare_for_flow_run(
        self,
        flow_run: FlowRun,
        deployment: Deployment | None = None,
        flow: Flow | None = None,
        work_pool: WorkPool | None = None,
        worker_name: str | None = None,
        worker_id: UUID | None = None,
    ) -> None:
        """Add what the infrastructure of one run needs: the settings in force, labels, and the run's names in `name`.

        The command is `pacc flow-run execute` unless it is said, and the environment tells it which run is meant.

        Args:
            flow_run: the run.
            deployment: the deployment it was made from.
            flow: its flow.
            work_pool: the pool it waits in.
            worker_name: the worker that takes it.
            worker_id: that worker's id.
        """
        settings = get_current_settings()
        self.env = {**settings.to_environment_variables(exclude_unset=True), **self.env}
        self._entrust(str(flow_run.id), sessions.current(settings.home).id)
        about = {
            "flow-run-id": flow_run.id,
            "flow-run-name": flow_run.name,
            "deployment-name": None if deployment is None else deployment.name,
            "work-pool-name": None if work_pool is None else work_pool.name,
            "worker-name": worker_name,
            "worker-id": worker_id,
        }
        self.labels = {
            **{f"pacc.io/{key}": str(value) for key, value in about.items() if value is not None},
            **self.labels,
        }
        name = (self.name or flow_run.name).replace("{{ ctx.flow_run.name }}", flow_run.name)
        of_flow = flow.name if flow is not None else deployment.flow_name if deployment is not None else ""
        self.name = name.replace("{{ ctx.flow.name }}", of_flow)

    def _entrust(self, flow_run_id: str, session: str) -> None:
        """Have the infrastructure execute a run that this process's session has claimed."""
        self.command = self.command or COMMAND
        self.env |= spawning.assignment(flow_run_id, session)

    @property
    def is_using_a_runner(self) -> bool:
        """Whether the run is executed as pacc does it by itself."""
        return self.command in (None, COMMAND)


def _defaults(base_job_template: Mapping[str, Any]) -> dict[str, Any]:
    properties = (base_job_template.get("variables") or {}).get("properties") or {}
    return {
        name: schema["default"]
        for name, schema in properties.items()
        if isinstance(schema, dict) and schema.get("default") is not None
    }


def _template(name: str, extra: Any) -> Any:
    own = extra.get("template") if isinstance(extra, dict) else None
    return f"{{{{ {name} }}}}" if own is None else own


def _said(error: ValidationError) -> str:
    return "; ".join(
        f'"{".".join(map(str, each["loc"]))}" {each["msg"][:1].lower()}{each["msg"][1:]}'
        for each in error.errors()
    )
