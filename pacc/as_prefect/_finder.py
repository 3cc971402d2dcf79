"""Modules under Prefect's names that lead to those of pacc."""

from __future__ import annotations

from importlib import import_module
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

INTEGRATIONS = {
    "prefect_aws": "pacc.integrations.aws",
    "prefect_azure": "pacc.integrations.azure",
    "prefect_bitbucket": "pacc.integrations.bitbucket",
    "prefect_dask": "pacc.integrations.dask",
    "prefect_docker": "pacc.integrations.docker",
    "prefect_email": "pacc.integrations.email",
    "prefect_gcp": "pacc.integrations.gcp",
    "prefect_github": "pacc.integrations.github",
    "prefect_gitlab": "pacc.integrations.gitlab",
    "prefect_ray": "pacc.integrations.ray",
    "prefect_shell": "pacc.integrations.shell",
    "prefect_sqlalchemy": "pacc.integrations.sqlalchemy",
}
"""The packages of Prefect's integrations and where pacc has their counterparts."""

_WORDS = (("Prefect", "Pacc"), ("PREFECT", "PACC"), ("prefect", "pacc"))


def pacc_module(name: str) -> str | None:
    """Return the module of pacc that one of Prefect's stands for, `None` for any other module.

    >>> pacc_module("prefect.blocks.system"), pacc_module("prefect_aws.s3"), pacc_module("json")
    ('pacc.blocks.system', 'pacc.integrations.aws.s3', None)
    """
    first, dot, rest = name.partition(".")
    if first == "prefect":
        return f"pacc{dot}{rest}"
    counterpart = INTEGRATIONS.get(first)
    return None if counterpart is None else f"{counterpart}{dot}{rest}"


def prefect_module(name: str) -> str:
    """Return the name a module of pacc has under Prefect.

    >>> prefect_module("pacc.runtime.flow_run")
    'prefect.runtime.flow_run'
    """
    return f"prefect{name.removeprefix('pacc')}"


def pacc_name(name: str) -> str:
    """Return what a name of Prefect's is called in pacc.

    >>> pacc_name("PrefectFuture"), pacc_name("flow")
    ('PaccFuture', 'flow')
    """
    for theirs, ours in _WORDS:
        name = name.replace(theirs, ours)
    return name


class StandIn(ModuleType):
    """A module under Prefect's name; what is asked of it is looked up in pacc's."""

    def __init__(self, name: str, target: ModuleType) -> None:
        super().__init__(name, target.__doc__)
        self.__dict__["_target"] = target
        self.__path__: list[str] = []
        if hasattr(target, "__all__"):
            self.__all__ = list(target.__all__)

    def __getattr__(self, name: str) -> Any:
        target = self.__dict__["_target"]
        for spelling in dict.fromkeys((name, pacc_name(name))):
            try:
                value = getattr(target, spelling)
            except AttributeError:
                continue
            if isinstance(value, ModuleType) and value.__name__.startswith("pacc."):
                return import_module(prefect_module(value.__name__))
            return value
        raise AttributeError(
            f"module {self.__name__!r} has no attribute {name!r} here: pacc's {target.__name__!r} has no counterpart of it"
        )

    def __dir__(self) -> list[str]:
        return dir(self.__dict__["_target"])


class Finder(MetaPathFinder):
    """Finds the modules of Prefect and its integrations, before any other finder does."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Return how to load one of Prefect's modules, `None` for any other.

        Raises:
            ModuleNotFoundError: pacc has no counterpart of it.
        """
        del path, target
        ours = pacc_module(fullname)
        if ours is None:
            return None
        if not _exists(ours):
            raise ModuleNotFoundError(
                f"pacc has no counterpart of {fullname!r} (there is no {ours!r})", name=fullname
            )
        return ModuleSpec(fullname, _StandInLoader(ours), is_package=True)


def _exists(name: str) -> bool:
    try:
        return find_spec(name) is not None
    except ModuleNotFoundError:
        return False


class _StandInLoader(Loader):
    def __init__(self, ours: str) -> None:
        self._ours = ours

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return StandIn(spec.name, import_module(self._ours))

    def exec_module(self, module: ModuleType) -> None:
        """Nothing is executed: pacc's module was."""
