"""Serializers: values as bytes and back, by a name that is kept beside the bytes."""

from __future__ import annotations

import base64
import importlib
import json
from typing import Any, ClassVar

from pacc.exceptions import SerializationError

__all__ = [
    "CompressedJSONSerializer",
    "CompressedPickleSerializer",
    "CompressedSerializer",
    "JSONSerializer",
    "PickleSerializer",
    "Serializer",
    "described",
    "serializer_for",
]


class Serializer:
    """Turns values into bytes and back. Subclass it, give the class a `type` of its own, and that name can be used everywhere.

    `describe` says what has to be kept beside the bytes for them to be read again: the constructor takes it back.

    >>> class Shouting(Serializer):
    ...     type = "shouting"
    ...     def dumps(self, obj):
    ...         return obj.upper().encode()
    ...     def loads(self, blob):
    ...         return blob.decode()
    >>> serializer_for("shouting").dumps("hello")
    b'HELLO'
    """

    type: str = ""
    known: ClassVar[dict[str, Any]] = {}
    """The classes by their types."""

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        if cls.type:
            Serializer.known[cls.type] = cls

    def dumps(self, obj: Any) -> bytes:
        """Return a value as bytes.

        Raises:
            Exception: it cannot be; whoever asked makes a `SerializationError` of it.
        """
        raise NotImplementedError(f"{type(self).__name__} has no `dumps`")

    def loads(self, blob: bytes) -> Any:
        """Return the value that `dumps` made the bytes of."""
        raise NotImplementedError(f"{type(self).__name__} has no `loads`")

    def describe(self) -> dict[str, Any]:
        """Return what makes another serializer like this one: its `type`, and its constructor's arguments."""
        return {"type": self.type}

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Serializer) and self.describe() == other.describe()

    def __hash__(self) -> int:
        return hash(json.dumps(self.describe(), sort_keys=True, default=repr))

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"


class PickleSerializer(Serializer):
    """Pickles almost anything, in base64. Bytes made by it must only be loaded by whoever trusts their author.

    Args:
        picklelib: the module whose `dumps` and `loads` are used.
        picklelib_version: the version the bytes were made with; noted, not required.
    """

    type = "pickle"

    def __init__(self, picklelib: str = "cloudpickle", picklelib_version: str | None = None) -> None:
        self.picklelib = picklelib
        self.picklelib_version = picklelib_version
        self._module: Any = None

    def _pickler(self) -> Any:
        if self._module is None:
            self._module = _module(self.picklelib, ("dumps", "loads"))
            self.picklelib_version = getattr(self._module, "__version__", self.picklelib_version)
        return self._module

    def dumps(self, obj: Any) -> bytes:
        """Return the pickled value in base64."""
        return base64.b64encode(self._pickler().dumps(obj))

    def loads(self, blob: bytes) -> Any:
        """Return the value. This runs code that the bytes name."""
        return self._pickler().loads(base64.b64decode(blob))

    def describe(self) -> dict[str, Any]:
        """Return the type, the module and its version."""
        self._pickler()
        return {
            "type": self.type,
            "picklelib": self.picklelib,
            "picklelib_version": self.picklelib_version,
        }


class JSONSerializer(Serializer):
    """JSON, for what people and other programs should be able to read. Tuples come back as lists.

    Beyond JSON's own values it keeps pydantic models, dataclasses, exceptions, times, UUIDs, decimals, paths, sets and bytes.

    Args:
        object_encoder: where to find the function that turns other objects into JSON's values; `None` for none.
        object_decoder: where to find the function that turns them back.
        dumps_kwargs: more arguments for `json.dumps`; `default` is taken.
        loads_kwargs: more arguments for `json.loads`; `object_hook` is taken.

    Raises:
        ValueError: one of the two is given.
    """

    type = "json"

    def __init__(
        self,
        jsonlib: str = "json",
        object_encoder: str | None = "pacc._internal.jsonobjects.encode",
        object_decoder: str | None = "pacc._internal.jsonobjects.decode",
        dumps_kwargs: dict[str, Any] | None = None,
        loads_kwargs: dict[str, Any] | None = None,
    ) -> None:
        self.jsonlib = jsonlib
        self.object_encoder = object_encoder
        self.object_decoder = object_decoder
        self.dumps_kwargs = _without(dumps_kwargs, "default", "object_encoder")
        self.loads_kwargs = _without(loads_kwargs, "object_hook", "object_decoder")

    def dumps(self, obj: Any) -> bytes:
        """Return the value as JSON."""
        options = dict(self.dumps_kwargs)
        if self.object_encoder:
            options["default"] = _function(self.object_encoder)
        text = _module(self.jsonlib, ("dumps", "loads")).dumps(obj, **options)
        return text if isinstance(text, bytes) else text.encode()

    def loads(self, blob: bytes) -> Any:
        """Return the value of the JSON text."""
        options = dict(self.loads_kwargs)
        if self.object_decoder:
            options["object_hook"] = _function(self.object_decoder)
        return _module(self.jsonlib, ("dumps", "loads")).loads(blob, **options)

    def describe(self) -> dict[str, Any]:
        """Return the type and the arguments that are not the usual ones."""
        usual = JSONSerializer.__init__.__defaults__ or ()
        given = (self.jsonlib, self.object_encoder, self.object_decoder)
        names = ("jsonlib", "object_encoder", "object_decoder")
        kept = {
            name: value for name, value, default in zip(names, given, usual, strict=False) if value != default
        }
        keywords = {"dumps_kwargs": self.dumps_kwargs, "loads_kwargs": self.loads_kwargs}
        return {"type": self.type, **kept, **{name: value for name, value in keywords.items() if value}}


class CompressedSerializer(Serializer):
    """Another serializer's bytes, compressed, in base64.

    Args:
        serializer: the other one, or its name.
        compressionlib: the module whose `compress` and `decompress` are used.
    """

    type = "compressed"

    def __init__(
        self, serializer: Serializer | str | dict[str, Any] = "pickle", compressionlib: str = "lzma"
    ) -> None:
        self.serializer = serializer_for(serializer)
        self.compressionlib = compressionlib
        _module(compressionlib, ("compress", "decompress"))

    def dumps(self, obj: Any) -> bytes:
        """Return the compressed bytes in base64."""
        blob = self.serializer.dumps(obj)
        return base64.b64encode(importlib.import_module(self.compressionlib).compress(blob))

    def loads(self, blob: bytes) -> Any:
        """Return the value."""
        packed = base64.b64decode(blob)
        return self.serializer.loads(importlib.import_module(self.compressionlib).decompress(packed))

    def describe(self) -> dict[str, Any]:
        """Return the type, the other serializer and the module."""
        return {
            "type": self.type,
            "serializer": self.serializer.describe(),
            "compressionlib": self.compressionlib,
        }


class CompressedPickleSerializer(CompressedSerializer):
    """Compressed pickles."""

    type = "compressed/pickle"

    def __init__(
        self, serializer: Serializer | str | dict[str, Any] = "pickle", compressionlib: str = "lzma"
    ) -> None:
        super().__init__(serializer, compressionlib)


class CompressedJSONSerializer(CompressedSerializer):
    """Compressed JSON."""

    type = "compressed/json"

    def __init__(
        self, serializer: Serializer | str | dict[str, Any] = "json", compressionlib: str = "lzma"
    ) -> None:
        super().__init__(serializer, compressionlib)


def serializer_for(wanted: Serializer | str | dict[str, Any]) -> Serializer:
    """Return a serializer by its name or by what `describe` said of it; a serializer is itself.

    Raises:
        SerializationError: there is none of that name here.
    """
    if isinstance(wanted, Serializer):
        return wanted
    description = {"type": wanted} if isinstance(wanted, str) else dict(wanted)
    name = description.pop("type", "")
    kind = Serializer.known.get(name)
    if kind is None:
        known = ", ".join(sorted(Serializer.known))
        raise SerializationError(
            f"there is no serializer {name!r} here; there are: {known}",
            hint="Import the module that defines it first.",
        )
    made: Serializer = kind(**description)
    return made


def described(serializer: Serializer) -> str:
    """Return what is kept of a serializer beside the bytes it made, as JSON."""
    return json.dumps(serializer.describe(), sort_keys=True)


def _module(name: str, functions: tuple[str, ...]) -> Any:
    try:
        module = importlib.import_module(name)
    except ImportError as error:
        raise ValueError(
            f"the module {name!r} that a serializer needs cannot be imported: {error}"
        ) from error
    missing = [function for function in functions if not hasattr(module, function)]
    if missing:
        raise ValueError(f"a serializer cannot use the module {name!r}: it has no `{missing[0]}`")
    return module


def _function(path: str) -> Any:
    module, _, name = path.rpartition(".")
    return getattr(importlib.import_module(module), name)


def _without(options: dict[str, Any] | None, name: str, instead: str) -> dict[str, Any]:
    if options and name in options:
        raise ValueError(f"`{name}` cannot be given to the serializer; use `{instead}`")
    return dict(options or {})
