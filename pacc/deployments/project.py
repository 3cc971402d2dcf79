"""`pacc.yaml` and Prefect's `prefect.yaml`: what a folder of flows declares, read, chosen from and checked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from difflib import get_close_matches
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Annotated, Any, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from pacc._internal.near_files import instead_of
from pacc.exceptions import InvalidDeploymentError
from pacc.schemas.deployments import ConcurrencyLimitConfig, ConcurrencyLimitStrategy

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

FILES = ("pacc.yaml", "prefect.yaml")
"""The names of such files, in the order they are looked for."""

_GLOB = frozenset("*?[")
_UNUSED = frozenset({"sla"})
"""What Prefect's files may say that concerns its cloud."""


# -- what stands in a file ---------------------------------------------------------------------------------------------


def _as_list(value: Any) -> Any:
    """A single thing stands for a list of one, and nothing for an empty list."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _filled(value: Any) -> Any:
    """`schedule: {}` says that there is none."""
    return value or None


def _as_limit(value: Any) -> Any:
    """A number stands for a limit that says nothing else."""
    return value if value is None or isinstance(value, dict) else {"limit": value}


class _Part(BaseModel):
    """A part of the file: numbers may stand where text is wanted, and what is null is not there."""

    model_config = ConfigDict(coerce_numbers_to_str=True, extra="ignore")


class ScheduleItem(_Part):
    """When a deployment runs by itself: exactly one of cron, interval and rrule, and how."""

    model_config = ConfigDict(extra="forbid")

    cron: str | None = None
    interval: timedelta | None = None
    rrule: str | None = None
    timezone: str | None = None
    anchor_date: datetime | None = None
    day_or: bool = True
    active: bool | None = None
    parameters: dict[str, Any] = Field(default_factory=dict)
    slug: str | None = None
    replaces: str | None = None
    max_scheduled_runs: int | None = None
    catchup: str | None = None
    overlap: str | None = None

    @model_validator(mode="after")
    def _has_times(self) -> Self:
        if sum(each is not None for each in (self.cron, self.interval, self.rrule)) != 1:
            raise ValueError("a schedule has exactly one of cron, interval and rrule")
        return self

    def declared(self) -> dict[str, Any]:
        """Return it in the form `normalize_to_deployment_schedule` takes."""
        said = {
            name: getattr(self, name) for name in type(self).model_fields if name in self.model_fields_set
        }
        return {name: value for name, value in said.items() if value is not None}


class LimitItem(_Part):
    """How many runs may be open at once, and what the others do."""

    limit: int
    collision_strategy: ConcurrencyLimitStrategy = ConcurrencyLimitStrategy.ENQUEUE
    grace_period_seconds: int | None = None


class WorkPoolItem(_Part):
    """Which workers run it, and what they are told."""

    name: str | None = None
    work_queue_name: str | None = None
    job_variables: Annotated[dict[str, Any], BeforeValidator(lambda value: value or {})] = Field(
        default_factory=dict
    )


class DeploymentItem(_Part):
    """One deployment of the file."""

    name: str | None = None
    version: str | None = None
    version_type: str | None = None
    tags: Annotated[list[str], BeforeValidator(_as_list)] = Field(default_factory=list)
    description: str | None = None
    schedule: Annotated[ScheduleItem | None, BeforeValidator(_filled)] = None
    schedules: Annotated[list[ScheduleItem], BeforeValidator(_as_list)] = Field(default_factory=list)
    paused: bool | None = None
    concurrency_limit: Annotated[LimitItem | None, BeforeValidator(_as_limit)] = None
    flow_name: str | None = None
    entrypoint: str | None = None
    parameters: Annotated[dict[str, Any], BeforeValidator(lambda value: value or {})] = Field(
        default_factory=dict
    )
    enforce_parameter_schema: bool = True
    work_pool: Annotated[WorkPoolItem, BeforeValidator(lambda value: value or {})] = Field(
        default_factory=WorkPoolItem
    )
    triggers: Annotated[list[dict[str, Any]], BeforeValidator(_as_list)] = Field(default_factory=list)
    build: Any = None
    push: Any = None
    pull: Any = None

    @property
    def limit(self) -> int | ConcurrencyLimitConfig | None:
        """The limit in the form deployments take."""
        wanted = self.concurrency_limit
        if wanted is None or wanted.model_fields_set == {"limit"}:
            return None if wanted is None else wanted.limit
        return ConcurrencyLimitConfig(**wanted.model_dump())

    @property
    def all_schedules(self) -> list[dict[str, Any]]:
        """All its schedules, whichever of the two keys they stand under."""
        return [each.declared() for each in [*([self.schedule] if self.schedule else ()), *self.schedules]]


# -- the file ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """A file as it stands, before any placeholder is filled."""

    path: Path | None
    """The file; `None` where there is none."""
    content: dict[str, Any]
    """What it says."""

    @property
    def name(self) -> str:
        """What to call the file in messages."""
        return self.path.name if self.path is not None else FILES[0]

    @property
    def deployments(self) -> list[dict[str, Any]]:
        """The deployments it declares."""
        declared: list[dict[str, Any]] = self.content.get("deployments") or []
        return declared

    def steps(self, deployment: dict[str, Any], kind: str) -> list[Any] | None:
        """Return the steps of one kind, `build`, `push` or `pull`: a deployment's own, else those of the file; `None` if unsaid."""
        said = deployment[kind] if kind in deployment else self.content.get(kind)
        if said is None:
            return None
        return said if isinstance(said, list) else [said]


def read_project(path: Path | None, folder: Path) -> Project:
    """Read the file of a folder.

    Args:
        path: the file; the first of `FILES` that is in the folder unless given.
        folder: the folder.

    Returns:
        What stands in it; nothing stands in a folder without such a file.

    Raises:
        InvalidDeploymentError: it is not there, is no YAML, or is built up in another way.
    """
    found = path or next((folder / name for name in FILES if (folder / name).is_file()), None)
    if found is None:
        return Project(path=None, content={})
    content = read_yaml(found)
    declared = content.get("deployments")
    if declared is not None and not isinstance(declared, list):
        raise InvalidDeploymentError(f'"deployments" in {found.name} is a list, not {kind_of(declared)}')
    for number, each in enumerate(declared or (), 1):
        if not isinstance(each, dict):
            raise InvalidDeploymentError(
                f"deployment {number} in {found.name} is a mapping, not {kind_of(each)}"
            )
    return Project(path=found, content=content)


def read_yaml(path: Path) -> dict[str, Any]:
    """Return the mapping a YAML file holds.

    Raises:
        InvalidDeploymentError: the file is not there, is no YAML, or holds no mapping.
    """
    import yaml  # start-up

    try:
        content = yaml.safe_load(path.read_text("utf-8"))
    except OSError as error:
        hint = instead_of(path) if isinstance(error, FileNotFoundError) else None
        raise InvalidDeploymentError(f"{str(path)!r} cannot be read: {error.strerror}", hint=hint) from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        where = f" in line {mark.line + 1}" if (mark := getattr(error, "problem_mark", None)) else ""
        raise InvalidDeploymentError(
            f"{path.name} is no YAML{where}: {getattr(error, 'problem', None) or error}"
        ) from None
    if content is not None and not isinstance(content, dict):
        raise InvalidDeploymentError(f"{path.name} is a mapping, not {kind_of(content)}")
    return content or {}


def kind_of(value: Any) -> str:
    """Return what to call a value of a YAML file.

    >>> kind_of([1])
    'a list'
    """
    kinds: dict[type[Any], str] = {str: "text", list: "a list", dict: "a mapping"}
    return kinds.get(type(value), repr(value))


def checked_item(deployment: dict[str, Any], where: str) -> DeploymentItem:
    """Return a deployment of a file, its placeholders filled, as a record.

    Args:
        deployment: what stands there.
        where: where that is, for the message.

    Raises:
        InvalidDeploymentError: something in it is of the wrong kind; the message names each.
    """
    try:
        return DeploymentItem.model_validate(deployment)
    except ValidationError as error:
        problems = [
            f"{'.'.join(map(str, each['loc'])) or 'it'}: {_wrong(each['type'], each['msg'], each['input'])}"
            for each in error.errors()
        ]
        raise InvalidDeploymentError(f"{where} cannot be deployed: {'; '.join(problems)}") from None


def _wrong(kind: str, message: str, value: Any) -> str:
    if kind == "extra_forbidden":
        return "there is no such key"
    if kind in ("dict_type", "model_type"):
        return f"a mapping belongs here, not {kind_of(value)}"
    return message.removeprefix("Value error, ")


def unknown_keys(deployment: dict[str, Any]) -> Iterator[str]:
    """Yield a sentence for each key of a deployment that means nothing here."""
    known = set(DeploymentItem.model_fields)
    for key in deployment:
        if key not in known and key not in _UNUSED:
            near = get_close_matches(str(key), known, n=1)
            yield f'"{key}" means nothing in a deployment' + (f'; did you mean "{near[0]}"?' if near else "")


# -- chosen ------------------------------------------------------------------------------------------------------------


def chosen(project: Project, names: Sequence[str], *, everything: bool) -> list[dict[str, Any]]:
    """Return the deployments of a file that are meant.

    Args:
        project: the file.
        names: names, as `deployment` or `flow/deployment`, with `*` for any text. A single other name renames the only one there is.
        everything: all there are.

    Raises:
        InvalidDeploymentError: none fits, or it is not said which.
    """
    declared = project.deployments
    if everything:
        if not declared:
            raise InvalidDeploymentError(f"{project.name} declares no deployment")
        return declared
    if not names:
        if len(declared) > 1:
            raise InvalidDeploymentError(
                f"{project.name} declares {len(declared)} deployments: {_names(declared)}; say -n NAME or --all"
            )
        return declared or [{}]
    found = [each for each in declared if any(_fits(each, name) for name in names)]
    if found:
        return found
    if len(names) == 1 and len(declared) <= 1 and _GLOB.isdisjoint(names[0]):
        return [{**(declared or [{}])[0], "name": names[0].rpartition("/")[2]}]
    raise InvalidDeploymentError(
        f"{project.name} declares no deployment {' or '.join(map(repr, names))}".replace("'", '"')
        + (f"; it declares: {_names(declared)}" if declared else "")
    )


def _fits(deployment: dict[str, Any], wanted: str) -> bool:
    name = str(deployment.get("name") or "")
    flow, separator, rest = wanted.rpartition("/")
    if not fnmatchcase(name, rest):
        return False
    return not separator or any(fnmatchcase(each, flow) for each in _flow_names(deployment))


def _flow_names(deployment: dict[str, Any]) -> list[str]:
    function = str(deployment.get("entrypoint") or "").rpartition(":")[2]
    return [str(deployment.get("flow_name") or ""), function, function.replace("_", "-")]


def _names(declared: list[dict[str, Any]]) -> str:
    return ", ".join(str(each.get("name") or "one without a name") for each in declared)
