"""Which class a type of block is: those that are loaded, and those that come with pacc and are loaded when they are asked for."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from pacc.exceptions import UnknownBlockType

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pacc.blocks.core import Block

BUILT_IN = {
    "apprise-notification": "pacc.blocks.notifications",
    "aws-credentials": "pacc.integrations.aws",
    "aws-secret": "pacc.integrations.aws",
    "azure-blob-storage-container": "pacc.integrations.azure",
    "azure-blob-storage-credentials": "pacc.integrations.azure",
    "azuredevops-credentials": "pacc.integrations.azure",
    "azuredevops-repository": "pacc.integrations.azure",
    "bitbucket-credentials": "pacc.integrations.bitbucket",
    "bitbucket-repository": "pacc.integrations.bitbucket",
    "custom-webhook": "pacc.blocks.notifications",
    "date-time": "pacc.blocks.system",
    "desktop-notification": "pacc.blocks.notifications",
    "discord-webhook": "pacc.blocks.notifications",
    "docker-host": "pacc.integrations.docker",
    "docker-registry-credentials": "pacc.integrations.docker",
    "email": "pacc.blocks.notifications",
    "email-server-credentials": "pacc.integrations.email",
    "gcp-credentials": "pacc.integrations.gcp",
    "gcs-bucket": "pacc.integrations.gcp",
    "github-credentials": "pacc.integrations.github",
    "github-repository": "pacc.integrations.github",
    "gitlab-credentials": "pacc.integrations.gitlab",
    "gitlab-repository": "pacc.integrations.gitlab",
    "json": "pacc.blocks.system",
    "local-file-system": "pacc.filesystems.blocks",
    "mattermost-webhook": "pacc.blocks.notifications",
    "minio-credentials": "pacc.integrations.aws",
    "ms-teams-webhook": "pacc.blocks.notifications",
    "opsgenie-webhook": "pacc.blocks.notifications",
    "pager-duty-webhook": "pacc.blocks.notifications",
    "remote-file-system": "pacc.filesystems.blocks",
    "s3-bucket": "pacc.integrations.aws",
    "secret": "pacc.blocks.system",
    "sendgrid-email": "pacc.blocks.notifications",
    "shell-operation": "pacc.integrations.shell",
    "slack-webhook": "pacc.blocks.notifications",
    "smb": "pacc.filesystems.blocks",
    "sqlalchemy-connector": "pacc.integrations.sqlalchemy",
    "string": "pacc.blocks.system",
    "twilio-sms": "pacc.blocks.notifications",
    "webhook": "pacc.blocks.webhook",
}
"""Where the classes that come with pacc are, by their slugs."""

_classes: dict[str, type[Block]] = {}


def remember(slug: str, kind: type[Block]) -> None:
    """Note the class of a slug; a later one takes an earlier one's place, as when a notebook's cell runs again."""
    _classes[slug] = kind


def loaded(slug: str) -> type[Block] | None:
    """Return the class of a slug if it is loaded or comes with pacc, `None` otherwise."""
    if slug not in _classes and slug in BUILT_IN:
        import_module(BUILT_IN[slug])
    return _classes.get(slug)


def class_of(slug: str, class_path: str | None = None) -> type[Block]:
    """Return the class of a slug.

    Args:
        slug: the type.
        class_path: where it was when it was registered, `module:Class`, for the error.

    Raises:
        UnknownBlockType: it is not loaded.
    """
    found = loaded(slug)
    if found is None:
        raise UnknownBlockType(f'the class of block type "{slug}" is not loaded here', hint=_hint(class_path))
    return found


def _hint(class_path: str | None) -> str:
    module, _, name = (class_path or "").partition(":")
    if not module:
        return "Import the module that defines it first."
    return f"Import it first: `from {module} import {name}`."


def missing_of(slugs: Iterable[str]) -> dict[str, type[Block]]:
    """Return the classes that come with pacc and are not among these slugs; only their modules are loaded.

    Args:
        slugs: those that are known already.
    """
    known = set(slugs)
    found = {slug: loaded(slug) for slug in BUILT_IN if slug not in known}
    return {slug: kind for slug, kind in found.items() if kind is not None}
