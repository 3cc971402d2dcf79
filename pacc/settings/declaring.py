"""The means to declare a setting in one line, of which the name, the TOML table and the attribute all follow.

`level = setting(kind, default, meaning)` inside the section `logging` is `settings.logging.level` in Python, `[logging] level`
in pacc.toml and `PACC_LOGGING_LEVEL` everywhere else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar, cast

from pacc.exceptions import ConfigurationError
from pacc.settings.kinds import Kind, as_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import ClassVar, NoReturn, Protocol

    class Valued(Protocol):
        """Whatever can tell a setting's value by its name."""

        def value(self, name: str | Setting) -> Any:
            """Return the value of one setting."""


T = TypeVar("T")
S = TypeVar("S", bound="Section")

MASK = "********"


class Setting:
    """One declared setting. `PACC_LOGGING_LEVEL` and its like are instances, and keys for `temporary_settings`.

    Example:
        >>> from pacc.settings import PACC_LOGGING_LEVEL
        >>> PACC_LOGGING_LEVEL.name, PACC_LOGGING_LEVEL.accessor, PACC_LOGGING_LEVEL.default()
        ('PACC_LOGGING_LEVEL', 'logging.level', 'INFO')
    """

    __slots__ = ("_default", "accessor", "aliases", "is_secret", "kind", "meaning", "name")

    current: ClassVar[Callable[[], Valued]]
    """Where `value()` looks; set by the floor above, which knows which settings are current."""

    def __init__(
        self, kind: Kind[Any], default: object, meaning: str, *, is_secret: bool, aliases: tuple[str, ...]
    ) -> None:
        self.kind = kind
        self.meaning = meaning
        self.is_secret = is_secret
        self.aliases = aliases
        self._default = default
        self.accessor = self.name = ""

    def placed(self, accessor: str) -> Setting:
        """Return this setting knowing where it stands among the sections, and so its names."""
        self.accessor = accessor
        self.name = "PACC_" + accessor.upper().replace(".", "_")
        return self

    @property
    def names(self) -> tuple[str, ...]:
        """The environment variables that set it, its own first."""
        return (self.name, *self.aliases)

    def default(self) -> Any:
        """Return the value it has when nobody sets it."""
        return self._default

    def value(self) -> Any:
        """Return its value in the current settings."""
        return Setting.current().value(self.name)

    def value_from(self, settings: Valued) -> Any:
        """Return its value in `settings`."""
        return settings.value(self.name)

    def read(self, raw: object, source: str = "") -> Any:
        """Return the value meant by `raw`; `source` says where it was found, for the error.

        Raises:
            ConfigurationError: `raw` is not of this setting's kind.
        """
        try:
            return self.kind.read(raw)
        except (TypeError, ValueError):
            found = f" (from {source})" if source else ""
            wrong = f'{self.name} {self.kind.expected} but is "{self.shown(raw)}"{found}.'
            raise ConfigurationError(wrong) from None

    def masked(self, value: Any) -> Any:
        """Return `value`, or a mask for it when it is a secret."""
        return MASK if self.is_secret and value is not None else value

    def shown(self, value: object) -> str:
        """Return `value` as it may be shown to anyone: a secret is masked."""
        return as_text(self.masked(value))

    def __repr__(self) -> str:
        return f"<{self.name}>"


def setting(
    kind: Kind[T], default: T, meaning: str, *, is_secret: bool = False, aliases: tuple[str, ...] = ()
) -> T:
    """Declare a setting inside a `Section`; instances of the section have its value in this attribute.

    Args:
        kind: What its value may be.
        default: Its value when nobody sets it. A path may begin with `$PACC_HOME`.
        meaning: One line that says what it does.
        is_secret: Never show the value.
        aliases: Older environment variables that still set it.
    """
    return cast("T", Setting(kind, default, meaning, is_secret=is_secret, aliases=aliases))


def section(kind: type[S]) -> S:
    """Declare a section inside another."""
    return cast("S", kind)


class Section:
    """Values that belong together, e.g. `settings.logging`; they cannot be changed, only temporarily replaced."""

    def __init__(self, values: dict[str, Any]) -> None:
        self.__dict__.update(values)

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"cannot set {name!r}: settings do not change, use temporary_settings() instead")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError(f"cannot delete {name!r}: settings do not change")

    def __repr__(self) -> str:
        shown = {
            name: declaration.shown(getattr(self, name))
            if isinstance(declaration, Setting)
            else getattr(self, name)
            for name, declaration in declarations(type(self)).items()
        }
        return f"{type(self).__name__}({', '.join(f'{name}={value}' for name, value in shown.items())})"


def declarations(kind: type[Section]) -> dict[str, Setting | type[Section]]:
    """Return what is declared in a section, settings and sections, by attribute."""
    return {
        name: each
        for name, each in vars(kind).items()
        if isinstance(each, Setting) or (isinstance(each, type) and issubclass(each, Section))
    }


def declared_in(kind: type[Section], prefix: str = "") -> Iterator[Setting]:
    """Yield the settings of a section and of those inside it, in the order they are written."""
    for name, declaration in declarations(kind).items():
        if isinstance(declaration, Setting):
            yield declaration.placed(prefix + name)
        else:
            yield from declared_in(declaration, f"{prefix}{name}.")


def attributes(kind: type[Section], values: dict[str, Any]) -> dict[str, Any]:
    """Return what a section's attributes are when the settings, by environment name, are `values`."""
    return {
        name: values[each.name] if isinstance(each, Setting) else each(attributes(each, values))
        for name, each in declarations(kind).items()
    }
