"""A kept result as bytes: the value, and what is needed to read it again."""

from __future__ import annotations

import base64
import json
import secrets
import sys
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Self

from pacc.exceptions import SerializationError
from pacc.serializers import Serializer, serializer_for


def DEFAULT_STORAGE_KEY_FN() -> str:  # noqa: N802 - Prefect's spelling
    """Return a name nothing is kept under yet."""
    return secrets.token_hex(16)


@dataclass(slots=True, kw_only=True)
class ResultRecordMetadata:
    """What is written beside a value."""

    storage_key: str | None = None
    """Where the value lies; in a folder, the whole path."""
    expiration: datetime | None = None
    """When it stops counting for caching."""
    serializer: Serializer
    """What made the bytes."""
    pacc_version: str = field(default_factory=lambda: str(sys.modules["pacc"].__version__))
    """The pacc that wrote it."""
    storage_block_id: str | None = None
    """The block it is kept by."""

    def dump(self) -> dict[str, Any]:
        """Return it as JSON can say it."""
        return {
            "storage_key": self.storage_key,
            "expiration": None if self.expiration is None else self.expiration.isoformat(),
            "serializer": self.serializer.describe(),
            "pacc_version": self.pacc_version,
            "storage_block_id": self.storage_block_id,
        }

    @classmethod
    def load(cls, kept: dict[str, Any]) -> Self:
        """Return what `dump` said."""
        expiration = kept.get("expiration")
        return cls(
            storage_key=kept.get("storage_key"),
            expiration=None if expiration is None else datetime.fromisoformat(expiration),
            serializer=serializer_for(kept["serializer"]),
            pacc_version=kept.get("pacc_version", ""),
            storage_block_id=kept.get("storage_block_id"),
        )


class ResultRecord:
    """A value and what is written beside it.

    Args:
        result: the value.
        metadata: see `ResultRecordMetadata`.
        blob: the value's bytes, where they are known already; the value is then made of them when it is asked for.
    """

    __slots__ = ("_blob", "_result", "metadata", "run")

    def __init__(
        self, result: Any = None, *, metadata: ResultRecordMetadata, blob: bytes | None = None
    ) -> None:
        self._result = result
        self._blob = blob
        self.metadata = metadata
        self.run: tuple[str | None, str | None, str | None] = (None, None, None)
        """The flow run, the task run and the name of the run it comes from."""

    @property
    def result(self) -> Any:
        """The value.

        Raises:
            SerializationError: the bytes cannot be turned into it.
        """
        if self._blob is not None and self._result is None:
            self._result = loaded(self.metadata.serializer, self._blob)
        return self._result

    @property
    def expiration(self) -> datetime | None:
        """When it stops counting for caching."""
        return self.metadata.expiration

    @property
    def serializer(self) -> Serializer:
        """What makes the bytes."""
        return self.metadata.serializer

    def payload(self) -> bytes:
        """Return the value as bytes, made once.

        Raises:
            SerializationError: it cannot be.
        """
        if self._blob is None:
            self._blob = dumped(self.metadata.serializer, self._result)
        return self._blob

    def serialize(self) -> bytes:
        """Return the record as it is written to a file."""
        return envelope(self.metadata, self.payload())

    @classmethod
    def deserialize(cls, data: bytes) -> ResultRecord:
        """Return the record of a file. Its value may run code when it is asked for: only for files you trust."""
        metadata, payload = opened(data)
        return cls(metadata=metadata, blob=payload)


def envelope(metadata: ResultRecordMetadata, payload: bytes | None) -> bytes:
    """Return a record's file: JSON with the metadata and the value, without the value where it lies elsewhere."""
    kept: dict[str, Any] = {"metadata": metadata.dump()}
    if payload is not None:
        try:
            kept["result"] = payload.decode()
        except UnicodeDecodeError:
            kept["result"] = base64.b64encode(payload).decode()
            kept["encoding"] = "base64"
    return json.dumps(kept).encode()


def opened(data: bytes) -> tuple[ResultRecordMetadata, bytes | None]:
    """Return what a record's file holds; the value is `None` where it lies elsewhere.

    Raises:
        SerializationError: it holds no record.
    """
    try:
        kept = json.loads(data)
        metadata = ResultRecordMetadata.load(kept["metadata"])
        text = kept.get("result")
        if text is None:
            return metadata, None
        return metadata, base64.b64decode(text) if kept.get("encoding") == "base64" else text.encode()
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise SerializationError(f"this is no record of a result: {error}") from error


def dumped(serializer: Serializer, value: Any) -> bytes:
    """Return a value as bytes.

    Raises:
        SerializationError: the serializer cannot.
    """
    try:
        return serializer.dumps(value)
    except Exception as error:  # a serializer runs the code of the value's own class
        raise SerializationError(
            f"a value of type {type(value).__name__!r} cannot be turned into bytes by the serializer "
            f"{serializer.type!r}: {error}"
        ) from error


def loaded(serializer: Serializer, blob: bytes) -> Any:
    """Return the value of bytes that were found to be as they were written.

    Raises:
        SerializationError: the serializer cannot.
    """
    try:
        return serializer.loads(blob)
    except Exception as error:  # as above
        raise SerializationError(
            f"a kept result cannot be turned into a value by the serializer {serializer.type!r}: {error}"
        ) from error
