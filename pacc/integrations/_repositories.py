"""Git repositories as blocks, whoever hosts them: a folder of one is fetched as from any other storage."""

from __future__ import annotations

import os
import shutil
from abc import abstractmethod
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from pydantic import Field

from pacc._internal.steps import in_a_thread
from pacc.context import either_colour
from pacc.filesystems.blocks import ReadableDeploymentStorage
from pacc.runner.storage import GitRepository


def _get_directory(self: Any, from_path: str | None = None, local_path: str | None = None) -> None:
    """Copy a folder of the repository to this machine.

    Args:
        self: the block.
        from_path: which one, relative to the repository; all of it unless given.
        local_path: where to; the current folder unless given.

    Raises:
        PullFailed: git could not fetch it.
        FileNotFoundError: there is no such folder.
        ValueError: the path leads out of the repository.
    """
    with TemporaryDirectory(prefix="pacc-repository-") as folder:
        fetched = GitRepository(self.address, credentials=self.credentials, branch=self.reference)
        fetched.set_base_path(Path(folder))
        fetched.pull()
        top = os.path.realpath(fetched.destination)
        source = os.path.realpath(os.path.join(top, from_path or "."))
        if os.path.commonpath([top, source]) != top:
            raise ValueError(f"{from_path!r} does not lie inside the repository {self.address!r}")
        if not os.path.isdir(source):
            raise FileNotFoundError(f"there is no folder {from_path!r} in the repository {self.address!r}")
        target = os.path.expanduser(local_path or ".")
        shutil.copytree(
            source, target, dirs_exist_ok=True, symlinks=True, ignore=shutil.ignore_patterns(".git")
        )


class RepositoryBlock(ReadableDeploymentStorage):
    """What all repositories have in common. A kind of host adds the credentials, and what it calls the address."""

    reference: str | None = Field(default=None, description="The branch or the tag; its own unless given.")

    @property
    @abstractmethod
    def address(self) -> str:
        """Where it is, as for `git clone`."""

    get_directory = either_colour(_get_directory, in_a_thread)
    aget_directory = in_a_thread(_get_directory)
