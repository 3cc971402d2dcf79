"""`Block`: a class whose fields are configuration, and whose instances are saved under names and loaded by other programs.

>>> class DatabaseConfig(Block):
...     host: str
...     port: int = 5432
>>> DatabaseConfig(host="db.example").save("main", overwrite=True) is not None
True
>>> DatabaseConfig.load("main").port
5432

Fields of pydantic's secret types are encrypted in the store and masked wherever they are shown. In async code the plain names give
something to await; `asave`, `aload` and the like do everywhere.
"""

from __future__ import annotations

import sys
from contextlib import suppress
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, ClassVar
from uuid import UUID

from pydantic import (
    BaseModel,
    ConfigDict,
    PrivateAttr,
    Secret,
    SecretBytes,
    SecretStr,
    TypeAdapter,
    ValidationError,
    model_serializer,
    model_validator,
)
from pydantic.json_schema import GenerateJsonSchema

from pacc._internal.steps import awaitable
from pacc.blocks import registry
from pacc.blocks.contents import contents_of, plain_value
from pacc.blocks.describing import example_in, models_in, problems_of, secret_fields, summary_of
from pacc.context import either_colour
from pacc.events.utilities import emit_event
from pacc.exceptions import (
    BlockNotSavedError,
    BlockSchemaMismatch,
    InvalidBlockRegistration,
    InvalidNameError,
    UnknownBlockType,
)
from pacc.schemas.blocks import DEFAULT_BLOCK_SCHEMA_VERSION, OpenedBlock, Registration, slugified
from pacc.services import block_types, blocks
from pacc.services.block_contents import put_back
from pacc.settings import get_current_settings
from pacc.store import open_store

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pydantic import SerializationInfo, SerializerFunctionWrapHandler, ValidatorFunctionWrapHandler

    from pacc.store import Store

__all__ = [
    "Block",
    "BlockNotSavedError",
    "InvalidBlockRegistration",
    "UnknownBlockType",
]

_REF = "#/definitions/{model}"


def _add_to_schema(schema: dict[str, Any], kind: type[Block]) -> None:
    """Say in a block's JSON Schema what JSON Schema has no word for."""
    if kind.get_description() is not None:
        schema["description"] = kind.get_description()
    schema["block_type_slug"] = kind.get_block_type_slug()
    schema["secret_fields"] = secret_fields(kind)
    schema["block_schema_references"] = {
        name: [_told(each) for each in inside] if len(inside) > 1 else _told(inside[0])
        for name, inside in kind.blocks_in_fields().items()
    }


def _told(kind: type[Block]) -> dict[str, str]:
    return {"block_type_slug": kind.get_block_type_slug()}


# -- saving and loading ------------------------------------------------------------------------------------------------
# The plain names are of both colours, so they are made of functions.


def _register(cls: type[Block], client: Any = None) -> None:
    """Make this type of block and the present fields of its class known, and those of the blocks that may stand in it.

    Args:
        cls: the class.
        client: a client whose store to use; the one of the settings in force unless given.

    Raises:
        InvalidBlockRegistration: it is `Block` itself.
        InvalidNameError: the type can have no such name.

    >>> class Probe(Block):
    ...     url: str
    >>> Probe.register_type_and_schema()
    """
    _register_once(cls, _store(client), set())


def _register_once(cls: type[Block], store: Store, done: set[type[Block]]) -> None:
    if cls in done:
        return
    done.add(cls)
    for kinds in cls.blocks_in_fields().values():
        for kind in kinds:
            _register_once(kind, store, done)
    schema = block_types.register(store, cls.registration())
    cls._block_schema_id = schema.id
    cls._block_type_id = schema.block_type_id


def register_all(store: Store, kinds: Iterable[type[Block]]) -> list[str]:
    """Register several classes and return their slugs.

    Args:
        store: where types are kept.
        kinds: the classes; what may stand in them is registered too.

    Raises:
        InvalidNameError: a type can have no such name.
    """
    done: set[type[Block]] = set()
    slugs = []
    for kind in kinds:
        _register_once(kind, store, done)
        slugs.append(kind.get_block_type_slug())
    return slugs


def _save(self: Block, name: str | None = None, overwrite: bool = False, client: Any = None) -> UUID:
    """Save the block under a name and return its document's id. Its secrets are encrypted; its type is registered.

    A saved block inside is kept by reference, so later changes of it count here too; one that is not saved is kept inside.

    Args:
        self: the block.
        name: lower-case letters, digits and `-`; the one it was loaded or saved under unless given.
        overwrite: whether one that is there already is replaced.
        client: a client whose store to use; the one of the settings in force unless given.

    Raises:
        ValueError: the name is taken and nothing was overwritten; or the name or a field cannot be kept.
        EncryptionKeyError: the key of the secrets is missing or another one; nothing was saved.

    >>> class Probe(Block):
    ...     url: str
    >>> Probe(url="http://127.0.0.1").save("local", overwrite=True) is not None
    True
    """
    name = name or self._block_document_name
    if name is None:
        raise InvalidNameError("a block needs a name to be saved under")
    store, kind = _store(client), type(self)
    done: set[type[Block]] = {kind}
    for kinds in kind.blocks_in_fields().values():
        for each in kinds:
            _register_once(each, store, done)
    data = contents_of(self, _known_as)
    self._block_document_id = blocks.save(store, kind.registration(), name, data, overwrite=overwrite)
    self._block_document_name = name
    self._is_anonymous = False
    return self._block_document_id


def _known_as(model: BaseModel) -> tuple[str | None, UUID | None]:
    if not isinstance(model, Block):
        return None, None
    return model.get_block_type_slug(), model._block_document_id  # noqa: SLF001 - one of ours


def _load(cls: type[Block], name: str, validate: bool = True, client: Any = None) -> Any:
    """Return a saved block.

    Args:
        cls: its class, a base of it, or `Block`.
        name: the name it was saved under, after its type where the class does not say: `Block.load("secret/mine")`.
        validate: whether it has to fit the fields the class has now; without, what does not fit is taken as it is.
        client: a client whose store to use; the one of the settings in force unless given.

    Raises:
        ValueError: there is none of that name.
        UnknownBlockType: its class is not loaded.
        BlockSchemaMismatch: it was saved by another version of its class.
        EncryptionKeyError: the key of the secrets is missing or another one.

    >>> Block.load("probe/nobody-saved-this")
    Traceback (most recent call last):
    ...
    pacc.exceptions.BlockNotFound: no block "probe/nobody-saved-this"
    """
    slug, slash, rest = name.rpartition("/")
    if not slash and cls is Block:
        raise InvalidNameError(f'write the type of the block too: `Block.load("secret/{name}")`')
    opened = blocks.open_block(_store(client), slug if slash else cls.get_block_type_slug(), rest)
    return _say_loaded(_of_class(cls, opened, validate=validate), opened)


def load_block(reference: Any) -> Any:
    """Return a saved block by whatever refers to it, whatever colour the caller is; see `Block.load_from_ref`.

    Args:
        reference: `type/name`, an id, or a dict.

    Raises:
        BlockNotFound, UnknownBlockType, BlockSchemaMismatch, EncryptionKeyError: as `Block.load`.
    """
    return _load_from_ref(Block, reference)


def _load_from_ref(
    cls: type[Block], ref: str | UUID | dict[str, Any], validate: bool = True, client: Any = None
) -> Any:
    """Return a saved block by whatever refers to it.

    Args:
        cls: its class, a base of it, or `Block`.
        ref: `type/name`, an id, or a dict: `{"block_document_id": ...}`, `{"block_document_slug": ...}`, or one of these as
            `{"$ref": ...}`.
        validate: whether it has to fit the fields the class has now.
        client: a client whose store to use; the one of the settings in force unless given.

    Raises:
        ValueError: there is no such block, or `ref` refers to none.
        UnknownBlockType, BlockSchemaMismatch, EncryptionKeyError: as `load`.

    >>> Block.load_from_ref({"block_document_slug": "probe/nobody-saved-this"})
    Traceback (most recent call last):
    ...
    pacc.exceptions.BlockNotFound: no block "probe/nobody-saved-this"
    """
    named: Any = ref
    if isinstance(named, dict) and "$ref" in named:
        named = named["$ref"]
    if isinstance(named, dict):
        named = named.get("block_document_id") or named.get("block_document_slug")
    if isinstance(named, str) and "/" in named:
        return _load(cls, named, validate, client)
    try:
        identity = named if isinstance(named, UUID) else UUID(str(named))
    except ValueError:
        raise InvalidNameError(f"{ref!r} refers to no block; give `type/name` or an id") from None
    opened = blocks.open_by_id(_store(client), identity)
    return _say_loaded(_of_class(cls, opened, validate=validate), opened)


def _say_loaded(block: Block, opened: OpenedBlock) -> Block:
    """Say that a block was loaded, and return it; what is in it is not said."""
    slug = opened.type_slug
    emit_event(
        f"pacc.block.{slug}.loaded",
        resource={
            "pacc.resource.id": f"pacc.block-document.{opened.document.id}",
            "pacc.resource.name": opened.document.name or str(opened.document.id),
        },
        related=[{"pacc.resource.id": f"pacc.block-type.{slug}", "pacc.resource.role": "block-type"}],
    )
    return block


def _delete(cls: type[Block], name: str, client: Any = None) -> None:
    """Delete a saved block.

    Args:
        cls: its class, or `Block`.
        name: the name it was saved under, after its type where the class does not say.
        client: a client whose store to use; the one of the settings in force unless given.

    Raises:
        ValueError: there is none of that name.

    >>> Block.delete("probe/nobody-saved-this")
    Traceback (most recent call last):
    ...
    pacc.exceptions.BlockNotFound: no block "probe/nobody-saved-this"
    """
    store = _store(client)
    slug, slash, rest = name.rpartition("/")
    if not slash and cls is Block:
        raise InvalidNameError(f'write the type of the block too: `Block.delete("secret/{name}")`')
    found = blocks.read_by_name(
        store, slug if slash else cls.get_block_type_slug(), rest, include_secrets=False
    )
    blocks.delete(store, found.id)


def _of_class(cls: type[Block], opened: OpenedBlock, *, validate: bool) -> Block:
    slug, kind = opened.type_slug, opened.document.block_type
    found = cls
    if slug != cls.get_block_type_slug():
        found = registry.class_of(slug, kind.class_path if kind else None)
    if not issubclass(found, cls):
        raise UnknownBlockType(
            f'a block of type "{slug}" is no `{cls.__name__}`; load it as `{found.__name__}`'
        )
    inside = [(path, _of_class(Block, each, validate=validate)) for path, each in opened.inside]
    data = put_back(opened.document.data, inside)
    block = _validated(found, opened, data) if validate else _as_it_is(found, data)
    block._block_document_id = opened.document.id  # noqa: SLF001 - one of ours
    block._block_document_name = opened.document.name  # noqa: SLF001 - one of ours
    block._is_anonymous = opened.document.is_anonymous  # noqa: SLF001 - one of ours
    return block


def _validated(kind: type[Block], opened: OpenedBlock, data: Any) -> Block:
    try:
        return kind.model_validate(data)
    except ValidationError as error:
        wrong = problems_of(error)
    raise BlockSchemaMismatch(
        f'the block "{opened.type_slug}/{opened.document.name}" does not fit the fields {kind.__name__} has now: {wrong}',
        hint="Load it with `validate=False`, mend what is wrong, and save it with `overwrite=True`.",
    )


def _as_it_is(kind: type[Block], data: dict[str, Any]) -> Block:
    """Return a block of what fits its fields, what does not as it is, and `None` where nothing is."""
    values = dict(data)
    for name, field in kind.model_fields.items():
        key = next((each for each in (field.alias, name) if each in data), None)
        if key is None:
            values[name] = field.get_default(call_default_factory=True) if not field.is_required() else None
            continue
        values[name] = values.pop(key)
        with suppress(ValidationError):
            values[name] = TypeAdapter[Any](field.annotation or Any).validate_python(values[name])
    return kind.model_construct(**values)


def _store(client: Any) -> Store:
    if client is not None:
        return client._store  # type: ignore[no-any-return]  # noqa: SLF001 - the client is a name for its store
    return open_store(get_current_settings().home)


def _module_of(kind: type) -> str:
    """Return the name a class's module has for others: that of a script is its file's."""
    module = kind.__module__
    file = getattr(sys.modules.get(module), "__file__", None)
    return PurePath(file).stem if module.startswith("__") and file else module


def _is_secret(value: Any) -> bool:
    return isinstance(value, (SecretStr, SecretBytes, Secret))


def _revealed(value: Any) -> Any:
    return value.get_secret_value()


# -- the class -----------------------------------------------------------------------------------------------------------


class Block(BaseModel):
    """Configuration that is saved under a name. Subclass it and give it fields.

    The class may say `_block_type_name`, `_block_type_slug`, `_logo_url`, `_documentation_url`, `_description`, `_code_example`,
    `_block_schema_version` and `_block_schema_capabilities`; its name and its docstring serve otherwise.
    """

    model_config = ConfigDict(
        extra="allow", json_schema_extra=_add_to_schema, hide_input_in_errors=True, protected_namespaces=()
    )

    _block_type_name: ClassVar[str | None] = None
    _block_type_slug: ClassVar[str | None] = None
    _logo_url: ClassVar[Any] = None
    _documentation_url: ClassVar[Any] = None
    _description: ClassVar[str | None] = None
    _code_example: ClassVar[str | None] = None
    _block_schema_version: ClassVar[str | None] = None
    _block_schema_capabilities: ClassVar[list[str] | tuple[str, ...] | None] = None
    _block_type_id: ClassVar[UUID | None] = None
    _block_schema_id: ClassVar[UUID | None] = None

    _block_document_id: UUID | None = PrivateAttr(None)
    _block_document_name: str | None = PrivateAttr(None)
    _is_anonymous: bool | None = PrivateAttr(None)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.block_initialization()

    def block_initialization(self) -> None:
        """Get ready once the fields are validated; for subclasses."""

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        """Note the class under its slug, so that blocks of its type can be loaded by `Block.load`."""
        super().__pydantic_init_subclass__(**kwargs)
        if cls.__pydantic_generic_metadata__["origin"] is None:
            registry.remember(cls.get_block_type_slug(), cls)

    # -- what the class says of itself -------------------------------------------------------------------------------

    @classmethod
    def get_block_type_name(cls) -> str:
        """Return what people call this type of block."""
        return cls._block_type_name or cls._own_name()

    @classmethod
    def get_block_type_slug(cls) -> str:
        """Return what addresses and commands call this type of block.

        >>> Block.get_block_type_slug()
        'block'
        """
        return slugified(cls._block_type_slug or cls.get_block_type_name())

    @classmethod
    def _own_name(cls) -> str:
        """Return the name the class was given, whatever it was made generic over."""
        origin = cls.__pydantic_generic_metadata__["origin"]
        return (cls if origin is None else origin).__name__

    @classmethod
    def get_block_capabilities(cls) -> frozenset[str]:
        """Return what such a block can do: its own capabilities and those of the classes it is made of."""
        return frozenset(
            name for base in cls.__mro__ for name in vars(base).get("_block_schema_capabilities") or ()
        )

    @classmethod
    def get_block_schema_version(cls) -> str:
        """Return the version the class names."""
        return cls._block_schema_version or DEFAULT_BLOCK_SCHEMA_VERSION

    @classmethod
    def get_description(cls) -> str | None:
        """Return what such a block is for, as the class or its docstring says."""
        return cls._description or (summary_of(cls) if cls is not Block else None)

    @classmethod
    def get_code_example(cls) -> str | None:
        """Return how such a block is used, as the class or its docstring shows."""
        return cls._code_example or example_in(cls)

    @classmethod
    def blocks_in_fields(cls) -> dict[str, list[type[Block]]]:
        """Return the classes of blocks that may stand in this one, by field; one of `Block` takes all of them and names none."""
        found = {
            name: [
                kind for kind in models_in(field.annotation) if issubclass(kind, Block) and kind is not Block
            ]
            for name, field in cls.model_fields.items()
        }
        return {name: kinds for name, kinds in found.items() if kinds}

    @staticmethod
    def is_block_class(block: Any) -> bool:
        """Say whether something is a class of blocks."""
        return isinstance(block, type) and issubclass(block, Block)

    @staticmethod
    def annotation_refers_to_block_class(annotation: Any) -> bool:
        """Say whether an annotation speaks of a class of blocks, in a union or a container too."""
        return any(map(Block.is_block_class, models_in(annotation)))

    @classmethod
    def model_json_schema(
        cls,
        by_alias: bool | None = True,
        ref_template: str = _REF,
        schema_generator: type[GenerateJsonSchema] = GenerateJsonSchema,
        mode: Any = "validation",
        **options: Any,
    ) -> dict[str, Any]:
        """Return the fields as JSON Schema, with `block_type_slug`, `secret_fields` and `block_schema_references`."""
        schema = super().model_json_schema(by_alias, ref_template, schema_generator, mode, **options)
        if "$defs" in schema:
            schema["definitions"] = schema.pop("$defs")
        return schema

    @classmethod
    def registration(cls) -> Registration:
        """Return what is stored of the class.

        Raises:
            InvalidBlockRegistration: it is `Block` itself.
        """
        if cls is Block:
            raise InvalidBlockRegistration("`Block` itself is no type of block; subclass it")
        fields = plain_value(cls.model_json_schema())
        origin = cls.__pydantic_generic_metadata__["origin"] or cls
        return Registration(
            name=cls.get_block_type_name(),
            slug=cls.get_block_type_slug(),
            fields=fields,
            checksum=block_types.checksum_of(fields),
            capabilities=tuple(sorted(cls.get_block_capabilities())),
            version=cls.get_block_schema_version(),
            logo_url=None if cls._logo_url is None else str(cls._logo_url),
            documentation_url=None if cls._documentation_url is None else str(cls._documentation_url),
            description=cls.get_description(),
            code_example=cls.get_code_example(),
            class_path=f"{_module_of(origin)}:{origin.__qualname__}",
        )

    # -- dumping and validating --------------------------------------------------------------------------------------

    @model_serializer(mode="wrap")
    def ser_model(self, handler: SerializerFunctionWrapHandler, info: SerializationInfo) -> Any:
        """Dump the fields with the block's type; secrets stay masked unless the context says `include_secrets`."""
        dumped = handler(self)
        if (info.context or {}).get("include_secrets"):
            dumped |= {name: _revealed(value) for name, value in self if name in dumped and _is_secret(value)}
        return {**dumped, "block_type_slug": self.get_block_type_slug()}

    @model_validator(mode="wrap")
    @classmethod
    def _of_the_right_class(cls, value: Any, handler: ValidatorFunctionWrapHandler) -> Any:
        """Take what names another type of block as that one: it tells the members of a union apart."""
        if isinstance(value, dict) and value.keys() == {"$ref"}:
            return _load_from_ref(cls, value)
        if not isinstance(value, dict) or "block_type_slug" not in value:
            return handler(value)
        slug = value["block_type_slug"]
        inside = {name: member for name, member in value.items() if name != "block_type_slug"}
        if slug == cls.get_block_type_slug():
            return handler(inside)
        kind = registry.loaded(slug) if isinstance(slug, str) else None
        if kind is None or not issubclass(kind, cls):
            raise ValueError(f'a block of type "{slug}" is no "{cls.get_block_type_slug()}"')
        return kind.model_validate(inside)

    def get_block_placeholder(self) -> str:
        """Return the template that stands for this block: `{{ prefect.blocks.secret.mine }}`.

        Raises:
            BlockNotSavedError: it has not been saved.
        """
        if not self._block_document_name:
            raise BlockNotSavedError("the block has not been saved, so nothing can refer to it")
        return f"{{{{ prefect.blocks.{self.get_block_type_slug()}.{self._block_document_name} }}}}"

    def _block_reference(self) -> str | None:
        """Return what `Block.load` takes for this block, `None` while it is not saved."""
        name = self._block_document_name
        return None if name is None else f"{self.get_block_type_slug()}/{name}"

    def __repr_args__(self) -> Iterator[tuple[str | None, Any]]:
        yield from ((name, value) for name, value in super().__repr_args__() if name != "block_type_slug")

    # -- saving and loading ------------------------------------------------------------------------------------------

    save = either_colour(_save)
    asave = awaitable(_save)
    load = classmethod(either_colour(_load))
    aload = classmethod(awaitable(_load))
    load_from_ref = classmethod(either_colour(_load_from_ref))
    aload_from_ref = classmethod(awaitable(_load_from_ref))
    delete = classmethod(either_colour(_delete))
    adelete = classmethod(awaitable(_delete))
    register_type_and_schema = classmethod(either_colour(_register))
    aregister_type_and_schema = classmethod(awaitable(_register))
