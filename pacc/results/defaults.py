"""Where results go and how they are written where nobody said."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pacc._internal.steps import awaitable
from pacc.context import innermost
from pacc.filesystems.folders import Folder
from pacc.filesystems.places import place_for
from pacc.serializers import Serializer, serializer_for
from pacc.settings import get_current_settings

if TYPE_CHECKING:
    from pathlib import Path

    from pacc.filesystems.place import Place


def get_default_result_storage() -> Place:
    """Return where results are kept unless a flow or task says: a folder below the home, or as the settings have it."""
    return Folder(get_current_settings().results.local_storage_path)


def get_default_result_serializer() -> Serializer:
    """Return the serializer the settings name."""
    return serializer_for(get_current_settings().results.default_serializer)


def resolve_result_storage(result_storage: Place | str | Path | None) -> Place:
    """Return the file system a path, a URL or a file system means, the default one for `None`."""
    return get_default_result_storage() if result_storage is None else place_for(result_storage).opened()


def resolve_serializer(serializer: Serializer | str | None) -> Serializer:
    """Return a serializer by its name, the default one for `None`."""
    return get_default_result_serializer() if serializer is None else serializer_for(serializer)


def get_default_persist_setting() -> bool:
    """Say whether results are kept where nothing else says so."""
    return bool(get_current_settings().results.persist_by_default)


def get_default_persist_setting_for_tasks() -> bool:
    """Say whether the results of tasks are kept where nothing else says so."""
    settings = get_current_settings()
    for_tasks = settings.tasks.default_persist_result
    return bool(settings.results.persist_by_default if for_tasks is None else for_tasks)


def should_persist_result() -> bool:
    """Say whether the result of the run this is called in will be kept."""
    context = innermost()
    return get_default_persist_setting() if context is None else bool(context.persist_result)


aget_default_result_storage = awaitable(get_default_result_storage)


aresolve_result_storage = awaitable(resolve_result_storage)
