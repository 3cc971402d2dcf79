"""All types of block a person can choose from: those that were registered, and those that come with pacc."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pacc.blocks import registry
from pacc.services import block_types

if TYPE_CHECKING:
    from pacc.schemas.blocks import BlockType
    from pacc.store import Store


def known_types(store: Store) -> list[BlockType]:
    """Return all types by slug; what comes with pacc and is not in the store yet is registered.

    Args:
        store: where they are kept.

    Raises:
        StoreError: it cannot be read or written.
    """
    found = block_types.select_types(store)
    missing = set(registry.BUILT_IN) - {each.slug for each in found}
    if not missing:
        return found
    from pacc.blocks.core import register_all  # start-up: once in a store's life

    register_all(store, registry.missing_of(each.slug for each in found).values())
    return block_types.select_types(store)


def find_type(store: Store, slug: str) -> BlockType:
    """Return the type of a slug, one that comes with pacc even if nobody has used it yet.

    Args:
        store: where types are kept.
        slug: the type.

    Raises:
        ObjectNotFound: there is none; the message says what was perhaps meant.
    """
    known = {each.slug: each for each in known_types(store)}
    if slug not in known:
        raise block_types.no_type(store, slug)
    return known[slug]
