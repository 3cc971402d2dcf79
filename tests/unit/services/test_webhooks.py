"""Webhooks in the store: found by what only callers know, their secrets encrypted, their calls recorded once."""

from __future__ import annotations

import json

import pytest

from pacc.exceptions import InvalidNameError, InvalidValueError, ObjectAlreadyExists, ObjectNotFound
from pacc.schemas.webhooks import Call, Tally, WebhookUpdate
from pacc.services import encryption, events, webhooks

SECRET = "open-sesame"


def post(body, **headers):
    return Call(
        method="POST", headers={name.replace("_", "-"): told for name, told in headers.items()}, body=body
    )


def told(store):
    return [each for each in events.select(store) if not each.event.startswith("pacc.webhook.")]


def test_one_is_found_by_its_name_its_id_and_the_beginning_of_that(store):
    made = webhooks.create(store, "pushes", description="of GitHub")
    for reference in ("pushes", str(made.id), str(made.id)[:12]):
        assert webhooks.find(store, reference) == made
    with pytest.raises(ObjectNotFound, match='Did you mean "pushes"'):
        webhooks.find(store, "pushs")


def test_what_is_not_given_stays(store):
    made = webhooks.create(store, "pushes")
    changed = webhooks.update(store, "pushes", WebhookUpdate(name="hits", enabled=False))
    assert (changed.id, changed.slug, changed.template) == (made.id, made.slug, made.template)
    assert (changed.name, changed.enabled) == ("hits", False)
    assert webhooks.toggle(store, "hits").enabled
    assert webhooks.rotate(store, "hits").slug != made.slug


def test_two_are_not_called_the_same(store):
    webhooks.create(store, "a")
    webhooks.create(store, "b")
    with pytest.raises(ObjectAlreadyExists):
        webhooks.create(store, "a")
    with pytest.raises(ObjectAlreadyExists, match='"a"'):
        webhooks.update(store, "b", WebhookUpdate(name="a"))


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"name": " "}, InvalidNameError),
        ({"name": "x" * 101}, InvalidNameError),
        ({"name": "two\nlines"}, InvalidNameError),
        ({"template": "{{"}, InvalidValueError),
        ({"template": "x" * 100_001}, InvalidValueError),
        ({"authentication": "token"}, InvalidValueError),
        ({"secret": SECRET}, InvalidValueError),
        ({"authentication": "token", "secret": "short"}, InvalidValueError),
        ({"authentication": "token", "secret": "with a space in it"}, InvalidValueError),
    ],
)
def test_what_a_webhook_cannot_be_is_refused(store, given, error):
    with pytest.raises(error):
        webhooks.create(store, **{"name": "a", **given})
    assert webhooks.select(store) == []


def test_a_call_is_an_event_when_it_is_answered_and_the_same_delivery_is_no_second_one(store):
    made = webhooks.create(store, "pushes")
    for _ in range(2):
        webhooks.receive(store, made.slug, post(b'{"n": 1}', x_github_delivery="7"))
    (event,) = told(store)
    assert event.payload["body"] == {"n": 1}
    assert (event.related[0].role, event.related[0].name) == ("webhook", "pushes")


def test_who_may_not_call_looks_like_who_calls_nobody(store):
    made = webhooks.create(store, "pushes", authentication="token", secret=SECRET)
    shown = post(b"{}", authorization=f"Bearer {SECRET}")
    for slug, call in ((made.slug, post(b"{}")), (made.slug + "x", shown), ("\udcff", shown)):
        with pytest.raises(webhooks.Refused):
            webhooks.receive(store, slug, call)
    webhooks.receive(store, made.slug, shown)
    webhooks.toggle(store, "pushes")
    with pytest.raises(webhooks.Refused, match="switched off"):
        webhooks.receive(store, made.slug, shown)
    assert len(told(store)) == 1


def test_a_call_of_which_no_event_comes_is_told_as_such(store):
    made = webhooks.create(store, "pushes", template="{{ body.a.b }}")
    with pytest.raises(webhooks.NoEvent):
        webhooks.receive(store, made.slug, post(b'{"x": "\xc3\xa9"}'))
    failed = next(each for each in events.select(store) if each.event == "pacc.webhook.failed")
    assert failed.resource.id == f"pacc.webhook.{made.id}"
    assert (failed.payload["body"], failed.payload["size"]) == ('{"x": "é"}', 11)
    assert "cannot be filled" in failed.payload["reason"]


def test_a_secret_is_encrypted_and_stays_the_same_under_another_key(store):
    made = webhooks.create(store, "pushes", authentication="token", secret=SECRET)
    shown = post(b"{}", authorization=f"Bearer {SECRET}")
    webhooks.receive(store, made.slug, shown)
    assert encryption.rotate(store) == 0  # blocks; it is the webhook's secret that was encrypted anew
    webhooks.receive(store, made.slug, shown)
    store.journal.flush()
    for file in store.home.iterdir():
        assert SECRET.encode() not in file.read_bytes(), file


def test_another_secret_is_asked_for_from_then_on(store):
    made = webhooks.create(store, "pushes")
    webhooks.authenticate(store, "pushes", "token", SECRET)
    with pytest.raises(webhooks.Refused):
        webhooks.receive(store, made.slug, post(b"{}"))
    assert webhooks.authenticate(store, "pushes", "none").authentication == "none"
    webhooks.receive(store, made.slug, post(b"{}"))


def test_what_became_of_calls_is_added_up(store):
    made = webhooks.create(store, "pushes")
    webhooks.count(store, made.id, Tally(received=2, last_received=1_000_000))
    webhooks.count(store, made.id, Tally(refused=1, last_refused=2_000_000, refusal="why not"))
    found = webhooks.find(store, "pushes")
    assert (found.received, found.refused, found.refusal) == (2, 1, "why not")
    assert found.last_received.timestamp() == 1
    assert found.updated == made.updated


def test_webhooks_tell_of_themselves_but_not_their_addresses(store):
    made = webhooks.create(store, 'a "b"\\', authentication="token", secret=SECRET)
    webhooks.toggle(store, made.id)
    webhooks.rotate(store, made.id)
    webhooks.delete(store, made.id)
    found = [each for each in events.select(store) if each.resource.id == f"pacc.webhook.{made.id}"]
    assert [each.event.rpartition(".")[2] for each in found] == ["deleted", "updated", "updated", "created"]
    assert found[-1].payload == {"name": 'a "b"\\', "enabled": True, "authentication": "token"}
    assert made.slug not in json.dumps([events.plain(each) for each in found])
