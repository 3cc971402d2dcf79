"""Results of runs, kept and read back: the value in a storage, a note of it in the store."""

from pacc.results.defaults import (
    aget_default_result_storage,
    aresolve_result_storage,
    get_default_persist_setting,
    get_default_persist_setting_for_tasks,
    get_default_result_serializer,
    get_default_result_storage,
    resolve_result_storage,
    resolve_serializer,
    should_persist_result,
)
from pacc.results.kept import delete_kept, read_reference, value_of
from pacc.results.records import DEFAULT_STORAGE_KEY_FN, ResultRecord, ResultRecordMetadata
from pacc.results.store import Found, ResultStore, get_result_store

__all__ = [
    "DEFAULT_STORAGE_KEY_FN",
    "Found",
    "ResultRecord",
    "ResultRecordMetadata",
    "ResultStore",
    "aget_default_result_storage",
    "aresolve_result_storage",
    "delete_kept",
    "get_default_persist_setting",
    "get_default_persist_setting_for_tasks",
    "get_default_result_serializer",
    "get_default_result_storage",
    "get_result_store",
    "read_reference",
    "resolve_result_storage",
    "resolve_serializer",
    "should_persist_result",
    "value_of",
]
