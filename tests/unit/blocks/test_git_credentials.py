"""Credentials blocks of git hosts are what `GitRepository` takes, and a deployment keeps their name, not their token."""

from __future__ import annotations

import pytest

from pacc.integrations.bitbucket import BitBucketCredentials
from pacc.integrations.github import GitHubCredentials
from pacc.integrations.gitlab import GitLabCredentials
from pacc.runner.storage import GitRepository
from pacc.services.templates import resolve
from pacc.settings import get_current_settings
from pacc.store import open_store


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        (GitHubCredentials, {"token": "t-canary"}),
        (GitLabCredentials, {"token": "t-canary", "url": "https://git.example"}),
        (BitBucketCredentials, {"username": "ada", "password": "t-canary"}),
    ],
)
def test_a_deployment_keeps_the_name_of_the_block_and_a_run_finds_the_token(kind, fields):
    kind(**fields).save("mine")
    source = GitRepository("https://git.example/me/flows.git", credentials=kind.load("mine"))
    (step,) = source.to_pull_step().values()
    assert step["credentials"] == f"{{{{ pacc.blocks.{kind.get_block_type_slug()}.mine }}}}"
    resolved = resolve(open_store(get_current_settings().home), step)["credentials"]
    assert {name: resolved[name] for name in fields} == fields
    assert "canary" not in str(step)
