"""Packages that integrations need and that are extras of pacc's."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from pacc.exceptions import ConfigurationError


def required(module: str, *, package: str, extra: str) -> Any:
    """Return a module of a package that an extra brings.

    Args:
        module: the module.
        package: what the package is called where packages are had.
        extra: the extra of pacc's.

    Raises:
        ConfigurationError: it is not installed.

    >>> required("nothing_like_it", package="nothing-like-it", extra="nothing")
    Traceback (most recent call last):
    ...
    pacc.exceptions.ConfigurationError: this needs the package nothing-like-it
    Install the extra: `pip install 'pacc[nothing]'`.
    """
    try:
        return import_module(module)
    except ImportError:
        raise ConfigurationError(
            f"this needs the package {package}", hint=f"Install the extra: `pip install 'pacc[{extra}]'`."
        ) from None
