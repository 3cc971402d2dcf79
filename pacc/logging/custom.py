"""Applies a `logging.yml`: the standard library's dictConfig, minus closing every handler of the process first."""

from __future__ import annotations

from logging.config import DictConfigurator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable


class Configurator(DictConfigurator):
    """Makes what a configuration describes and touches nothing it does not name."""

    def configure(self) -> None:
        """Put the configuration in force.

        Raises:
            ValueError: part of it cannot be made; the cause says why.
        """
        if self.config.get("version", 1) != 1:
            raise ValueError("its version is not 1, the only one there is")
        self._make("formatters", self.configure_formatter)
        self._make("filters", self.configure_filter)
        self._make("handlers", self.configure_handler)
        for name, wanted in self._table("loggers").items():
            self.configure_logger(name, wanted)
        if self.config.get("root"):
            self.configure_root(self.config["root"])

    def _table(self, kind: str) -> dict[str, Any]:
        table: dict[str, Any] = self.config.get(kind) or {}
        return table

    def _make(self, kind: str, make: Callable[[Any], Any]) -> None:
        table = self._table(kind)
        for name in sorted(table):
            try:
                table[name] = make(table[name])
            except Exception as error:  # noqa: BLE001 - any class may stand in the file
                raise ValueError(f"its {kind} {name!r} cannot be made") from (error.__cause__ or error)
            if kind == "handlers":
                table[name].name = name
