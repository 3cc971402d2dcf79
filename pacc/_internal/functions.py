"""What can be told of a function without calling it: its colour, its kind, its code."""

from __future__ import annotations

import functools
import inspect
from typing import Any


def unwrapped(fn: Any) -> Any:
    """Return the plain function behind a static method, class method or bound method."""
    if isinstance(fn, staticmethod | classmethod):
        return fn.__func__
    return getattr(fn, "__func__", fn)


def is_async(fn: Any) -> bool:
    """Say whether calling the function gives a coroutine or an async generator."""
    plain = called(fn)
    return inspect.iscoroutinefunction(plain) or inspect.isasyncgenfunction(plain)


def is_generator(fn: Any) -> bool:
    """Say whether calling the function gives a generator of either colour."""
    plain = called(fn)
    return inspect.isgeneratorfunction(plain) or inspect.isasyncgenfunction(plain)


def called(fn: Any) -> Any:
    """Return what really runs: behind partials, and behind the `__call__` of an object."""
    while isinstance(fn, functools.partial):
        fn = fn.func
    if inspect.isroutine(fn) or inspect.isclass(fn):
        return fn
    return getattr(type(fn), "__call__", fn)  # noqa: B004 - the method itself is wanted


def name_of(fn: Any) -> str:
    """Return the function's name, for a callable object its class's."""
    while isinstance(fn, functools.partial):
        fn = fn.func
    return getattr(fn, "__name__", None) or type(fn).__name__


def code_digest(fn: Any) -> str:
    """Return eight hex digits that change with the function's code: of its bytecode and constants, without reading its file."""
    code = getattr(called(unwrapped(fn)), "__code__", None)
    if code is None:
        return _md5(repr(type(fn)).encode())[:8]
    return _md5(_code_bytes(code))[:8]


def _code_bytes(code: Any) -> bytes:
    constants = b"".join(
        _code_bytes(constant) if hasattr(constant, "co_code") else _text_of(constant).encode(errors="replace")
        for constant in code.co_consts
    )
    return bytes(code.co_code) + constants + repr(code.co_names).encode()


def _text_of(constant: Any) -> str:
    """Return a constant as text that is the same in every process: the order in a set is another one each time."""
    if isinstance(constant, frozenset):
        return f"frozenset({sorted(map(_text_of, constant))})"
    if isinstance(constant, tuple):
        return f"({', '.join(map(_text_of, constant))})"
    return repr(constant)


def file_digest(fn: Any) -> str | None:
    """Return a digest of the source file a function was written in, `None` where there is none."""
    code = getattr(called(unwrapped(fn)), "__code__", None)
    if code is None:
        return None
    try:
        with open(code.co_filename, "rb") as file:
            return _md5(file.read())
    except OSError:
        return None


def description_of(fn: Any) -> str | None:
    """Return the function's docstring, dedented."""
    return inspect.getdoc(unwrapped(fn))


def hashed(text: str) -> str:
    """Return 32 hex digits that stand for a text that may be long."""
    return _md5(text.encode())


def _md5(content: bytes) -> str:
    import hashlib  # start-up: it loads OpenSSL, and only declared functions are digested

    return hashlib.md5(content, usedforsecurity=False).hexdigest()
