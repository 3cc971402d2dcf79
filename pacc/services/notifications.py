"""Subscriptions to the states of flow runs: who is told of what, and where; see `pacc.services.notification_queue`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pacc._internal import clock, names
from pacc._internal.ids import new_id
from pacc._internal.jsontext import dumps
from pacc._internal.tagtext import tags_text
from pacc.exceptions import ObjectAlreadyExists, ObjectNotFound, StoreConflict
from pacc.orchestration.notifications import states_of
from pacc.schemas.notifications import Destination, Trouble, checked_name
from pacc.services import encryption
from pacc.store.notifications import subscription_from_row

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

    from pacc.schemas.notifications import Subscription
    from pacc.store import Store

_LISTING = "pacc notify ls"
_TRIES = 5


def subscribe(
    store: Store,
    destination: Destination,
    *,
    states: Iterable[str],
    name: str | None = None,
    flow_name: str | None = None,
    deployment_name: str | None = None,
    tags: Iterable[str] = (),
    subflows: bool = False,
) -> Subscription:
    """Have somebody told when flow runs enter certain states from now on, and return the subscription.

    Args:
        store: where it is kept.
        destination: where to tell it; an address is encrypted.
        states: types or names of states, see `states_of`.
        name: what to call it; made up unless given.
        flow_name: only runs of this flow, which need not have run yet.
        deployment_name: only runs of this deployment, `flow/deployment`.
        tags: only runs that have all of these tags.
        subflows: whether runs that other runs called count too.

    Raises:
        InvalidValueError: no state is called so.
        InvalidNameError: it can have no such name.
        ObjectAlreadyExists: the name is taken.
        EncryptionKeyError: the key of the secrets is missing or another one; nothing was written.
    """
    row = {
        "id": new_id(), "name": checked_name(names.run_name() if name is None else name), "now": clock.now(),
        "states": dumps(states_of(states)), "flow_name": flow_name, "deployment_name": deployment_name,
        "tags": tags_text(tags), "subflows": int(subflows), "address": destination.address,
        "block": destination.block,
    }  # fmt: skip
    for _ in range(_TRIES):
        if store.write("notifications.subscribe", row | _sealed(store, destination)):
            return read(store, str(row["name"]))
        if store.read("notifications.subscriptions", {"name": row["name"]}):
            raise ObjectAlreadyExists(
                f'the subscription "{row["name"]}" exists already', hint="pacc notify delete"
            )
    raise StoreConflict("the key of the secrets is being changed all the time", hint="Try again.")


def _sealed(store: Store, destination: Destination) -> dict[str, str | None]:
    if destination.url is None:
        return {"secret": None, "proof": None}
    cipher = encryption.cipher_for_writing(store)
    return {"secret": cipher.seal(destination.url), "proof": cipher.proof}


def select(store: Store) -> list[Subscription]:
    """Return all subscriptions by name, with what became of their notifications."""
    return [subscription_from_row(row) for row in store.read("notifications.subscriptions", {"name": None})]


def read(store: Store, name: str) -> Subscription:
    """Return the subscription of a name.

    Raises:
        ObjectNotFound: there is none; the message says what was perhaps meant.
    """
    rows = store.read("notifications.subscriptions", {"name": name})
    if not rows:
        raise _nothing(store, name)
    return subscription_from_row(rows[0])


def set_paused(store: Store, name: str, *, paused: bool) -> None:
    """Tell a subscription nothing for the time being, or tell it again.

    What happens while it is paused is not told later; what was waiting is.

    Raises:
        ObjectNotFound: there is none of that name.
    """
    if not store.write("notifications.pause", {"name": name, "paused": int(paused), "now": clock.now()}):
        raise _nothing(store, name)


def unsubscribe(store: Store, name: str) -> None:
    """Remove a subscription, and what was still to be told to it.

    Raises:
        ObjectNotFound: there is none of that name.
    """
    if not store.write("notifications.unsubscribe", {"name": name}):
        raise _nothing(store, name)


def destination_of(store: Store, subscription_id: UUID) -> Destination:
    """Return where a subscription's notifications go; the address is hidden from now on wherever this process shows text.

    Raises:
        ObjectNotFound: the subscription is gone.
        EncryptionKeyError: the key of the secrets is missing or another one.
    """
    rows = store.read("notifications.destination", {"id": str(subscription_id)})
    if not rows:
        raise ObjectNotFound("the subscription is gone", hint=f"See: {_LISTING}")
    row = rows[0]
    url = None if row["secret"] is None else encryption.cipher(store).open(row["secret"])
    return Destination(address=row["address"], url=url, block=row["block"])


def _nothing(store: Store, name: str) -> ObjectNotFound:
    from difflib import get_close_matches  # start-up: only for what was not found

    near = get_close_matches(name, [row["name"] for row in store.read("notifications.names")], n=1)
    guess = f'. Did you mean "{near[0]}"?' if near else ""
    return ObjectNotFound(f'no subscription "{name}"{guess}', hint=_LISTING)


def troubles(store: Store, since: int) -> list[Trouble]:
    """Return which subscriptions could not be told something, by name.

    Args:
        store: where they are kept.
        since: only what was last tried since then, in microseconds since the epoch.
    """
    return [
        Trouble(
            name=row["name"],
            address=row["address"],
            waiting=row["waiting"],
            given_up=row["given_up"],
            error=row["error"],
        )
        for row in store.read("notifications.troubled", {"since": since})
    ]
