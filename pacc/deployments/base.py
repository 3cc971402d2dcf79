"""A new `pacc.yaml`, for a folder of flows that is to be deployed from."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from pacc.deployments.project import FILES
from pacc.exceptions import InvalidDeploymentError, PullFailed
from pacc.runner.git import git

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["initialize_project"]

_HEAD = """\
# What `pacc deploy` deploys from this folder. Every key may hold placeholders: {{{{ $HOME }}}}, {{{{ pacc.variables.city }}}}.
name: {name}

# Steps before deploying: `build` makes something, `push` sends it away. What they return others may use.
build: []
push: []

# Steps of each run's own process, which bring the code to where it runs.
pull:
{pull}
deployments:
- name: default
  entrypoint:    # flows.py:my_flow
  work_pool:
    name:        # a pool of `pacc work-pool ls`
    job_variables: {{}}
  parameters: {{}}
  tags: []
  schedules: []  # - cron: "0 9 * * *"
"""

_LOCAL = """\
- pacc.deployments.steps.set_working_directory:
    directory: {directory}
"""

_GIT = """\
- pacc.deployments.steps.git_clone:
    repository: {repository}
    branch: {branch}
"""

_FIELDS = {"local": ("directory",), "git": ("repository", "branch")}
"""For each recipe, what may be said of it."""


def initialize_project(
    name: str | None = None, recipe: str | None = None, inputs: Mapping[str, str] | None = None
) -> list[str]:
    """Write a `pacc.yaml` into the current folder, unless it has one, and return the names of the files that were written.

    Args:
        name: the project's name; the folder's by default.
        recipe: how runs get their code: `local` from this folder, `git` from a repository.
        inputs: the fields of the recipe: a `directory`, or a `repository` and a `branch`; what this folder says by default.

    Raises:
        InvalidDeploymentError: there is no such recipe or field, or a field is missing.

    >>> initialize_project(recipe="git", inputs={"repository": "https://example.com/flows.git"})  # doctest: +SKIP
    ['pacc.yaml']
    """
    recipe = recipe or "local"
    given = dict(inputs or {})
    if recipe not in _FIELDS:
        raise InvalidDeploymentError(f'there is no recipe "{recipe}"; there is: {", ".join(sorted(_FIELDS))}')
    for field in given:
        if field not in _FIELDS[recipe]:
            known = ", ".join(_FIELDS[recipe])
            raise InvalidDeploymentError(f'the recipe "{recipe}" has no field "{field}"; it has: {known}')
    here = Path.cwd()
    if any((here / file).exists() for file in FILES):
        return []
    pull = _local(given, here) if recipe == "local" else _git(given)
    (here / FILES[0]).write_text(_HEAD.format(name=_quoted(name or here.name), pull=pull), "utf-8")
    return [FILES[0]]


def _local(given: Mapping[str, str], here: Path) -> str:
    return _LOCAL.format(directory=_quoted(given.get("directory") or str(here)))


def _git(given: Mapping[str, str]) -> str:
    repository = given.get("repository") or _told("config", "--get", "remote.origin.url")
    if not repository:
        raise InvalidDeploymentError("this folder is no clone of a repository; say --field repository=URL")
    branch = given.get("branch") or _told("rev-parse", "--abbrev-ref", "HEAD") or "main"
    return _GIT.format(repository=_quoted(repository), branch=_quoted(branch))


def _told(*words: str) -> str:
    try:
        return git(*words)
    except PullFailed:
        return ""


def _quoted(text: str) -> str:
    """Return text as YAML says it on one line."""
    import json  # start-up: JSON's text is YAML's

    return (
        text if text.replace("-", "").replace("_", "").isalnum() and not text.isdigit() else json.dumps(text)
    )
