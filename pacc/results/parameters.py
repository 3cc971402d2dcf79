"""The pickled arguments of background tasks: small ones in the store itself, others in a storage; loaded only as they were written."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from pacc.exceptions import MissingResult, UntrustedResult
from pacc.results.defaults import resolve_result_storage
from pacc.results.kept import opened_storage
from pacc.results.trust import bytes_of, digest, file_to_sync, settled

if TYPE_CHECKING:
    from pacc.filesystems.place import Place

LARGEST_INSIDE = 64 * 1024
"""How many bytes of pickled arguments the store keeps itself, at most."""


class KeptParameters(NamedTuple):
    """Where the arguments of one run are, and what they are known by."""

    digest: str
    inside: bytes | None
    """The bytes themselves."""
    storage: str | None
    """Otherwise the place they lie in."""


def keep_parameters(run_id: str, pickled: bytes, result_storage: Place | None) -> KeptParameters:
    """Keep the arguments of a run and return where they are; the caller records that.

    Args:
        run_id: the run.
        pickled: its arguments.
        result_storage: where they go if they are large; where results go otherwise unless given.

    Raises:
        OSError: the storage cannot be written.
    """
    if len(pickled) <= LARGEST_INSIDE:
        return KeptParameters(digest(pickled), pickled, None)
    storage = resolve_result_storage(result_storage)
    settled(storage.write_path(_key(run_id), pickled))
    if file_to_sync(storage, _key(run_id)):
        storage.sync_path(_key(run_id))
    return KeptParameters(digest(pickled), None, storage.location)


def read_parameters(run_id: str, kept: KeptParameters) -> bytes:
    """Return the arguments of a run, if they are as they were written.

    Raises:
        MissingResult: they are gone. UntrustedResult: they were changed, or lie where others may change them.
    """
    data = kept.inside
    if data is None:
        storage = opened_storage(kept.storage or "")
        try:
            data = bytes_of(storage, _key(run_id))[0]
        except FileNotFoundError as error:
            raise MissingResult(
                f"its arguments were kept in {storage.location}/{_key(run_id)}, and are not there any more"
            ) from error
    if digest(data) != kept.digest:
        raise UntrustedResult("its arguments were changed since they were written, and are not loaded")
    return data


def drop_parameters(run_id: str, kept: KeptParameters) -> None:
    """Delete the arguments of a run from their storage; the store's own go with their row."""
    if kept.storage is not None:
        with suppress(OSError):
            opened_storage(kept.storage).delete_path(_key(run_id))


def _key(run_id: str) -> str:
    return f"parameters/{run_id}"
