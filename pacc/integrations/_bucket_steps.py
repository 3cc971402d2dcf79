"""What steps do that keep the code of flows in a bucket."""

from __future__ import annotations

import os
from inspect import isawaitable
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from pacc._internal.steps import run_in_own_loop
from pacc.blocks.describing import problems_of
from pacc.exceptions import InvalidValueError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pacc.blocks.core import Block
    from pacc.filesystems.buckets import Bucket

IGNORE_FILE = ".prefectignore"
"""The file of patterns that Prefect's projects have."""


def push(bucket: Bucket, ignore_file: str | None) -> None:
    """Copy the current folder into a bucket.

    Args:
        bucket: the bucket.
        ignore_file: a file of patterns, as in `.gitignore`, of what stays here; one that is not there names nothing.
    """
    left_out = ignore_file if ignore_file and os.path.isfile(ignore_file) else None
    _finish(bucket.put_directory(".", None, left_out))


def pull(bucket: Bucket) -> str:
    """Copy what a bucket holds into the current folder and return that."""
    _finish(bucket.get_directory(None, "."))
    return os.getcwd()


def made(kind: type[Block], fields: Mapping[str, Any]) -> Any:
    """Return a block of the inputs of a step.

    Args:
        kind: its class.
        fields: its fields.

    Raises:
        InvalidValueError: it cannot be like that; the message shows no value.
    """
    try:
        return kind(**fields)
    except ValidationError as error:
        raise InvalidValueError(f"the inputs do not fit: {problems_of(error)}") from None


def _finish(answer: Any) -> None:
    """Inside of coroutines a block's method has to be awaited."""
    if isawaitable(answer):
        run_in_own_loop(answer)
