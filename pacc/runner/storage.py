"""Where the code of a deployment is fetched from: a folder, a git repository, anything fsspec reaches by a URL, or a block."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypedDict, runtime_checkable
from urllib.parse import unquote, urlsplit, urlunsplit

from pacc.exceptions import InvalidDeploymentError, PullFailed
from pacc.filesystems.remotes import copy_folder
from pacc.runner.git import credentials as shown
from pacc.runner.git import git

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = [
    "BlockStorageAdapter",
    "GitCredentials",
    "GitRepository",
    "LocalStorage",
    "RemoteStorage",
    "RunnerStorage",
    "create_storage_from_source",
]

STEPS = "pacc.deployments.steps"
"""Where the steps are that fetch code for a run."""

_SSH = re.compile(r"[\w.-]+@[\w.-]+:.+")
_UNFIT = re.compile(r"[^\w.-]+")


@runtime_checkable
class RunnerStorage(Protocol):
    """Somewhere code is kept. The runner and `from_source` call these, each time code is wanted here."""

    def set_base_path(self, path: Path) -> None:
        """Let the code come into a folder of its own below this one."""
        ...

    @property
    def pull_interval(self) -> int | None:
        """Seconds after which served code is fetched anew; `None` for never."""
        ...

    @property
    def destination(self) -> Path:
        """The folder the code comes into."""
        ...

    async def pull_code(self) -> None:
        """Bring the code here as it is now."""
        ...

    def to_pull_step(self) -> dict[str, Any]:
        """Return the step by which another process fetches the same."""
        ...


class _Fetched:
    """Code that comes into a folder below another one, and again after a while."""

    def __init__(self, pull_interval: int | None) -> None:
        self._pull_interval = pull_interval
        self._base = Path.cwd()

    def set_base_path(self, path: Path) -> None:
        """Let the code come into a folder of its own below this one."""
        self._base = path

    @property
    def pull_interval(self) -> int | None:
        """Seconds after which served code is fetched anew."""
        return self._pull_interval


class GitCredentials(TypedDict, total=False):
    """Who may read a repository."""

    username: str
    """The user; what the host expects of a token's user by default."""
    access_token: Any
    """A token: text, or a `Secret` block, which alone can be kept in a deployment."""


class GitRepository(_Fetched):
    """A git repository, fetched by the `git` command.

    Args:
        url: its address, as for `git clone`.
        credentials: who may read it: `{"access_token": ...}`, with a `username` where one is needed, or a block with these fields.
        name: the folder's name; made of the address and the branch by default.
        branch: the branch, or a tag; the repository's own by default.
        commit_sha: this very commit instead.
        include_submodules: fetch its submodules too.
        pull_interval: seconds after which served code is fetched anew.
        directories: only these folders of it.

    Raises:
        InvalidDeploymentError: a branch and a commit are given, or a user without a token.

    >>> GitRepository("https://example.com/flows.git", branch="main").destination.name
    'flows-main'
    """

    def __init__(
        self,
        url: str,
        credentials: GitCredentials | Mapping[str, Any] | Any = None,
        name: str | None = None,
        branch: str | None = None,
        commit_sha: str | None = None,
        include_submodules: bool = False,
        pull_interval: int | None = 60,
        directories: Sequence[str] | None = None,
    ) -> None:
        if branch is not None and commit_sha is not None:
            raise InvalidDeploymentError("a repository is fetched at a branch or at a commit, not at both")
        if (branch or commit_sha or "").startswith("-"):
            raise InvalidDeploymentError(f"{branch or commit_sha!r} is no branch and no commit")
        self._url, inside = _without_secret(url), urlsplit(url)
        self._credentials = credentials
        self._username, self._token = _user_and_token(credentials)
        if inside.scheme.startswith("http") and inside.password:
            self._username, self._token = unquote(inside.username or "") or None, unquote(inside.password)
        if self._username and self._token is None:
            raise InvalidDeploymentError(
                f"the repository {url!r} names a user and no access token; give both"
            )
        self._branch = branch
        self._commit_sha = commit_sha
        self._include_submodules = include_submodules
        super().__init__(pull_interval)
        self._directories = list(directories or ())
        last = url.rstrip("/").rpartition("/")[2].rpartition(":")[2].removesuffix(".git")
        self._name = name or _UNFIT.sub("-", f"{last}-{branch}" if branch else last) or "repository"

    def __repr__(self) -> str:
        return f"GitRepository({self._url!r})"

    @property
    def destination(self) -> Path:
        """The folder the repository comes into."""
        return self._base / self._name

    async def pull_code(self) -> None:
        """Clone the repository, or bring a clone that is there to where it should be.

        Raises:
            PullFailed: git could not, or the folder is another repository's.
        """
        self.pull()

    def pull(self) -> None:
        """Clone the repository, or bring a clone that is there to where it should be; see `pull_code`."""
        target = self.destination
        if (target / ".git").exists():
            there = git("config", "--get", "remote.origin.url", folder=target)
            if there != self._url:
                raise PullFailed(
                    f"{str(target)!r} is a clone of {_without_secret(there)!r}, not of {_without_secret(self._url)!r}"
                )
        else:
            self._begin(target)
        try:
            self._fetch(target)
        except PullFailed as problem:
            raise PullFailed(
                f"the repository {_without_secret(self._url)!r} cannot be fetched: {problem}"
            ) from None

    def _begin(self, target: Path) -> None:
        """Make an empty clone; what it fetches later is only what is asked for."""
        target.mkdir(parents=True, exist_ok=True)
        git("init", "--quiet", folder=target)
        git("remote", "add", "--", "origin", self._url, folder=target)
        if self._directories:
            git("sparse-checkout", "set", "--cone", *self._directories, folder=target)

    def _fetch(self, target: Path) -> None:
        access = shown(self._url, self._username, _secret(self._token))
        wanted = self._commit_sha or self._branch or "HEAD"
        try:
            git("fetch", "--quiet", "--depth", "1", "--", "origin", wanted, folder=target, environment=access)
            found = "FETCH_HEAD"
        except PullFailed:
            if self._commit_sha is None:
                raise
            refs = ("+refs/heads/*:refs/remotes/origin/*", "+refs/tags/*:refs/tags/*")
            git(
                "fetch", "--quiet", "--", "origin", *refs, folder=target, environment=access
            )  # hosts may give whole branches only
            found = self._commit_sha
        git("checkout", "--quiet", "--force", "--detach", found, folder=target)
        if self._include_submodules:
            git(
                "submodule",
                "update",
                "--quiet",
                "--init",
                "--recursive",
                "--depth",
                "1",
                folder=target,
                environment=access,
            )

    def to_pull_step(self) -> dict[str, Any]:
        """Return the step by which another process fetches the repository.

        Raises:
            InvalidDeploymentError: its token is plain text, which would be kept readable in the store.
        """
        step: dict[str, Any] = {"repository": self._url}
        optional = {
            "branch": self._branch,
            "commit_sha": self._commit_sha,
            "include_submodules": self._include_submodules or None,
            "directories": self._directories or None,
            "clone_directory_name": self._name,
            **self._kept_credentials(),
        }
        step.update({name: value for name, value in optional.items() if value is not None})
        return {f"{STEPS}.git_clone": step}

    def _kept_credentials(self) -> dict[str, Any]:
        if self._token is None:
            return {}
        if (block := _reference(self._credentials)) is not None:
            return {"credentials": block}
        token = _reference(self._token)
        if token is None:
            raise InvalidDeploymentError(
                f"the token for {_without_secret(self._url)!r} is plain text, which a deployment does not keep; "
                "save it in a Secret block and give that as the access token"
            )
        if self._username is None:
            return {"access_token": token}
        return {"credentials": {"username": self._username, "access_token": token}}


class RemoteStorage(_Fetched):
    """A folder that fsspec reaches by a URL: `s3://bucket/flows`, `gs://...`, `memory://...`.

    Args:
        url: the folder.
        pull_interval: seconds after which served code is fetched anew.
        **settings: what fsspec's file system takes; `Secret` blocks are opened when the code is fetched.

    Raises:
        InvalidDeploymentError: the URL has no scheme.

    >>> RemoteStorage("s3://bucket/flows").destination.name
    'flows'
    """

    def __init__(self, url: str, pull_interval: int | None = 60, **settings: Any) -> None:
        if "://" not in url:
            raise InvalidDeploymentError(f"{url!r} is no URL; a folder of this machine is a LocalStorage")
        self._url = url
        super().__init__(pull_interval)
        self._settings = settings

    def __repr__(self) -> str:
        return f"RemoteStorage({self._url!r})"

    @property
    def destination(self) -> Path:
        """The folder the code comes into."""
        inside = [part for part in self._url.partition("://")[2].split("/") if part not in ("", ".", "..")]
        return self._base.joinpath(*inside)

    async def pull_code(self) -> None:
        """Copy the folder here.

        Raises:
            PullFailed: there is no such folder, or fsspec cannot reach it.
        """
        self.pull()

    def pull(self) -> None:
        """Copy the folder here; see `pull_code`."""
        import fsspec  # start-up

        settings = {name: _secret(value) for name, value in self._settings.items()}
        try:
            files, path = fsspec.core.url_to_fs(self._url, **settings)
            if not files.exists(path):
                raise PullFailed(f"there is nothing at {self._url!r}")
            self.destination.mkdir(parents=True, exist_ok=True)
            copy_folder(files, path.rstrip("/"), str(self.destination))
        except (OSError, ImportError, ValueError) as error:
            raise PullFailed(f"{self._url!r} cannot be fetched: {error}") from error

    def to_pull_step(self) -> dict[str, Any]:
        """Return the step by which another process copies the folder."""
        kept = {name: _reference(value) or value for name, value in self._settings.items()}
        return {f"{STEPS}.pull_from_remote_storage": {"url": self._url, **kept}}


class LocalStorage:
    """A folder of this machine, used where it is.

    Args:
        path: the folder.
        pull_interval: kept for whoever asks; nothing is copied.

    >>> LocalStorage("/srv/flows").destination
    PosixPath('/srv/flows')
    """

    def __init__(self, path: str | Path, pull_interval: int | None = None) -> None:
        self._path = Path(path).expanduser().resolve()
        self._pull_interval = pull_interval

    def __repr__(self) -> str:
        return f"LocalStorage({str(self._path)!r})"

    def set_base_path(self, path: Path) -> None:
        """Nothing comes anywhere: the folder is used where it is."""

    @property
    def pull_interval(self) -> int | None:
        """Seconds after which served code is fetched anew."""
        return self._pull_interval

    @property
    def destination(self) -> Path:
        """The folder itself."""
        return self._path

    async def pull_code(self) -> None:
        """See that the folder is there.

        Raises:
            PullFailed: it is not.
        """
        if not self._path.is_dir():
            raise PullFailed(f"there is no folder {str(self._path)!r}")

    def to_pull_step(self) -> dict[str, Any]:
        """Return the step by which another process enters the folder."""
        return {f"{STEPS}.set_working_directory": {"directory": str(self._path)}}


class BlockStorageAdapter(_Fetched):
    """A block that holds code, used as any other storage.

    Args:
        block: a saved block with `get_directory`.
        pull_interval: seconds after which served code is fetched anew.

    Raises:
        InvalidDeploymentError: it has no such method.

    >>> BlockStorageAdapter(bucket).to_pull_step()  # doctest: +SKIP
    {'pacc.deployments.steps.pull_with_block': {'block_document_name': 'flows', 'block_type_slug': 's3-bucket'}}
    """

    def __init__(self, block: Any, pull_interval: int | None = 60) -> None:
        if not hasattr(block, "get_directory"):
            raise InvalidDeploymentError(f"a {type(block).__name__} holds no code: it has no `get_directory`")
        self._block = block
        super().__init__(pull_interval)
        self._name = getattr(block, "_block_document_name", None)

    @property
    def destination(self) -> Path:
        """The folder the code comes into."""
        return self._base / (self._name or "code")

    async def pull_code(self) -> None:
        """Let the block bring its code here."""
        self.destination.mkdir(parents=True, exist_ok=True)
        brought = self._block.get_directory(local_path=str(self.destination))
        if hasattr(brought, "__await__"):
            await brought

    def to_pull_step(self) -> dict[str, Any]:
        """Return the step by which another process loads the block and lets it bring its code.

        Raises:
            InvalidDeploymentError: the block is not saved, so nobody else could load it.
        """
        if self._name is None:
            raise InvalidDeploymentError(
                f"the {type(self._block).__name__} block is not saved; call its `save` first"
            )
        slug = type(self._block).get_block_type_slug()
        return {f"{STEPS}.pull_with_block": {"block_document_name": self._name, "block_type_slug": slug}}


def create_storage_from_source(source: str, pull_interval: int | None = 60) -> RunnerStorage:
    """Return the storage that an address stands for.

    Args:
        source: a git repository (`https://.../flows.git`, `git@host:flows.git`, `git+https://...`), a URL of fsspec, or a folder.
        pull_interval: seconds after which served code is fetched anew.

    >>> create_storage_from_source("https://example.com/flows.git")
    GitRepository('https://example.com/flows.git')
    >>> create_storage_from_source("s3://bucket/flows")
    RemoteStorage('s3://bucket/flows')
    """
    scheme = urlsplit(source).scheme
    if scheme.startswith("git+"):
        return GitRepository(source.removeprefix("git+"), pull_interval=pull_interval)
    if (
        _SSH.fullmatch(source)
        or scheme in ("git", "ssh")
        or ("://" in source and source.rstrip("/").endswith(".git"))
    ):
        return GitRepository(source, pull_interval=pull_interval)
    if scheme == "file":
        return LocalStorage(urlsplit(source).path, pull_interval=pull_interval)
    if "://" in source:
        return RemoteStorage(source, pull_interval=pull_interval)
    return LocalStorage(source, pull_interval=pull_interval)


def storage_of(source: Any) -> RunnerStorage:
    """Return the storage meant by what `from_source` was given: an address, a folder, a storage, a block.

    Raises:
        InvalidDeploymentError: it is none of these.
    """
    if isinstance(source, str):
        return create_storage_from_source(source)
    if isinstance(source, Path):
        return LocalStorage(source)
    if isinstance(source, RunnerStorage):
        return source
    return BlockStorageAdapter(source)


def _user_and_token(credentials: Any) -> tuple[str | None, Any]:
    """Return who may read a repository, of a mapping or of a block with such fields."""
    if credentials is None:
        return None, None
    if hasattr(credentials, "get") and not hasattr(credentials, "access_token"):
        get = credentials.get
    else:
        get = lambda name: getattr(credentials, name, None)  # noqa: E731 - two ways to ask one thing
    return get("username"), next(
        (found for name in ("access_token", "token", "password") if (found := get(name))), None
    )


def _secret(value: Any) -> Any:
    """Return what a `Secret` block or a secret field holds; anything else as it is."""
    for method in ("get", "get_secret_value"):
        if not isinstance(value, dict) and callable(getattr(value, method, None)):
            return _secret(getattr(value, method)())
    return value


def _reference(value: Any) -> str | None:
    """Return the template by which a saved block is found again when a run's code is fetched."""
    name = getattr(value, "_block_document_name", None)
    if name is None:
        return None
    return f"{{{{ pacc.blocks.{type(value).get_block_type_slug()}.{name} }}}}"


def _without_secret(url: str) -> str:
    parts = urlsplit(url)
    bare = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=bare)) if parts.scheme.startswith("http") else url
