"""Caching: which calls of a task may share one result."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from pacc._internal.annotations import NotSet
from pacc.cache_policies import DEFAULT, NO_CACHE, CachePolicy
from pacc.settings import get_current_settings

if TYPE_CHECKING:
    from collections.abc import Callable

OPTIONS = ("cache_policy", "cache_key_fn", "cache_expiration", "refresh_cache")

_log = logging.getLogger("pacc.tasks")


def settled_policy(
    policy: CachePolicy | type[NotSet] | None,
    cache_key_fn: Callable[..., str | None] | None,
    *,
    task_name: str,
    persist_result: bool | None,
    storage_key: str | None,
) -> CachePolicy | None:
    """Return the policy a task's options amount to; it is `DEFAULT` itself where they name none.

    Raises:
        TypeError: an option is something else.
    """
    given = None if policy is NotSet else policy
    if given is not None and not isinstance(given, CachePolicy):
        raise TypeError(f"`cache_policy` takes a policy such as INPUTS, not {given!r}")
    if cache_key_fn is not None:
        given = _of_function(cache_key_fn, given, task_name)
    if persist_result is False:
        if given is not None and given is not NO_CACHE:
            _log.warning(
                "Task %r has a cache policy, but `persist_result=False`; it is not cached", task_name
            )
        return NO_CACHE
    if given is not None or policy is None:
        return given
    if get_current_settings().tasks.default_no_cache:
        return NO_CACHE
    return DEFAULT if storage_key is None else None


def _of_function(fn: Callable[..., str | None], policy: CachePolicy | None, task_name: str) -> CachePolicy:
    if not callable(fn):
        raise TypeError(f"`cache_key_fn` takes a function, and {fn!r} cannot be called")
    if policy is not None:
        _log.warning(
            "Task %r has both a `cache_policy` and a `cache_key_fn`; the function decides", task_name
        )
    return CachePolicy.from_cache_key_fn(fn)


def checked_expiration(expiration: timedelta | None) -> timedelta | None:
    """Return how long results count.

    Raises:
        TypeError: it is no `timedelta`.
    """
    if expiration is not None and not isinstance(expiration, timedelta):
        raise TypeError(f"`cache_expiration` takes a timedelta, not {expiration!r}")
    return expiration


def wants_keeping(policy: Any, persist_result: bool | None, *options: Any) -> bool | None:
    """Return `persist_result` as the other options imply it: naming a policy or one of them switches it on."""
    if persist_result is not None:
        return persist_result
    named = policy not in (NotSet, None, NO_CACHE) or any(option is not None for option in options)
    return True if named else None
