"""Where the version of a deployment comes from: what somebody said, or the commit its code is at."""

from __future__ import annotations

import os
from typing import Any

from pacc.exceptions import InvalidDeploymentError, PullFailed
from pacc.runner.git import git

SIMPLE = "pacc:simple"
GIT = "vcs:git"

_CI: dict[str, dict[str, str]] = {
    "vcs:github": {
        "commit_sha": "GITHUB_SHA", "branch": "GITHUB_REF_NAME", "repository": "GITHUB_REPOSITORY",
    },
    "vcs:gitlab": {
        "commit_sha": "CI_COMMIT_SHA", "branch": "CI_COMMIT_REF_NAME", "repository": "CI_PROJECT_PATH",
    },
    "vcs:bitbucket": {
        "commit_sha": "BITBUCKET_COMMIT", "branch": "BITBUCKET_BRANCH", "repository": "BITBUCKET_REPO_FULL_NAME",
    },
    "vcs:azuredevops": {
        "commit_sha": "BUILD_SOURCEVERSION", "branch": "BUILD_SOURCEBRANCHNAME", "repository": "BUILD_REPOSITORY_NAME",
    },
}  # fmt: skip
"""For each service that builds software, the environment variables that say what is being built."""


def version_info_of(version: str | None, kind: str | None) -> tuple[str | None, dict[str, Any] | None]:
    """Return a deployment's version and where it comes from.

    Args:
        version: the version somebody gave, if any.
        kind: `pacc:simple` takes it as it is, `vcs:git` looks at the repository here, `vcs:github`, `vcs:gitlab`,
            `vcs:bitbucket` and `vcs:azuredevops` at what these services say in the environment.

    Raises:
        InvalidDeploymentError: there is no such kind, or nothing here says a version of it.

    >>> version_info_of("1.2", None)
    ('1.2', {'type': 'pacc:simple', 'version': '1.2'})
    """
    kind = (kind or SIMPLE).replace("prefect:", "pacc:")
    if kind == SIMPLE:
        return version, None if version is None else {"type": SIMPLE, "version": version}
    if kind == GIT:
        told = _of_git()
    elif kind in _CI:
        told = {name: os.environ.get(variable) for name, variable in _CI[kind].items()}
    else:
        known = ", ".join([SIMPLE, GIT, *_CI])
        raise InvalidDeploymentError(f'there is no version type "{kind}"; there is: {known}')
    if not told["commit_sha"]:
        raise InvalidDeploymentError(
            f"no version of type {kind} can be told: {_CI[kind]['commit_sha']} is not set"
        )
    version = version or told["commit_sha"][:8]
    return version, {"type": kind, "version": version, **told}


def _of_git() -> dict[str, str | None]:
    try:
        return {
            "commit_sha": git("rev-parse", "HEAD"),
            "branch": git("rev-parse", "--abbrev-ref", "HEAD"),
            "repository": os.path.basename(git("rev-parse", "--show-toplevel")),
            "message": git("log", "-1", "--format=%s"),
        }
    except PullFailed as problem:
        raise InvalidDeploymentError(f"no version of type {GIT} can be told: {problem}") from None
