"""Steps that bring a flow's code to where it runs."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pacc._internal.steps import awaitable, run_in_own_loop
from pacc.exceptions import PullFailed
from pacc.runner.storage import BlockStorageAdapter, GitRepository, RemoteStorage

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["agit_clone", "git_clone", "pull_from_remote_storage", "pull_with_block", "set_working_directory"]


def set_working_directory(directory: str) -> dict[str, str]:
    """Enter a folder.

    Args:
        directory: the folder.

    Raises:
        PullFailed: it is not there, or may not be entered.

    >>> set_working_directory("/srv/flows")  # doctest: +SKIP
    {'directory': '/srv/flows'}
    """
    place = os.path.expanduser(directory)
    try:
        os.chdir(place)
    except OSError as error:
        raise PullFailed(f"the folder {directory!r} cannot be entered: {error.strerror}") from None
    return {"directory": place}


def git_clone(
    repository: str,
    branch: str | None = None,
    commit_sha: str | None = None,
    include_submodules: bool = False,
    access_token: str | None = None,
    credentials: Any = None,
    directories: Sequence[str] | None = None,
    clone_directory_name: str | None = None,
) -> dict[str, str]:
    """Fetch a git repository into a folder below the current one.

    Args:
        repository: its address, as for `git clone`.
        branch: the branch, or a tag; the repository's own by default.
        commit_sha: this very commit instead.
        include_submodules: fetch its submodules too.
        access_token: a token that may read it.
        credentials: who may read it, a mapping or a block with `access_token` and perhaps `username`.
        directories: only these folders of it.
        clone_directory_name: the folder's name; made of the address and the branch by default.

    Raises:
        PullFailed: git could not.
        InvalidDeploymentError: a branch and a commit are given, or a token twice.

    >>> git_clone("https://example.com/flows.git", branch="main")  # doctest: +SKIP
    {'directory': 'flows-main'}
    """
    if access_token and credentials:
        raise PullFailed("a repository is read with an access token or with credentials, not with both")
    storage = GitRepository(
        repository,
        credentials={"access_token": access_token} if access_token else credentials,
        name=clone_directory_name,
        branch=branch,
        commit_sha=commit_sha,
        include_submodules=include_submodules,
        directories=directories,
    )
    storage.set_base_path(Path.cwd())
    storage.pull()
    return {"directory": str(storage.destination.relative_to(Path.cwd()))}


agit_clone = awaitable(git_clone)
git_clone.aio = agit_clone  # type: ignore[attr-defined]


def pull_from_remote_storage(url: str, **settings: Any) -> dict[str, str]:
    """Copy a folder that fsspec reaches by a URL into one below the current one.

    Args:
        url: the folder: `s3://bucket/flows`.
        **settings: what fsspec's file system takes.

    Raises:
        PullFailed: there is no such folder, or fsspec cannot reach it.

    >>> pull_from_remote_storage("s3://bucket/flows")  # doctest: +SKIP
    {'directory': 'bucket/flows'}
    """
    storage = RemoteStorage(url, **settings)
    storage.set_base_path(Path.cwd())
    storage.pull()
    return {"directory": str(storage.destination.relative_to(Path.cwd()))}


def pull_with_block(block_document_name: str, block_type_slug: str) -> dict[str, str]:
    """Let a saved block bring its code into a folder below the current one.

    Args:
        block_document_name: the name the block was saved under.
        block_type_slug: its type.

    Raises:
        PullFailed: it holds no code. Otherwise whatever loading the block raises.

    >>> pull_with_block("flows", "s3-bucket")  # doctest: +SKIP
    {'directory': 'flows'}
    """
    from pacc.blocks.core import Block  # start-up: few deployments keep their code in a block

    storage = BlockStorageAdapter(Block.load(f"{block_type_slug}/{block_document_name}"))
    storage.set_base_path(Path.cwd())
    run_in_own_loop(storage.pull_code())
    return {"directory": str(storage.destination.relative_to(Path.cwd()))}
