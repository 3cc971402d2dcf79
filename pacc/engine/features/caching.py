"""Caching: which calls of a task may share one result."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pacc._internal.annotations import NotSet
from pacc.settings import get_current_settings

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import timedelta

    from pacc.cache_policies import CachePolicy

OPTIONS = ("cache_policy", "cache_key_fn", "cache_expiration", "refresh_cache")


def settled_policy(
    policy: CachePolicy | type[NotSet] | None,
    cache_key_fn: Callable[..., str | None] | None,
    *,
    task_name: str,
    persist_result: bool | None,
    storage_key: str | None,
) -> CachePolicy | type[NotSet] | None:
    """Return the policy a task's options amount to, `NotSet` where they leave it at the default one.

    Raises:
        TypeError: an option is something else.
    """
    no_cache = persist_result is False or get_current_settings().tasks.default_no_cache
    if policy is NotSet and cache_key_fn is None and not no_cache:
        return NotSet if storage_key is None else None
    from pacc.cache_policies import NO_CACHE, CachePolicy  # start-up: most tasks leave it at the default

    given: Any = None if policy is NotSet else policy
    if given is not None and not isinstance(given, CachePolicy):
        raise TypeError(f"`cache_policy` takes a policy such as INPUTS, not {given!r}")
    if cache_key_fn is not None:
        given = _of_function(cache_key_fn, given, task_name)
    if persist_result is False:
        if given is not None and given is not NO_CACHE:
            _warn("Task %r has a cache policy, but `persist_result=False`; it is not cached", task_name)
        return NO_CACHE
    if given is not None or policy is None:
        return given  # type: ignore[no-any-return]
    return NO_CACHE


def _of_function(fn: Callable[..., str | None], policy: CachePolicy | None, task_name: str) -> CachePolicy:
    if not callable(fn):
        raise TypeError(f"`cache_key_fn` takes a function, and {fn!r} cannot be called")
    if policy is not None:
        _warn("Task %r has both a `cache_policy` and a `cache_key_fn`; the function decides", task_name)
    from pacc.cache_policies import CachePolicy  # start-up: as above

    return CachePolicy.from_cache_key_fn(fn)


def checked_expiration(expiration: timedelta | None) -> timedelta | None:
    """Return how long results count.

    Raises:
        TypeError: it is no `timedelta`.
    """
    if expiration is not None and not hasattr(expiration, "total_seconds"):
        raise TypeError(f"`cache_expiration` takes a timedelta, not {expiration!r}")
    return expiration


def wants_keeping(policy: Any, persist_result: bool | None, *options: Any) -> bool | None:
    """Return `persist_result` as the other options imply it: naming a policy or one of them switches it on."""
    if persist_result is not None:
        return persist_result
    if any(option is not None for option in options):
        return True
    if policy is NotSet or policy is None:
        return None
    from pacc.cache_policies import NO_CACHE  # start-up: as above

    return None if policy == NO_CACHE else True


def _warn(message: str, *values: object) -> None:
    import logging  # start-up: declaring a task needs no logging

    logging.getLogger("pacc.tasks").warning(message, *values)
