"""Webhooks, decided: who may call, and which event a call tells, whatever was sent."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given, settings, strategies

from pacc.exceptions import InvalidValueError, PaccException, TemplateError
from pacc.orchestration.webhooks import DEEPEST_BODY, body_of, event_of, is_authentic
from pacc.schemas.webhooks import DEFAULT_TEMPLATE, Call, Webhook

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
SECONDS = NOW.timestamp()
SECRET = "open-sesame"
KEY = b"open-sesame"

PUSH = {
    "ref": "refs/heads/main",
    "repository": {"id": 1, "full_name": "acme/rockets"},
    "head_commit": {"message": 'mend the "fin"\n\\o/', "author": {"name": "Ada"}},
}
PUSHED = """{
  "event": "github.{{ headers['X-GitHub-Event'] }}",
  "resource": {
    "prefect.resource.id": "github.{{ body.repository.full_name }}",
    "prefect.resource.name": "{{ body.repository.full_name }}",
    "ref": "{{ body.ref }}"
  },
  "payload": {"message": "{{ body.head_commit.message }}"}
}"""
LANDED = {
    "Records": [
        {
            "eventSource": "aws:s3",
            "eventName": "ObjectCreated:Put",
            "eventTime": "2026-11-26T11:59:00.000Z",
            "s3": {"bucket": {"name": "lake"}, "object": {"key": "raw/2026/öl.csv", "size": 12}},
        }
    ]
}
STORED = """{
  "event": "s3.{{ body.Records[0].eventName }}",
  "occurred": "{{ body.Records[0].eventTime }}",
  "resource": {"prefect.resource.id": "s3.{{ body.Records[0].s3.bucket.name }}"},
  "payload": {{ body.Records[0].s3.object | tojson }}
}"""


def webhook(template=DEFAULT_TEMPLATE):
    own = UUID("01a1fd55-7a80-7000-8000-000000000000")
    return Webhook(id=own, name="hook", created=NOW, updated=NOW, slug="s", template=template)


def call(body=b"", method="POST", **headers):
    sent = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Call(
        method=method, headers={name.replace("_", "-"): told for name, told in headers.items()}, body=sent
    )


def signed(body, secret=SECRET):
    return f"sha256={hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}"


def standard(body, identity="msg_1", at=SECONDS, key=KEY):
    text = f"{identity}.{int(at)}.".encode() + body
    signature = base64.b64encode(hmac.new(key, text, hashlib.sha256).digest()).decode()
    return {
        "webhook_id": identity,
        "webhook_timestamp": str(int(at)),
        "webhook_signature": f"v1,AAAA v1,{signature}",
    }


# -- who may call --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "headers", "may"),
    [
        ("none", {}, True),
        ("token", {"authorization": f"Bearer {SECRET}"}, True),
        ("token", {"authorization": f"bearer  {SECRET} "}, True),
        ("token", {"x_gitlab_token": SECRET}, True),
        ("token", {"authorization": f"Basic {SECRET}"}, False),
        ("token", {"authorization": f"Bearer {SECRET}x"}, False),
        ("token", {"authorization": "Bearer"}, False),
        ("token", {"authorization": "Bearer \udcff"}, False),
        ("token", {"x_hub_signature_256": signed(b"it")}, False),
        ("token", {}, False),
        ("signature", {"x_hub_signature_256": signed(b"it")}, True),
        ("signature", {"x_hub_signature_256": signed(b"it", "another")}, False),
        ("signature", {"x_hub_signature_256": signed(b"that")}, False),
        ("signature", {"x_hub_signature_256": ""}, False),
        ("signature", {"authorization": f"Bearer {SECRET}"}, False),
        ("signature", standard(b"it"), True),
        ("signature", standard(b"it", at=SECONDS - 299), True),
        ("signature", standard(b"it", at=SECONDS - 301), False),
        ("signature", standard(b"it", at=SECONDS + 301), False),
        ("signature", {**standard(b"it"), "webhook_id": "msg_2"}, False),
        ("signature", {**standard(b"it"), "webhook_timestamp": "9" * 400}, False),
        ("signature", standard(b"it", identity=""), False),
        (None, {"authorization": f"Bearer {SECRET}"}, False),
    ],
)
def test_a_call_shows_what_it_has_to_or_is_refused(kind, headers, may):
    secret = None if kind == "none" else SECRET
    assert is_authentic(kind, secret, call(b"it", **headers), SECONDS) is may


def test_where_there_is_no_address_nothing_helps():
    for headers in (
        {"authorization": "Bearer an address that nobody has"},
        {"x_hub_signature_256": signed(b"")},
    ):
        assert not is_authentic(None, None, call(**headers), SECONDS)
        assert not is_authentic("token", None, call(**headers), SECONDS)


def test_a_secret_in_base64_is_the_key_it_stands_for():
    key = bytes(range(32))
    secret = f"whsec_{base64.b64encode(key).decode()}"
    assert is_authentic("signature", secret, call(b"it", **standard(b"it", key=key)), SECONDS)


# -- what it tells -------------------------------------------------------------------------------------------------------


def test_a_push_to_github_becomes_the_event_its_template_says():
    event = event_of(webhook(PUSHED), call(PUSH, x_github_event="push", x_github_delivery="d-1"), NOW)
    assert (event.event, event.resource.id) == ("github.push", "github.acme/rockets")
    assert event.resource["ref"] == "refs/heads/main"
    assert event.payload == {"message": 'mend the "fin"\n\\o/'}
    assert event.related[-1].id == f"pacc.webhook.{webhook().id}"
    assert event.related[-1].role == "webhook"


def test_a_push_sent_as_a_form_can_be_read_too():
    template = '{"event": "e", "resource": {"prefect.resource.id": "r"}, "payload": {{ body.payload }}}'
    form = call(b"payload=%7B%22a%22%3A1%7D", content_type="application/x-www-form-urlencoded")
    with pytest.raises(InvalidValueError, match="gives no JSON"):
        event_of(webhook(template), form, NOW)  # text does not become JSON by itself
    quoted = template.replace("{{ body.payload }}", '{"text": "{{ body.payload }}"}')
    assert event_of(webhook(quoted), form, NOW).payload == {"text": '{"a":1}'}


@pytest.mark.parametrize("kind", ["application/json", "text/plain; charset=UTF-8", ""])
def test_an_object_that_lands_in_s3_becomes_an_event_at_its_time(kind):
    event = event_of(webhook(STORED), call(LANDED, content_type=kind), NOW)
    assert (event.event, event.resource.id) == ("s3.ObjectCreated:Put", "s3.lake")
    assert event.occurred == NOW - timedelta(minutes=1)
    assert event.payload == {"key": "raw/2026/öl.csv", "size": 12}


def test_a_cloud_event_is_an_event_whether_it_tells_in_headers_or_in_the_body():
    template = "{{ body | from_cloud_event(headers) }}"
    attributes = {"specversion": "1.0", "type": "cloud.x", "source": "/s", "id": "7", "time": NOW.isoformat()}
    inside = event_of(webhook(template), call({**attributes, "data": {"n": 1}}), NOW)
    headers = {f"ce_{name}": told for name, told in attributes.items()}
    beside = event_of(webhook(template), call({"n": 1}, **headers), NOW)
    assert inside.event == beside.event == "cloud.x"
    assert inside.payload["data"] == beside.payload["data"] == {"n": 1}
    assert inside.occurred == beside.occurred == NOW
    with pytest.raises(TemplateError, match="no CloudEvent"):
        event_of(webhook(template), call({"n": 1}), NOW)


def test_without_a_template_of_its_own_the_event_holds_what_was_sent():
    for body, seen in ((b"hello", "hello"), (b'{"a": [1]}', {"a": [1]}), (b"", ""), (b"\xff{", "�{")):
        assert event_of(webhook(), call(body), NOW).payload == {"method": "POST", "body": seen}


def test_a_delivery_that_is_sent_twice_is_one_event():
    first, again, other = (event_of(webhook(), call(x_github_delivery=each), NOW).id for each in "aab")
    assert first == again
    assert first != other
    assert event_of(webhook(), call(), NOW).id != event_of(webhook(), call(), NOW).id


def test_what_proves_who_calls_is_seen_by_no_template():
    template = '{"event": "e", "resource": {"prefect.resource.id": "r"}, "payload": {{ headers | tojson }}}'
    proofs = {"authorization": f"Bearer {SECRET}", "x_gitlab_token": SECRET, "cookie": SECRET}
    assert event_of(webhook(template), call(**proofs, host="here"), NOW).payload == {"host": "here"}


@pytest.mark.parametrize(
    ("template", "why"),
    [
        ("no JSON", "gives no JSON"),
        ("[1]", "gives no JSON object"),
        ('{"resource": {"prefect.resource.id": "r"}}', 'has no "event"'),
        ('{"event": "e"}', 'has no "resource"'),
        ('{"event": "e", "resource": {}}', "pacc.resource.id"),
        ('{"event": "e", "resource": {"prefect.resource.id": 1}}', "label"),
        ('{"event": "e", "resource": "r"}', "labels and their values"),
        ('{"event": 1, "resource": {"prefect.resource.id": "r"}}', "needs a name"),
        ('{"event": "prefect.flow-run.Failed", "resource": {"prefect.resource.id": "r"}}', "pacc itself"),
        ('{"event": "e", "resource": {"prefect.resource.id": "r"}, "related": [{}]}', "needs the label"),
        ('{"event": "e", "resource": {"prefect.resource.id": "r"}, "id": "x"}', 'has no "id"'),
        ('{"event": "e", "resource": {"prefect.resource.id": "r"}, "occurred": "soon"}', "no time"),
        ('{"event": "e", "resource": {"prefect.resource.id": "r"}, "occurred": "2027-01-01"}', "to come"),
        ('{"event": "e", "resource": {"prefect.resource.id": "\\ud800"}}', "half a character"),
        ('{"event": "e", "resource": {"prefect.resource.id": "r"}, "payload": NaN}', "no JSON"),
        ('{"event": "{{ body.a.b.c }}", "resource": {"prefect.resource.id": "r"}}', "cannot be filled"),
        ("{{ ''.__class__.__mro__ }}", "cannot be filled"),
        (
            "{% for a in range(90) %}{% for b in range(90) %}{{ 'x' * 9 }}{% endfor %}{% endfor %}",
            "calculate",
        ),
    ],
)
def test_a_template_that_makes_no_event_says_why(template, why):
    with pytest.raises(PaccException, match=why):
        event_of(webhook(template), call({}), NOW)


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"{", "Expecting"),
        (b'{"a": 1e999}', "too large a number"),
        (b"[" * 100_000, "deeper"),
        (b"[" * (DEEPEST_BODY + 1) + b"]" * (DEEPEST_BODY + 1), "deeper"),
        (b"9" * 10_000, "."),
        (b"\xff\xfe\x00", "."),
    ],
)
def test_json_that_cannot_be_read_is_said_so_where_json_was_promised(body, why):
    with pytest.raises(InvalidValueError, match=why):
        body_of(call(body, content_type="application/json"))


def test_a_form_of_too_many_fields_is_refused():
    with pytest.raises(InvalidValueError, match="1,000 fields"):
        body_of(call(b"a=1&" * 1001, content_type="application/x-www-form-urlencoded"))


@settings(max_examples=50)
@given(text=strategies.text())
def test_whatever_text_is_sent_it_stays_within_the_text_it_is_put_into(text):
    template = '{"event": "e", "resource": {"prefect.resource.id": "r", "said": "{{ body.said }}"}}'
    try:
        event = event_of(webhook(template), call({"said": text}), NOW)
    except InvalidValueError as error:
        assert "half a character" in str(error)  # noqa: PT017 - only then
    else:
        assert dict(event.resource) == {"pacc.resource.id": "r", "said": text}


MALFORMED = strategies.tuples(
    strategies.one_of(
        strategies.binary(max_size=300),
        strategies.recursive(
            strategies.none()
            | strategies.booleans()
            | strategies.floats()
            | strategies.integers()
            | strategies.text(),
            lambda inside: strategies.lists(inside) | strategies.dictionaries(strategies.text(), inside),
            max_leaves=20,
        ).map(lambda value: json.dumps(value).encode()),
        strategies.text().map(
            lambda text: f'{{"repository": {{"full_name": "{text}"}}'.encode("utf-8", "replace")
        ),
    ),
    strategies.sampled_from(
        ["application/json", "application/x-www-form-urlencoded", "text/plain", "", "☃/;;"]
    ),
    strategies.sampled_from([PUSHED, STORED, DEFAULT_TEMPLATE, "{{ body | from_cloud_event(headers) }}"]),
)


@given(sent=MALFORMED)
def test_whatever_is_sent_becomes_an_event_or_is_refused_in_a_sentence(sent):
    body, kind, template = sent
    try:
        event = event_of(webhook(template), call(body, content_type=kind), NOW)
    except PaccException as error:
        assert str(error)  # noqa: PT017 - there is a sentence
    else:
        assert event.resource.id
