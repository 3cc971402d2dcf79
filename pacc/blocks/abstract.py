"""What families of blocks have in common, for those who write their own: credentials, jobs, databases, object storage, notifications.

A method may be written plainly or as a coroutine; whoever calls it knows which.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from pydantic import PrivateAttr

from pacc.blocks.core import Block
from pacc.exceptions import MissingContextError
from pacc.logging import get_logger, get_run_logger

if TYPE_CHECKING:
    import logging
    from collections.abc import Generator
    from pathlib import Path
    from typing import BinaryIO, Self

    from pacc.logging.loggers import PaccLogAdapter

__all__ = [
    "CredentialsBlock",
    "DatabaseBlock",
    "JobBlock",
    "JobRun",
    "NotificationBlock",
    "NotificationError",
    "ObjectStorageBlock",
    "SecretBlock",
]

T = TypeVar("T")


def logger_for(thing: object) -> logging.Logger | PaccLogAdapter:
    """Return the logger of the run this is called in, outside of runs one by the name of a thing's class.

    Args:
        thing: a block, or something a block made.
    """
    try:
        return get_run_logger()
    except MissingContextError:
        return get_logger(type(thing).__name__)


class _Speaks:
    @property
    def logger(self) -> logging.Logger | PaccLogAdapter:
        """The logger of the run the block is used in, outside of runs one by its class's name."""
        return logger_for(self)


class CredentialsBlock(_Speaks, Block):
    """Who one is to a service."""

    @abstractmethod
    def get_client(self, *args: Any, **kwargs: Any) -> Any:
        """Return a client that is logged in."""


class NotificationError(Exception):
    """A notification could not be sent; `log` says what was tried.

    Args:
        log: what was said meanwhile.
    """

    def __init__(self, log: str) -> None:
        super().__init__(log)
        self.log = log


class NotificationBlock(_Speaks, Block):
    """Something that tells people."""

    _block_schema_capabilities = ("notify",)
    _raises: bool = PrivateAttr(default=False)

    @abstractmethod
    def notify(self, body: str, subject: str | None = None) -> Any:
        """Send a notification.

        Args:
            body: what to say.
            subject: what it is about.

        Raises:
            NotificationError: it could not be sent.
        """

    @contextmanager
    def raise_on_failure(self) -> Generator[None, None, None]:
        """Have `notify` raise inside the `with` block when a message could not be sent, where it would only log that.

        Example:
            with slack.raise_on_failure():
                slack.notify("done")
        """
        before, self._raises = self._raises, True
        try:
            yield
        finally:
            self._raises = before


class JobRun(_Speaks, ABC, Generic[T]):
    """A job that was started."""

    @abstractmethod
    def wait_for_completion(self) -> Any:
        """Return once the job has ended."""

    @abstractmethod
    def fetch_result(self) -> Any:
        """Return what the job came to."""


class JobBlock(_Speaks, Block, Generic[T]):
    """Something that starts jobs."""

    @abstractmethod
    def trigger(self) -> Any:
        """Start a job and return its `JobRun`."""


class DatabaseBlock(_Speaks, Block):
    """A database that is asked and changed."""

    @abstractmethod
    def fetch_one(self, operation: str, parameters: dict[str, Any] | None = None, **options: Any) -> Any:
        """Return the first row of a query, `None` where there is none."""

    @abstractmethod
    def fetch_many(
        self,
        operation: str,
        parameters: dict[str, Any] | None = None,
        size: int | None = None,
        **options: Any,
    ) -> Any:
        """Return the next rows of a query, `size` of them at most."""

    @abstractmethod
    def fetch_all(self, operation: str, parameters: dict[str, Any] | None = None, **options: Any) -> Any:
        """Return all rows of a query."""

    @abstractmethod
    def execute(self, operation: str, parameters: dict[str, Any] | None = None, **options: Any) -> Any:
        """Run a statement that returns nothing."""

    @abstractmethod
    def execute_many(self, operation: str, seq_of_parameters: list[dict[str, Any]], **options: Any) -> Any:
        """Run a statement once for each set of parameters."""

    def __enter__(self) -> Self:
        """Open the connection; a subclass that can be entered writes this."""
        raise NotImplementedError(f"{type(self).__name__} is not used as a context manager")

    def __exit__(self, *_: object) -> None:
        """Close the connection; a subclass that can be entered writes this."""
        raise NotImplementedError(f"{type(self).__name__} is not used as a context manager")


class ObjectStorageBlock(_Speaks, Block):
    """A bucket of objects."""

    @abstractmethod
    def download_object_to_path(self, from_path: str, to_path: str | Path, **options: Any) -> Any:
        """Download an object to a file."""

    @abstractmethod
    def download_object_to_file_object(self, from_path: str, to_file_object: BinaryIO, **options: Any) -> Any:
        """Download an object into an open file."""

    @abstractmethod
    def download_folder_to_path(self, from_folder: str, to_folder: str | Path, **options: Any) -> Any:
        """Download everything below a folder."""

    @abstractmethod
    def upload_from_path(self, from_path: str | Path, to_path: str, **options: Any) -> Any:
        """Upload a file."""

    @abstractmethod
    def upload_from_file_object(self, from_file_object: BinaryIO, to_path: str, **options: Any) -> Any:
        """Upload what an open file holds."""

    @abstractmethod
    def upload_from_folder(self, from_folder: str | Path, to_folder: str, **options: Any) -> Any:
        """Upload everything below a folder."""


class SecretBlock(_Speaks, Block):
    """A secret somewhere else."""

    @abstractmethod
    def read_secret(self) -> Any:
        """Return the secret."""

    @abstractmethod
    def write_secret(self, secret_data: bytes) -> Any:
        """Store the secret and return where it is."""
