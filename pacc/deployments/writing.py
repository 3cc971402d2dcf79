"""A deployment written into the file of a folder, so that the next `pacc deploy` finds it there."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from pacc.deployments.project import read_yaml
from pacc.exceptions import InvalidDeploymentError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_HEAD = "# What `pacc deploy` deploys from this folder.\n"


def write_deployment(file: Path, deployment: Mapping[str, Any]) -> bool:
    """Write a deployment into a file that declares none; what stands in it stays as it is.

    Args:
        file: a `pacc.yaml`, which is made where it is not there.
        deployment: what is to stand there.

    Returns:
        Whether it was written: a file that declares deployments is left alone.

    Raises:
        InvalidDeploymentError: the file cannot be read or written, or is no YAML.
    """
    import yaml  # start-up

    there = file.exists()
    if there and "deployments" in read_yaml(file):
        return False
    said = {"deployments": [json.loads(json.dumps(dict(deployment), default=str))]}
    text = yaml.safe_dump(said, sort_keys=False, allow_unicode=True)
    head = file.read_text("utf-8").rstrip("\n") + "\n\n" if there else f"{_HEAD}\n"
    try:
        file.write_text(f"{head}{text}", "utf-8")
    except OSError as error:
        raise InvalidDeploymentError(f"{str(file)!r} cannot be written: {error.strerror}") from None
    return True
