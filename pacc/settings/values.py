"""Settings once they are read: every value, where it came from, and copies that differ in some."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pacc.exceptions import ConfigurationError
from pacc.settings.declaring import Section, Setting, attributes, declared_in
from pacc.settings.kinds import as_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import ClassVar, Self

DEFAULT = "default"
TEMPORARY = "temporary"


class Values(Section):
    """Every setting's value and source; what `Settings` is, apart from its declarations.

    Args:
        written: The values as they were written, by name; a missing one has its default.
        sources: Where each of them was written.
        profile: The name of the active profile.
        problems: Sentences about what was passed over, for a face to show: an unknown key, an unreadable profiles file.
        errors: Sentences about values that do not fit; not empty only where repairing them is the task.
    """

    declared: ClassVar[dict[str, Setting]]
    by_any_name: ClassVar[dict[str, Setting]]

    profile_name: str
    problems: tuple[str, ...]
    errors: tuple[str, ...]

    def __init_subclass__(cls) -> None:
        cls.declared = {setting.name: setting for setting in declared_in(cls)}
        cls.by_any_name = {name: setting for setting in cls.declared.values() for name in setting.names}

    def __init__(
        self,
        written: Mapping[str, Any],
        sources: Mapping[str, str],
        profile: str = DEFAULT,
        problems: Iterable[str] = (),
        errors: Iterable[str] = (),
    ) -> None:
        complete = {name: written.get(name, setting.default()) for name, setting in self.declared.items()}
        settled = _settled(complete, sources)
        super().__init__(
            {
                **attributes(type(self), settled),
                "_written": dict(written),
                "_sources": dict(sources),
                "_values": settled,
                "profile_name": profile,
                "problems": tuple(problems),
                "errors": tuple(errors),
            }
        )

    def value(self, name: str | Setting) -> Any:
        """Return the value of one setting, by its name (`PACC_HOME`) or constant."""
        return self.__dict__["_values"][self._known(name).name]

    def source(self, name: str | Setting) -> str:
        """Return where a value comes from.

        One of `environment`, `.env`, `pacc.toml`, `pyproject.toml`, `profile`, `temporary`, `default`.
        """
        return str(self.__dict__["_sources"].get(self._known(name).name, DEFAULT))

    def copy_with_update(
        self,
        updates: Mapping[str | Setting, Any] | None = None,
        set_defaults: Mapping[str | Setting, Any] | None = None,
        restore_defaults: Iterable[str | Setting] | None = None,
    ) -> Self:
        """Return settings that differ from these.

        Args:
            updates: Values to have, whatever they are now.
            set_defaults: Values to have where nobody set one.
            restore_defaults: Settings to return to their defaults first.

        Raises:
            ConfigurationError: A setting is unknown, or a value is not of its kind.
        """
        written, sources = dict(self.__dict__["_written"]), dict(self.__dict__["_sources"])
        for name in {self._known(key).name for key in restore_defaults or ()}:
            written.pop(name, None)
            sources.pop(name, None)
        unset = {
            key: raw for key, raw in (set_defaults or {}).items() if self._known(key).name not in written
        }
        for key, raw in (*unset.items(), *(updates or {}).items()):
            setting = self._known(key)
            written[setting.name] = setting.read(raw)
            sources[setting.name] = TEMPORARY
        return type(self)(written, sources, self.profile_name, self.problems)

    def to_environment_variables(
        self,
        exclude_unset: bool = False,
        include_secrets: bool = True,
    ) -> dict[str, str]:
        """Return the environment variables that give another process these settings.

        Args:
            exclude_unset: Leave out what nobody set.
            include_secrets: Secrets too.
        """
        return {
            name: as_text(self.value(name))
            for name, setting in self.declared.items()
            if not (exclude_unset and self.source(name) == DEFAULT)
            and (include_secrets or not setting.is_secret)
        }

    @classmethod
    def _known(cls, name: str | Setting) -> Setting:
        wanted = name if isinstance(name, str) else name.name
        if wanted not in cls.by_any_name:
            raise ConfigurationError(
                f'there is no setting "{wanted}".', hint="pacc config view --show-defaults"
            )
        return cls.by_any_name[wanted]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Values) and self.__dict__["_values"] == other.__dict__["_values"]

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        own = (f"{name}={self.declared[name].shown(self.value(name))}" for name in self.__dict__["_written"])
        return f"{type(self).__name__}({', '.join(own)})"


def _settled(written: dict[str, Any], sources: Mapping[str, str]) -> dict[str, Any]:
    """Return the values with paths made whole and with what one setting means for another."""
    home = _absolute(written["PACC_HOME"], "")
    if str(written["PACC_HOME"]).startswith("~") and os.path.expanduser("~") == "~":
        raise ConfigurationError(
            "this user has no home directory, so there is no place for pacc's things",
            hint="set HOME, or PACC_HOME to a folder of your own",
        )
    settled = {
        name: _absolute(value, home) if isinstance(value, Path) else value for name, value in written.items()
    }
    if settled["PACC_DEBUG_MODE"] and "PACC_LOGGING_LEVEL" not in sources:
        settled["PACC_LOGGING_LEVEL"] = "DEBUG"
    return settled


def _absolute(path: Path, home: Path | str) -> Path:
    text = os.path.expanduser(path)
    if text.startswith("$PACC_HOME"):
        text = f"{home}{text.removeprefix('$PACC_HOME')}"
    return Path(text if os.path.isabs(text) else os.path.abspath(text))
